-- Calls on deployments and their statuses.

local probes = require "github/probes"

local ALL = "/repos/{owner}/{repo}/deployments"
local ONE = ALL .. "/{deployment}"
local LINK = "deployments/deployments#"
local STATUSES = "deployments/statuses#"

local ID = "deployment: integer  its id"

return {
  { "deployments.list", "GET", ALL,
    link = LINK .. "list-deployments", need = '"Deployments: read"',
    page = "link",
    doc = "Deployments, newest first; optional environment, sha, ref.",
    gives = "github.deployment[]",
    args = {
      "sha?: string  of this commit", "ref?: string  of this branch or tag",
      "task?: string  deploy, deploy:migrations, …",
      "environment?: string  to this environment",
    } },
  { "deployments.create", "POST", ALL, ok = { 201 },
    link = LINK .. "create-a-deployment", need = '"Deployments: write"',
    probe = probes.deployment,
    hints = {
      [202] = "GitHub merged the base branch instead: pull, then again",
      [409] = "a required check has not passed or the branch conflicts",
      [422] = "ref must exist; see its message",
    },
    doc = "Records a deployment of ref to environment; payload {run, " ..
      "step} makes it recognisable.",
    gives = "github.deployment",
    args = {
      "ref: string  branch, tag or SHA",
      "environment?: string  default production",
      "task?: string  default deploy",
      "auto_merge?: boolean  merges the base branch into ref first; default " ..
        "true",
      "required_contexts?: string[]  checks that must have passed; default " ..
        "all, empty: none",
      "payload?: table  for whoever reads the deployment",
      "description?: string  short",
      "transient_environment?: boolean  it will go away again",
      "production_environment?: boolean  end users see it",
    } },
  { "deployments.get", "GET", ONE,
    link = LINK .. "get-a-deployment", need = '"Deployments: read"',
    doc = "One deployment.", gives = "github.deployment", args = { ID } },
  { "deployments.delete", "DELETE", ONE,
    link = LINK .. "delete-a-deployment", need = '"Deployments: write"',
    hints = {
      [422] = "it is active: give it the status inactive first",
    },
    doc = "Removes a deployment that is not active.", args = { ID } },
  { "statuses.list", "GET", ONE .. "/statuses",
    link = STATUSES .. "list-deployment-statuses",
    need = '"Deployments: read"', page = "link",
    doc = "Statuses of a deployment, newest first.",
    gives = "github.status[]", args = { ID } },
  { "statuses.create", "POST", ONE .. "/statuses",
    link = STATUSES .. "create-a-deployment-status",
    need = '"Deployments: write"', probe = probes.status,
    hints = { [422] = "see its message; a description has 140 characters" },
    doc = "Adds a status: state, description (140 characters).",
    gives = "github.status",
    args = { ID,
      'state: "error"|"failure"|"inactive"|"in_progress"|"queued"|' ..
        '"pending"|"success"  how it stands',
      "description?: string  at most 140 characters",
      "environment?: string  another one than the deployment's",
      "environment_url?: string  where it can be seen",
      "log_url?: string  where its output is",
      "target_url?: string  the old name of log_url",
      "auto_inactive?: boolean  success ends the earlier deployments of the " ..
        "environment; default true" } },
  { "statuses.get", "GET", ONE .. "/statuses/{status}",
    link = STATUSES .. "get-a-deployment-status",
    need = '"Deployments: read"',
    doc = "One status of a deployment.", gives = "github.status",
    args = { ID, "status: integer  its id" } },
}
