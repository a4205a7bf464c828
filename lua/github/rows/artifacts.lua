-- Calls on what workflow runs have made and kept.

local REPO = "/repos/{owner}/{repo}"
local LINK = "actions/artifacts#"

local NAME = "name?: string  those of this name alone"

return {
  { "artifacts.list", "GET", REPO .. "/actions/artifacts",
    link = LINK .. "list-artifacts-for-a-repository",
    need = '"Actions: read"', page = "link", items = "artifacts",
    doc = "Artifacts of all runs, newest first.",
    gives = "github.artifact[]", args = { NAME } },
  { "runs.artifacts", "GET", REPO .. "/actions/runs/{id}/artifacts",
    link = LINK .. "list-workflow-run-artifacts", need = '"Actions: read"',
    page = "link", items = "artifacts",
    doc = "Artifacts of one run.", gives = "github.artifact[]",
    args = { "id: integer  of the run", NAME,
      'direction?: "asc"|"desc"  by id' } },
  { "artifacts.get", "GET", REPO .. "/actions/artifacts/{artifact}",
    link = LINK .. "get-an-artifact", need = '"Actions: read"',
    doc = "One artifact: name, size_in_bytes, digest, expired.",
    gives = "github.artifact", args = { "artifact: integer  its id" } },
  { "artifacts.download", "GET",
    REPO .. "/actions/artifacts/{artifact}/{format}",
    link = LINK .. "download-an-artifact", need = '"Actions: read"',
    raw = true, preset = { format = "zip" },
    hints = { [410] = "it has expired: run the workflow again" },
    doc = "The artifact as a ZIP, from the host that keeps it; the token " ..
      "does not go there.",
    gives = "string",
    args = { "artifact: integer  its id",
      'format?: "zip"  there is no other' } },
}
