-- Calls on deployment environments and their protection rules.

local REPO = "/repos/{owner}/{repo}"
local ONE = REPO .. "/environments/{environment}"
local LINK = "deployments/environments#"

local NAME = "environment?: string  its name; default env.github.environment"

return {
  { "environments.list", "GET", REPO .. "/environments",
    link = LINK .. "list-environments", need = '"Actions: read"',
    page = "link", items = "environments",
    doc = "The repository's environments with their protection rules.",
    gives = "github.environment[]", args = {} },
  { "environments.get", "GET", ONE,
    link = LINK .. "get-an-environment", need = '"Actions: read"',
    doc = "One environment: protection_rules (wait_timer in minutes, " ..
      "required_reviewers, branch_policy).",
    gives = "github.environment", args = { NAME } },
  { "environments.put", "PUT", ONE,
    link = LINK .. "create-or-update-an-environment",
    need = '"Administration: write"',
    hints = {
      [422] = "an environment waits 0 to 43200 minutes and has at most 6 " ..
        "reviewers; deployment_branch_policy has exactly one of its two true",
    },
    doc = "Creates an environment or sets its rules. What is not given is " ..
      "taken away: give all rules.",
    gives = "github.environment",
    args = {
      NAME,
      "wait_timer?: integer  minutes a job waits, 0 to 43200",
      "prevent_self_review?: boolean  who started a run may not approve it",
      'reviewers?: {type:"User"|"Team", id:integer}[]  at most 6; one of ' ..
        "them must approve",
      "deployment_branch_policy?: {protected_branches:boolean, " ..
        "custom_branch_policies:boolean}  json.null: every branch may deploy",
    } },
  { "environments.delete", "DELETE", ONE,
    link = LINK .. "delete-an-environment", need = '"Administration: write"',
    doc = "Removes an environment with its secrets and variables.",
    args = { "environment: string  its name, always given" } },
}
