-- Calls on workflow runs, their jobs and what holds them up.

local probes = require "github/probes"

local REPO = "/repos/{owner}/{repo}"
local ONE = REPO .. "/actions/runs/{id}"
local LINK = "actions/workflow-runs#"
local JOBS = "actions/workflow-jobs#"

local ID = "id: integer  of the run"
local FILTERS = {
  "actor?: string  login of who started it",
  "branch?: string  head branch",
  "event?: string  push, workflow_dispatch, …",
  "status?: string  a status or a conclusion: completed, failure, waiting, …",
  'created?: string  a date or a range: ">=2026-11-20"',
  "exclude_pull_requests?: boolean  shorter answers",
  "check_suite_id?: integer  of this suite",
  "head_sha?: string  of this commit",
}
local OVER =
  "the run is over, or cannot be cancelled any more: runs.get tells"
local RERUN = "it is still running, it is older than a month, or the token " ..
  'lacks the permission "Actions: write"'
local GONE = "there is no such log: there is none before the job ends, and " ..
  "it is removed when its time is up (90 days by default)"

local function filters(first)
  local args = { first }
  for _, line in ipairs(FILTERS) do args[#args + 1] = line end
  return args
end

return {
  { "runs.list", "GET", REPO .. "/actions/runs",
    link = LINK .. "list-workflow-runs-for-a-repository",
    need = '"Actions: read"', page = "link", items = "workflow_runs",
    doc = "Workflow runs, newest first; with a filter at most 1000.",
    gives = "github.run[]", args = filters() },
  { "workflows.runs", "GET",
    REPO .. "/actions/workflows/{workflow}/runs",
    link = LINK .. "list-workflow-runs-for-a-workflow",
    need = '"Actions: read"', page = "link", items = "workflow_runs",
    doc = "Runs of one workflow, newest first; with a filter at most 1000.",
    gives = "github.run[]",
    args = filters("workflow?: string|integer  file name or id; default " ..
      "env.github.workflow") },
  { "runs.get", "GET", ONE,
    link = LINK .. "get-a-workflow-run", need = '"Actions: read"',
    doc = "One workflow run: status, conclusion, run_attempt, html_url.",
    gives = "github.run",
    args = { ID, "exclude_pull_requests?: boolean  a shorter answer" } },
  { "runs.jobs", "GET", ONE .. "/jobs",
    link = JOBS .. "list-jobs-for-a-workflow-run", need = '"Actions: read"',
    page = "link", items = "jobs",
    doc = "The jobs of a run with their steps.",
    gives = "github.job[]",
    args = { ID, 'filter?: "latest"|"all"  of the last attempt alone ' ..
      "(default), or of all" } },
  { "runs.logs", "GET", ONE .. "/logs",
    link = LINK .. "download-workflow-run-logs", need = '"Actions: read"',
    raw = true, hints = { [404] = GONE, [410] = GONE },
    doc = "A ZIP of the logs of all jobs, from the host that keeps them; " ..
      "the token does not go there.",
    gives = "string", args = { ID } },
  { "runs.cancel", "POST", ONE .. "/cancel",
    link = LINK .. "cancel-a-workflow-run", need = '"Actions: write"',
    idempotent = true, hints = { [409] = OVER },
    doc = "Asks a run to end; steps with always() still run.",
    args = { ID } },
  { "runs.force_cancel", "POST", ONE .. "/force-cancel",
    link = LINK .. "force-cancel-a-workflow-run", need = '"Actions: write"',
    idempotent = true, hints = { [409] = OVER },
    doc = "Ends a run at once, for one that does not react to runs.cancel.",
    args = { ID } },
  { "runs.rerun", "POST", ONE .. "/rerun",
    link = LINK .. "re-run-a-workflow", need = '"Actions: write"',
    probe = probes.rerun, notes = { "attempt" }, hints = { [403] = RERUN },
    doc = "Runs all jobs of a run again, as its next attempt.",
    args = { ID,
      "attempt: integer  its run_attempt now: tells whether a lost request " ..
        "happened; not sent",
      "enable_debug_logging?: boolean  logs more" } },
  { "runs.rerun_failed", "POST", ONE .. "/rerun-failed-jobs",
    link = LINK .. "re-run-failed-jobs-from-a-workflow-run",
    need = '"Actions: write"', probe = probes.rerun, notes = { "attempt" },
    hints = { [403] = RERUN },
    doc = "Runs the failed jobs of a run, and those that need them, again.",
    args = { ID,
      "attempt: integer  its run_attempt now: tells whether a lost request " ..
        "happened; not sent",
      "enable_debug_logging?: boolean  logs more" } },
  { "runs.pending", "GET", ONE .. "/pending_deployments",
    link = LINK .. "get-pending-deployments-for-a-workflow-run",
    need = '"Actions: read"',
    doc = "The environments whose rules a run waits for, and whether the " ..
      "token's user may approve.",
    gives = "github.pending[]", args = { ID } },
  { "runs.review", "POST", ONE .. "/pending_deployments",
    link = LINK .. "review-pending-deployments-for-a-workflow-run",
    need = '"Deployments: write"', probe = probes.review,
    hints = {
      [422] = "nothing waits in these environments, or the token's user is " ..
        "none of their reviewers (an app's token never is)",
    },
    doc = "Approves or rejects what waits for a reviewer.",
    gives = "github.deployment[]",
    args = { ID,
      "environment_ids: integer[]  as of runs.pending",
      'state: "approved"|"rejected"  the verdict',
      "comment: string  why; shown with the run" } },
  { "jobs.get", "GET", REPO .. "/actions/jobs/{job}",
    link = JOBS .. "get-a-job-for-a-workflow-run", need = '"Actions: read"',
    doc = "One job with its steps.", gives = "github.job",
    args = { "job: integer  its id" } },
  { "jobs.logs", "GET", REPO .. "/actions/jobs/{job}/logs",
    link = JOBS .. "download-job-logs-for-a-workflow-run",
    need = '"Actions: read"', raw = true,
    hints = { [404] = GONE, [410] = GONE },
    doc = "The log of a job as text, from the host that keeps it; the token " ..
      "does not go there.",
    gives = "string", args = { "job: integer  its id" } },
}
