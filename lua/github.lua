-- GitHub: commits, checks, workflow runs, deployments, environment settings.

local provider = require "provider"

local REPO = "/repos/{owner}/{repo}"

-- The run of a lost dispatch shows the marker of its inputs in its title.
local function probe_dispatch(args, get)
  local marker = args.inputs and args.inputs.marker
  if not marker then
    error("github workflows.dispatch: without inputs.marker nobody can tell " ..
      "whether the lost request started a run: look at the Actions page", 0)
  end
  local runs = get("runs.list", {
    owner = args.owner, repo = args.repo, event = "workflow_dispatch",
  })
  for _, one in ipairs(runs) do
    if one.display_title:find(marker, 1, true) then
      return {
        workflow_run_id = one.id, run_url = one.url, html_url = one.html_url,
      }
    end
  end
  return nil
end

local function payload_of(deployment)
  local payload = deployment.payload
  if type(payload) == "string" and payload ~= "" then
    local ok, value = pcall(json.decode, payload)
    payload = ok and value or nil
  end
  return type(payload) == "table" and payload or {}
end

-- A deployment carries the run and the step that asked for it.
local function probe_deployment(args, get)
  local want = args.payload or {}
  if not want.run then return nil end
  local list = get("deployments.list", {
    owner = args.owner, repo = args.repo, environment = args.environment,
  })
  for _, one in ipairs(list) do
    local have = payload_of(one)
    if have.run == want.run and have.step == want.step then return one end
  end
  return nil
end

-- A status is told by its state and description, which names the run.
local function probe_status(args, get)
  local list = get("statuses.list", {
    owner = args.owner, repo = args.repo, deployment = args.deployment,
  })
  for _, one in ipairs(list) do
    if one.state == args.state and one.description == args.description then
      return one
    end
  end
  return nil
end

--- Calls of GitHub's REST API on env.github.repository. Each raises one line
--- on failure; github.try.… gives nil and a provider.failure.
--- https://docs.github.com/rest
--- @class github
local github = provider.define {
  name = "github",
  base = "https://api.github.com",
  auth = {
    secret = "GITHUB_TOKEN",
    header = "Authorization",
    scheme = "Bearer {}",
  },
  headers = {
    ["Accept"] = "application/vnd.github+json",
    ["X-GitHub-Api-Version"] = "2022-11-28",
    ["User-Agent"] = "runproof",
  },
  defaults = function(settings)
    local owner, repo = (settings.repository or ""):match("^([^/]+)/(.+)$")
    return {
      owner = owner, repo = repo, environment = settings.environment,
      workflow = settings.workflow,
    }
  end,
  rows = {
    { "commits.list", "GET", REPO .. "/commits", page = "link",
      doc = "Commits, newest first; optional sha (branch), since, until." },
    { "commits.get", "GET", REPO .. "/commits/{ref}",
      doc = "One commit by SHA, branch or tag." },
    { "checks.list", "GET", REPO .. "/commits/{ref}/check-runs",
      page = "link", items = "check_runs",
      doc = "The check runs of a commit: name, status, conclusion." },
    { "compare", "GET", REPO .. "/compare/{range}",
      doc = "What range \"base...head\" adds: status, ahead_by, commits." },
    { "workflows.dispatch", "POST",
      REPO .. "/actions/workflows/{workflow}/dispatches",
      probe = probe_dispatch,
      doc = "Starts a workflow on ref with inputs; inputs.marker must be " ..
        "part of its run-name, so that a lost request can be found again." },
    { "runs.list", "GET", REPO .. "/actions/runs", page = "link",
      items = "workflow_runs",
      doc = "Workflow runs, newest first; optional event, branch, head_sha." },
    { "runs.get", "GET", REPO .. "/actions/runs/{id}",
      doc = "One workflow run: status, conclusion, html_url." },
    { "deployments.list", "GET", REPO .. "/deployments", page = "link",
      doc = "Deployments, newest first; optional environment, sha, ref." },
    { "deployments.create", "POST", REPO .. "/deployments", ok = { 201 },
      probe = probe_deployment,
      hints = {
        [202] = "GitHub merged the base branch instead: pull, then again",
        [409] = "a required check has not passed or the branch conflicts",
      },
      doc = "Records a deployment of ref to environment; payload {run, " ..
        "step} makes it recognisable." },
    { "statuses.list", "GET", REPO .. "/deployments/{deployment}/statuses",
      page = "link", doc = "Statuses of a deployment, newest first." },
    { "statuses.create", "POST",
      REPO .. "/deployments/{deployment}/statuses", probe = probe_status,
      doc = "Adds a status: state, description (140 characters)." },
    { "environments.secrets", "GET",
      REPO .. "/environments/{environment}/secrets", page = "link",
      items = "secrets",
      doc = "Names of an environment's secrets; values never come back." },
    { "variables.list", "GET",
      REPO .. "/environments/{environment}/variables", page = "link",
      items = "variables", doc = "Variables of an environment." },
    { "variables.get", "GET",
      REPO .. "/environments/{environment}/variables/{name}",
      doc = "One variable of an environment." },
  },
}

local POLL_S = 15
local WATCH_S = 1800

--- The check runs of a commit and whether all have passed.
--- @param ref string
--- @return boolean green at least one, none pending or failed
--- @return table[] rows name, status, conclusion
function github.checks_green(ref)
  local rows, green = {}, true
  local fine = { success = true, neutral = true, skipped = true }
  for _, one in ipairs(github.checks.list { ref = ref }) do
    rows[#rows + 1] = {
      name = one.name, status = one.status, conclusion = one.conclusion,
    }
    green = green and one.status == "completed" and fine[one.conclusion]
      or false
  end
  return green and #rows > 0, rows
end

--- Records a deployment by this run. step tells the deployments of one run
--- apart.
--- @param args {ref:string, environment:string, step:string, description?:string, production?:boolean}
--- @return table deployment
function github.start_deployment(args)
  return github.deployments.create {
    ref = args.ref,
    environment = args.environment,
    description = args.description,
    auto_merge = false,
    required_contexts = json.array {},
    production_environment = args.production or false,
    payload = { run = run.id, step = args.step },
  }
end

--- Adds a status to a deployment; the description names this run.
--- @param deployment table as of github.start_deployment
--- @param state "in_progress"|"success"|"failure"|"error"|"inactive"
--- @param note string what happened, under 100 characters
--- @param url? string where the environment lives
--- @return table status
function github.report(deployment, state, note, url)
  return github.statuses.create {
    deployment = deployment.id,
    state = state,
    description = note .. " [" .. run.id .. "]",
    environment_url = url,
  }
end

--- Starts a workflow and tells which run it became.
--- @param args {ref:string, step:string, inputs?:table, workflow?:string}
--- @return {workflow_run_id:integer, html_url:string}
function github.dispatch(args)
  local inputs = { marker = run.id .. "/" .. args.step }
  for key, value in pairs(args.inputs or {}) do inputs[key] = value end
  return github.workflows.dispatch {
    workflow = args.workflow,
    ref = args.ref,
    inputs = inputs,
    return_run_details = true,
  }
end

--- Polls a workflow run until it is completed.
--- @param id integer
--- @param within_s? integer default 30 minutes
--- @return table run with its conclusion
function github.watch(id, within_s)
  local deadline = time.now() + (within_s or WATCH_S)
  local last
  repeat
    local one = github.runs.get { id = id }
    if one.status ~= last then
      print(("run %d  %s"):format(one.run_number, one.status))
      last = one.status
    end
    if one.status == "completed" then return one end
    time.sleep(POLL_S)
  until time.now() >= deadline
  error("github: run " .. id .. " did not complete in time: see its page", 0)
end

return github
