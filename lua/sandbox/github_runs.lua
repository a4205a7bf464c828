-- Simulated GitHub: workflows, the runs they start, what holds these up.

local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"
local shapes = require "sandbox/github_shapes"
local clock = require "sandbox/github_clock"
local history = require "sandbox/github_history"
local settings = require "sandbox/github_settings"

local runs = {}

local MAX_INPUTS, MAX_EVENT, MAX_PAYLOAD = 25, 100, 10

-- --- workflows ---------------------------------------------------------------

local function files_of(world)
  local files = {}
  for file in pairs(world.github.workflows) do files[#files + 1] = file end
  table.sort(files)
  return files
end

-- A workflow by file name or id, and its file name.
local function workflow_of(request)
  local wanted = request.params.workflow
  for _, file in ipairs(files_of(request.world)) do
    local one = request.world.github.workflows[file]
    if file == wanted or tostring(one.id) == wanted then return one, file end
  end
  return nil
end

local function shown_workflow(request, file)
  local one = request.world.github.workflows[file]
  local path = ".github/workflows/" .. file
  local since = request.world.commits[1].time
  return {
    id = one.id, node_id = kit.node_id("W", one.id), name = one.name,
    path = path, state = "active", created_at = since, updated_at = since,
    url = kit.api(request) .. "/actions/workflows/" .. one.id,
    html_url = kit.web(request) .. "/blob/main/" .. path,
    badge_url = kit.web(request) .. "/workflows/" .. one.name .. "/badge.svg",
  }
end

local function list_workflows(request)
  local list = {}
  for i, file in ipairs(files_of(request.world)) do
    list[i] = shown_workflow(request, file)
  end
  return kit.counted(request, list, "workflows")
end

local function get_workflow(request)
  local _, file = workflow_of(request)
  if not file then return kit.not_found() end
  return 200, shown_workflow(request, file)
end

-- --- starting runs -----------------------------------------------------------

local function inputs_problem(workflow, inputs)
  local count = 0
  for name in pairs(inputs) do
    count = count + 1
    if not workflow.inputs[name] then
      return kit.problem(422, 'Unexpected inputs provided: ["' .. name .. '"]')
    end
  end
  if count > MAX_INPUTS then
    return kit.problem(422, "you may only define up to 25 inputs")
  end
  for name, input in pairs(workflow.inputs) do
    if input.required and not inputs[name] then
      return kit.problem(422, "Required input '" .. name .. "' not provided")
    end
  end
  return nil
end

-- inputs also names the environment that the run's jobs deploy to.
local function add_run(request, file, about)
  local world = request.world
  local workflow = world.github.workflows[file]
  local number = rest.serial(world, "run", 311)
  local run = {
    id = 30433000 + number, number = number, name = workflow.name,
    path = ".github/workflows/" .. file, workflow_id = workflow.id,
    event = about.event, branch = about.ref, sha = about.commit.sha,
    title = (workflow.run_name:gsub("{(%w+)}", about.inputs)),
    created_ms = request.now_ms, seconds = workflow.seconds,
    conclusion = workflow.conclusion, actor = world.github.actor,
    environment = about.inputs.environment, attempt = 1,
    jobs = rest.copy(workflow.jobs or { { name = "run", steps = { "Run" } } }),
    artifacts = rest.copy(workflow.artifacts or json.array {}),
  }
  table.insert(world.github.runs, run)
  rest.touch(request)
  return run
end

--- A run as answers show it.
function runs.view(request, run)
  local commit = history.resolve(request.world, run.sha)
  local state = clock.state(request.world, run, request.now_ms)
  return shapes.run(request, run, state, commit)
end

local function dispatch(request)
  local body = request.body
  local workflow, file = workflow_of(request)
  if not workflow then return kit.not_found() end
  if type(body) ~= "table" or type(body.ref) ~= "string" then
    return kit.malformed('"ref" wasn\'t supplied.')
  end
  local commit = history.resolve(request.world, body.ref)
  if not commit then
    return kit.problem(422, "No ref found for: " .. body.ref)
  end
  local status, value = inputs_problem(workflow, body.inputs or {})
  if status then return status, value end
  local run = add_run(request, file, {
    event = "workflow_dispatch", ref = body.ref, commit = commit,
    inputs = body.inputs or {},
  })
  if not body.return_run_details then return 204, nil end
  local shown = runs.view(request, run)
  return 200, {
    workflow_run_id = run.id, run_url = shown.url, html_url = shown.html_url,
  }
end

local function event_problem(body)
  if type(body) ~= "table" or not kit.text(body.event_type) then
    return kit.malformed('"event_type" wasn\'t supplied.')
  end
  local members = 0
  for _ in pairs(body.client_payload or {}) do members = members + 1 end
  if #body.event_type > MAX_EVENT or members > MAX_PAYLOAD then
    return kit.problem(422, "No more than 10 properties are allowed in " ..
      "client_payload, 100 characters in event_type")
  end
  return nil
end

local function dispatch_event(request)
  local world, body = request.world, request.body
  local status, value = event_problem(body)
  if status then return status, value end
  local branch = world.github.default_branch
  for _, file in ipairs(files_of(world)) do
    for _, kind in ipairs(world.github.workflows[file].events or {}) do
      if kind == body.event_type then
        add_run(request, file, {
          event = "repository_dispatch", ref = branch,
          commit = history.resolve(world, branch),
          inputs = body.client_payload or {},
        })
      end
    end
  end
  rest.touch(request)
  return 204, nil
end

-- --- runs --------------------------------------------------------------------

local FILTERS = {
  event = "event", branch = "head_branch", head_sha = "head_sha",
  check_suite_id = "check_suite_id",
}

local function created_fits(view, range)
  if not range then return true end
  local sign, when = range:match("^([<>]?=?)(.+)$")
  local at = view.created_at:sub(1, #when)
  if sign == ">=" then return at >= when elseif sign == ">" then
    return at > when
  elseif sign == "<=" then return at <= when elseif sign == "<" then
    return at < when
  end
  local from, to = when:match("^(.-)%.%.(.+)$")
  if from then
    return view.created_at >= from and view.created_at <= to .. "~"
  end
  return at == when
end

local function wanted(request, view)
  for name, member in pairs(FILTERS) do
    local value = rest.arg(request, name)
    if value and tostring(view[member]) ~= value then return false end
  end
  local actor, status = rest.arg(request, "actor"), rest.arg(request, "status")
  if actor and view.actor.login ~= actor then return false end
  if status and view.status ~= status and view.conclusion ~= status then
    return false
  end
  return created_fits(view, rest.arg(request, "created"))
end

local function list_runs(request)
  local list = {}
  local workflow = request.params.workflow and workflow_of(request)
  if request.params.workflow and not workflow then return kit.not_found() end
  for _, run in ipairs(request.world.github.runs) do
    local view = runs.view(request, run)
    if (not workflow or run.workflow_id == workflow.id)
      and wanted(request, view) then
      list[#list + 1] = view
    end
  end
  return kit.counted(request, kit.newest_first(list), "workflow_runs")
end

--- Handlers get the run that {id} means.
runs.of = kit.handlers_of(function(world)
  return world.github.runs
end, "id", "id")

local function get_run(request, run)
  return 200, runs.view(request, run)
end

local function is_over(request, run)
  local state = clock.state(request.world, run, request.now_ms)
  return state.state == "completed", state.conclusion
end

local function cancel(request, run)
  if is_over(request, run) then
    return kit.problem(409, "Cannot cancel a workflow run that is completed.")
  end
  run.cancelled_ms = request.now_ms
  rest.touch(request)
  return 202, {}
end

local function start_again(request, run)
  local file = run.path:match("[^/]+$")
  run.attempt = (run.attempt or 1) + 1
  run.started_ms = request.now_ms
  run.cancelled_ms, run.approved_ms, run.rejected_ms = nil, nil, nil
  run.conclusion = request.world.github.workflows[file].conclusion
  rest.touch(request)
  return 201, {}
end

local function rerun(request, run)
  if not is_over(request, run) then
    return kit.problem(403, "This workflow is already running")
  end
  return start_again(request, run)
end

local function rerun_failed(request, run)
  local over, conclusion = is_over(request, run)
  if not over or conclusion == "success" then
    return kit.problem(403, "This workflow run cannot be retried")
  end
  return start_again(request, run)
end

-- --- approvals ---------------------------------------------------------------

-- The environment that a run waits for, nil when it does not.
local function awaited(request, run)
  local state = clock.state(request.world, run, request.now_ms)
  if state.state ~= "waiting" then return nil end
  return request.world.github.environments[run.environment], state
end

local function pending(request, run)
  local one, state = awaited(request, run)
  if not one then return 200, json.array {} end
  local name = run.environment
  return 200, json.array { {
    environment = {
      id = settings.environment_id(name),
      node_id = kit.node_id("EN", name), name = name,
      url = kit.api(request) .. "/environments/" .. name,
      html_url = kit.web(request) .. "/deployments/" .. name,
    },
    wait_timer = one.wait_timer or 0,
    wait_timer_started_at = rest.iso(state.at),
    current_user_can_approve = #(one.reviewers or {}) > 0,
    reviewers = settings.reviewers(request, one),
  } }
end

local function review_problem(request, one, name)
  local body = request.body
  if type(body) ~= "table" or type(body.comment) ~= "string"
    or (body.state ~= "approved" and body.state ~= "rejected")
    or type(body.environment_ids) ~= "table" then
    return kit.malformed('"environment_ids", "state" and "comment" must be ' ..
      "supplied.")
  end
  local id = one and settings.environment_id(name)
  for _, wanted_id in ipairs(body.environment_ids) do
    if wanted_id ~= id or #(one.reviewers or {}) == 0 then
      return kit.problem(422, "There are no pending deployment requests to " ..
        "approve or reject")
    end
  end
  return nil
end

local function review(request, run)
  local world, name = request.world, run.environment
  local one = awaited(request, run)
  local status, value = review_problem(request, one, name)
  if status then return status, value end
  local verdict = request.body.state == "approved" and "approved_ms"
    or "rejected_ms"
  run[verdict] = request.now_ms
  local deployment = {
    id = rest.serial(world, "deployment", 9001), sha = run.sha,
    ref = run.branch, task = "deploy", payload = {}, environment = name,
    transient = false, production = false, created_ms = request.now_ms,
    creator = world.github.actor, statuses = json.array {},
  }
  table.insert(world.github.deployments, deployment)
  rest.touch(request)
  return 200, json.array { shapes.deployment(request, deployment) }
end

local R = "/repos/{owner}/{repo}"
local A = R .. "/actions/runs"
local W = R .. "/actions/workflows"
local of = runs.of

runs.routes = {
  { "POST", R .. "/dispatches", "github.repo.dispatch", dispatch_event },
  { "GET", W, "github.workflows.list", list_workflows },
  { "GET", W .. "/{workflow}", "github.workflows.get", get_workflow },
  { "POST", W .. "/{workflow}/dispatches", "github.workflows.dispatch",
    dispatch },
  { "GET", W .. "/{workflow}/runs", "github.workflows.runs", list_runs },
  { "GET", A, "github.runs.list", list_runs },
  { "GET", A .. "/{id}", "github.runs.get", of(get_run) },
  { "POST", A .. "/{id}/cancel", "github.runs.cancel", of(cancel) },
  { "POST", A .. "/{id}/force-cancel", "github.runs.force_cancel",
    of(cancel) },
  { "POST", A .. "/{id}/rerun", "github.runs.rerun", of(rerun) },
  { "POST", A .. "/{id}/rerun-failed-jobs", "github.runs.rerun_failed",
    of(rerun_failed) },
  { "GET", A .. "/{id}/pending_deployments", "github.runs.pending",
    of(pending) },
  { "POST", A .. "/{id}/pending_deployments", "github.runs.review",
    of(review) },
}

return runs
