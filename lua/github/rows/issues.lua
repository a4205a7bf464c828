-- Calls on issues and their comments.

local probes = require "github/probes"

local ALL = "/repos/{owner}/{repo}/issues"
local ONE = ALL .. "/{issue}"
local LINK = "issues/issues#"
local COMMENTS = "issues/comments#"

local NUMBER = "issue: integer  its number; a pull request's will do"
local FIELDS = "issue_field_values?: {field_id:integer, value:string|number}" ..
  "[]  of the organisation's own fields"
local NO_ISSUES = "it was deleted, or the repository has no issues"

return {
  { "issues.list", "GET", ALL,
    link = LINK .. "list-repository-issues", need = '"Issues: read"',
    page = "link",
    doc = "Issues, newest first; pull requests are among them and have " ..
      "pull_request.",
    gives = "github.issue[]",
    args = {
      'state?: "open"|"closed"|"all"  default open',
      "labels?: string  names, by comma: all of them",
      'assignee?: string  login, "none" or "*"', "creator?: string  login",
      "mentioned?: string  login", 'milestone?: string  number, "none" or "*"',
      "type?: string  name of an issue type",
      "issue_field_values?: string  as GitHub's search writes them",
      'sort?: "created"|"updated"|"comments"  default created',
      'direction?: "asc"|"desc"  default desc',
      "since?: string  ISO time: those updated later",
    } },
  { "issues.create", "POST", ALL,
    link = LINK .. "create-an-issue", need = '"Issues: write"',
    probe = probes.issue, hints = { [410] = NO_ISSUES },
    doc = "Opens an issue; github.upsert_issue looks for an open one of " ..
      "that title first.",
    gives = "github.issue",
    args = { "title: string  its title", "body?: string  Markdown",
      "labels?: string[]  names; made where missing",
      "assignees?: string[]  logins", "milestone?: integer  its number",
      "type?: string  name of an issue type", FIELDS } },
  { "issues.get", "GET", ONE,
    link = LINK .. "get-an-issue", need = '"Issues: read"',
    hints = { [410] = NO_ISSUES },
    doc = "One issue.", gives = "github.issue", args = { NUMBER } },
  { "issues.update", "PATCH", ONE,
    link = LINK .. "update-an-issue", need = '"Issues: write"',
    idempotent = true, before = "issues.get", hints = { [410] = NO_ISSUES },
    doc = "Changes what is given; state closes or reopens it.",
    gives = "github.issue",
    args = { NUMBER, "title?: string  its title", "body?: string  Markdown",
      'state?: "open"|"closed"  how it is to be',
      'state_reason?: "completed"|"not_planned"|"duplicate"|"reopened"  why',
      "duplicate_issue_id?: integer  with state_reason duplicate",
      "labels?: string[]  all it is to have",
      "assignees?: string[]  all it is to have",
      "milestone?: integer  its number; json.null: none",
      "type?: string  name of an issue type", FIELDS } },
  { "comments.list", "GET", ONE .. "/comments",
    link = COMMENTS .. "list-issue-comments", need = '"Issues: read"',
    page = "link", doc = "Comments of an issue, oldest first.",
    gives = "github.comment[]",
    args = { NUMBER, "since?: string  ISO time: those updated later" } },
  { "comments.create", "POST", ONE .. "/comments",
    link = COMMENTS .. "create-an-issue-comment", need = '"Issues: write"',
    probe = probes.comment, hints = { [410] = NO_ISSUES },
    doc = "Comments on an issue or a pull request.",
    gives = "github.comment", args = { NUMBER, "body: string  Markdown" } },
}
