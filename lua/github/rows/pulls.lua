-- Calls on pull requests.

local probes = require "github/probes"

local ALL = "/repos/{owner}/{repo}/pulls"
local ONE = ALL .. "/{pull}"
local LINK = "pulls/pulls#"

local NUMBER = "pull: integer  its number"

return {
  { "pulls.list", "GET", ALL,
    link = LINK .. "list-pull-requests", need = '"Pull requests: read"',
    page = "link", doc = "Pull requests, newest first.",
    gives = "github.pull[]",
    args = {
      'state?: "open"|"closed"|"all"  default open',
      'head?: string  "owner:branch"', "base?: string  branch",
      'sort?: "created"|"updated"|"popularity"|"long-running"  default created',
      'direction?: "asc"|"desc"  default desc',
    } },
  { "pulls.create", "POST", ALL,
    link = LINK .. "create-a-pull-request", need = '"Pull requests: write"',
    probe = probes.pull,
    hints = {
      [422] = "there is one of this head and base already, the branches do " ..
        "not differ, or one of them does not exist",
    },
    doc = "Opens a pull request; github.open_pull looks for an open one " ..
      "first.",
    gives = "github.pull",
    args = {
      'head: string  branch, or "owner:branch" of a fork',
      "base: string  branch it is to be merged into",
      "title?: string  needed without issue",
      "body?: string  Markdown",
      "draft?: boolean  cannot be merged yet; default false",
      "issue?: integer  turns this issue into the pull request",
      "maintainer_can_modify?: boolean  default true",
      "head_repo?: string  the fork's name where both have one owner",
    } },
  { "pulls.get", "GET", ONE,
    link = LINK .. "get-a-pull-request", need = '"Pull requests: read"',
    doc = "One pull request: mergeable (null while GitHub finds out), " ..
      "mergeable_state, head, base.",
    gives = "github.pull", args = { NUMBER } },
  { "pulls.update", "PATCH", ONE,
    link = LINK .. "update-a-pull-request", need = '"Pull requests: write"',
    idempotent = true, before = "pulls.get",
    hints = {
      [422] = "it is merged, its branch is gone, or another one is open",
    },
    doc = "Changes what is given; state closes or reopens it.",
    gives = "github.pull",
    args = { NUMBER, "title?: string  its title", "body?: string  Markdown",
      'state?: "open"|"closed"  how it is to be', "base?: string  branch",
      "maintainer_can_modify?: boolean  of a fork's branch" } },
  { "pulls.merged", "GET", ONE .. "/merge", ok = { 204 },
    link = LINK .. "check-if-a-pull-request-has-been-merged",
    need = '"Contents: read"',
    hints = { [404] = "it is not merged, or there is no such pull request" },
    doc = "Raises, with status 404, unless the pull request is merged.",
    args = { NUMBER } },
  { "pulls.merge", "PUT", ONE .. "/merge",
    link = LINK .. "merge-a-pull-request", need = '"Contents: write"',
    idempotent = false, probe = probes.merge,
    hints = {
      [405] = "it cannot be merged: it conflicts, is a draft or closed, or " ..
        "a rule of the branch is not met (checks, reviews, method)",
      [409] = "its head is not `sha` any more: look at what was pushed",
    },
    doc = "Merges a pull request; sha guards against a push in between.",
    gives = "{merged:boolean, sha:string, message:string}",
    args = { NUMBER,
      "sha?: string  what its head must be",
      'merge_method?: "merge"|"squash"|"rebase"  default merge',
      "commit_title?: string  of the merge's commit",
      "commit_message?: string  appended to it" } },
}
