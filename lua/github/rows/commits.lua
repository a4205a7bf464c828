-- Calls on commits, what differs between them, and what checks say of them.

local probes = require "github/probes"

local REPO = "/repos/{owner}/{repo}"
local ONE = REPO .. "/commits/{ref}"

local REF = "ref: string  SHA, branch or tag"
local NO_COMMIT = "there is no such commit: is it pushed?"

return {
  { "commits.list", "GET", REPO .. "/commits",
    link = "commits/commits#list-commits", need = '"Contents: read"',
    page = "link", hints = { [409] = "the repository is empty" },
    doc = "Commits, newest first; all pages of a long history are too " ..
      "many: give since, or page.",
    gives = "github.commit[]",
    args = {
      "sha?: string  SHA or branch to start from; default the default branch",
      "path?: string  those that touch it",
      "author?: string  login or e-mail", "committer?: string  likewise",
      "since?: string  ISO time", "until?: string  ISO time",
    } },
  { "commits.get", "GET", ONE,
    link = "commits/commits#get-a-commit", need = '"Contents: read"',
    hints = { [422] = NO_COMMIT },
    doc = "One commit by SHA, branch or tag, with its files.",
    gives = "github.commit",
    args = { REF, "per_page?: integer  files of a page",
      "page?: integer  of its files" } },
  { "compare", "GET", REPO .. "/compare/{range}",
    link = "commits/commits#compare-two-commits", need = '"Contents: read"',
    doc = "What range \"base...head\" adds: status, ahead_by, behind_by, " ..
      "commits, files.",
    gives = "github.comparison",
    args = { 'range: string  "base...head", each a SHA, branch or tag',
      "per_page?: integer  commits of a page", "page?: integer  from 1" } },
  { "checks.list", "GET", ONE .. "/check-runs",
    link = "checks/runs#list-check-runs-for-a-git-reference",
    need = '"Checks: read"', page = "link", items = "check_runs",
    hints = { [422] = NO_COMMIT },
    doc = "The check runs of a commit: name, status, conclusion.",
    gives = "github.check[]",
    args = { REF, "check_name?: string  those of this name",
      'status?: "queued"|"in_progress"|"completed"  those that are so',
      'filter?: "latest"|"all"  the last of each name (default), or all',
      "app_id?: integer  those of this app" } },
  { "checks.suites", "GET", ONE .. "/check-suites",
    link = "checks/suites#list-check-suites-for-a-git-reference",
    need = '"Checks: read"', page = "link", items = "check_suites",
    hints = { [422] = NO_COMMIT },
    doc = "The check suites of a commit, one an app and push.",
    gives = "table[]",
    args = { REF, "app_id?: integer  those of this app",
      "check_name?: string  those with such a run" } },
  { "commit_statuses.combined", "GET", ONE .. "/status",
    link = "commits/statuses#get-the-combined-status-for-a-specific-reference",
    need = '"Commit statuses: read"',
    doc = "The state over all contexts (failure, pending or success) and " ..
      "the last status of each. Check runs are not among them.",
    gives = "{state:string, statuses:github.commit_status[], " ..
      "total_count:integer}",
    args = { REF, "per_page?: integer  statuses of a page",
      "page?: integer  from 1" } },
  { "commit_statuses.list", "GET", ONE .. "/statuses",
    link = "commits/statuses#list-commit-statuses-for-a-reference",
    need = '"Commit statuses: read"', page = "link",
    doc = "All statuses of a commit, newest first.",
    gives = "github.commit_status[]", args = { REF } },
  { "commit_statuses.create", "POST", REPO .. "/statuses/{sha}",
    link = "commits/statuses#create-a-commit-status",
    need = '"Commit statuses: write"', probe = probes.commit_status,
    hints = {
      [422] = "there is no such commit, or it has 1000 statuses of this " ..
        "context",
    },
    doc = "Sets the status of a context on a commit.",
    gives = "github.commit_status",
    args = { "sha: string  of the commit, whole",
      'state: "error"|"failure"|"pending"|"success"  how it stands',
      "context?: string  who says so; default \"default\"",
      "description?: string  at most 140 characters",
      "target_url?: string  where more is" } },
}
