-- Calls on files, without a checkout.

local probes = require "github/probes"

local ONE = "/repos/{owner}/{repo}/contents/{path}"
local LINK = "repos/contents#"

local PATH = "path: string  from the repository's root"
local BRANCH = "branch?: string  default the default branch"
local PERSON =
  "{name:string, email:string}  default the owner of the token"
local CONFLICT = "the file has changed since its sha was read: read it again"

return {
  { "contents.get", "GET", ONE,
    link = LINK .. "get-repository-content", need = '"Contents: read"',
    doc = "A file (content in base64, up to 1 MB) or the list of a folder; " ..
      "github.file gives the text.",
    gives = "github.content|github.content[]",
    args = { PATH, "ref?: string  SHA, branch or tag; default the default " ..
      "branch" } },
  { "contents.put", "PUT", ONE,
    link = LINK .. "create-or-update-file-contents",
    need = '"Contents: write"', idempotent = false, probe = probes.put_file,
    hints = {
      [409] = CONFLICT,
      [422] = "the file exists: give its sha; or the content is no base64",
    },
    doc = "Commits one file; github.put_file reads its sha first.",
    gives = "{content:github.content, commit:github.commit}",
    args = { PATH, "message: string  of the commit",
      "content: string  base64, as of base64.encode",
      "sha?: string  of the file that is replaced; none for a new one",
      BRANCH, "committer?: " .. PERSON, "author?: " .. PERSON } },
  { "contents.delete", "DELETE", ONE,
    link = LINK .. "delete-a-file", need = '"Contents: write"',
    idempotent = false, probe = probes.delete_file,
    hints = { [409] = CONFLICT, [422] = "give the file's sha" },
    doc = "Commits the removal of one file.",
    gives = "{commit:github.commit}",
    args = { PATH, "message: string  of the commit",
      "sha: string  of the file that is removed", BRANCH,
      "committer?: " .. PERSON, "author?: " .. PERSON } },
}
