-- Calls on workflows: which there are, and starting them.

local probes = require "github/probes"

local REPO = "/repos/{owner}/{repo}"
local ONE = REPO .. "/actions/workflows/{workflow}"

local WORKFLOW = "workflow?: string|integer  file name or id; default " ..
  "env.github.workflow"

return {
  { "workflows.list", "GET", REPO .. "/actions/workflows",
    link = "actions/workflows#list-repository-workflows",
    need = '"Actions: read"', page = "link", items = "workflows",
    doc = "The repository's workflows: id, name, path, state.",
    gives = "github.workflow[]", args = {} },
  { "workflows.get", "GET", ONE,
    link = "actions/workflows#get-a-workflow", need = '"Actions: read"',
    doc = "One workflow by file name or id.",
    gives = "github.workflow", args = { WORKFLOW } },
  { "workflows.dispatch", "POST", ONE .. "/dispatches",
    link = "actions/workflows#create-a-workflow-dispatch-event",
    need = '"Actions: write"', probe = probes.dispatch,
    hints = {
      [404] = "there is no such workflow on the default branch, or the " ..
        'token lacks the permission "Actions: write"',
      [422] = "ref must exist and its workflow must have workflow_dispatch " ..
        "with these inputs, at most 25; github.dispatch adds one, marker",
    },
    doc = "Starts a workflow on ref with inputs; inputs.marker must be " ..
      "part of its run-name, so that a lost request can be found again.",
    gives = "{workflow_run_id:integer, run_url:string, html_url:string}",
    args = {
      WORKFLOW,
      "ref: string  branch or tag that has the workflow",
      "inputs?: table<string,string>  at most 25; marker is for the probe",
      "return_run_details?: boolean  the answer tells the run; without it " ..
        "there is none",
    } },
}
