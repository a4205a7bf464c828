-- Simulated GitHub: commits, checks, workflow runs, deployments, settings.

local rest = require "sandbox/rest"
local shapes = require "sandbox/github_shapes"

local github = { routes = {} }

local LIMIT, WINDOW_S = 5000, 3600
local DOCS = "https://docs.github.com/rest"
local meter = rest.meter(LIMIT, WINDOW_S)
local QUEUE_MS = 5000 -- a run waits for its runner

local STATES = {
  error = true, failure = true, inactive = true, in_progress = true,
  queued = true, pending = true, success = true,
}
local MAX_DESCRIPTION = 140

local function problem(status, message, errors)
  return status, {
    message = message, errors = errors, documentation_url = DOCS,
    status = tostring(status),
  }
end

function github.problem(status, message)
  local _, value = problem(status, message)
  return value
end

function github.headers(request)
  return {
    ["x-ratelimit-limit"] = tostring(LIMIT),
    ["x-ratelimit-used"] = tostring(request.used),
    ["x-ratelimit-remaining"] = tostring(math.max(0, LIMIT - request.used)),
    ["x-ratelimit-reset"] = tostring(request.window_end),
    ["x-ratelimit-resource"] = "core",
    ["x-github-request-id"] =
      rest.digest(request.method .. request.path .. request.now_ms),
  }
end

function github.guard(request)
  request.used, request.window_end = meter(request.now_ms)
  local token = request.world.secrets.GITHUB_TOKEN
  local sent = request.headers.authorization
  if sent ~= "Bearer " .. token and sent ~= "token " .. token then
    local message = sent and "Bad credentials" or "Requires authentication"
    return true, problem(401, message)
  end
  if request.used > LIMIT then
    return true, problem(403, "API rate limit exceeded for user ID 1000.")
  end
  local full = request.params.owner .. "/" .. request.params.repo
  if full ~= request.world.github.repository then
    return true, problem(404, "Not Found")
  end
  return false
end

-- Commits, oldest first, with the SHAs of the fixture's repository.
local function commits_of(world)
  local list = {}
  for i, commit in ipairs(world.commits) do
    local one = rest.copy(commit)
    one.sha = world.git.shas[i]
    one.parent = world.git.shas[i - 1]
    one.index = i
    list[i] = one
  end
  return list
end

--- The commit that a branch, a SHA or its beginning means.
local function resolve(world, ref)
  ref = ref:gsub("^refs/heads/", "")
  local sha = world.github.branches[ref] or ref
  for _, commit in ipairs(commits_of(world)) do
    local short = #ref >= 7 and commit.sha:sub(1, #ref) == ref
    if commit.sha == sha or short then return commit end
  end
  return nil
end

local function newest_first(list)
  local out = json.array {}
  for i = #list, 1, -1 do out[#out + 1] = list[i] end
  return out
end

local function list_commits(request)
  local world = request.world
  local from = rest.arg(request, "sha") or world.github.default_branch
  local tip = resolve(world, from)
  if not tip then return problem(404, "Not Found") end
  local all, list = commits_of(world), {}
  for i = 1, tip.index do list[i] = shapes.commit(request, all[i]) end
  local page, headers = rest.page(request, newest_first(list))
  return 200, page, headers
end

local function get_commit(request)
  local commit = resolve(request.world, request.params.ref)
  if not commit then
    return problem(422, "No commit found for SHA: " .. request.params.ref)
  end
  return 200, shapes.commit(request, commit)
end

local function list_checks(request)
  local world = request.world
  local commit = resolve(world, request.params.ref)
  if not commit then
    return problem(422, "No commit found for SHA: " .. request.params.ref)
  end
  local list = {}
  for i, check in ipairs(world.github.checks) do
    local failed = (world.github.failed_checks or {})[check]
    list[i] = shapes.check_run(request, {
      id = commit.index * 100 + i, name = check, at = commit.time,
      conclusion = failed == commit.sha and "failure" or "success",
    }, commit.sha)
  end
  local page, headers = rest.page(request, list)
  return 200, { total_count = #list, check_runs = page }, headers
end

local function compared(request, base, head)
  local all, added = commits_of(request.world), json.array {}
  for i = base.index + 1, head.index do
    added[#added + 1] = shapes.commit(request, all[i])
  end
  local ahead = head.index - base.index
  local status = ahead > 0 and "ahead" or ahead < 0 and "behind"
    or "identical"
  return status, math.max(0, ahead), math.max(0, -ahead), added
end

local function compare(request)
  local left, right = request.params.range:match("^(.-)%.%.%.(.+)$")
  local base = left and resolve(request.world, left)
  local head = right and resolve(request.world, right)
  if not base or not head then return problem(404, "Not Found") end
  local status, ahead, behind, added = compared(request, base, head)
  local older = base.index < head.index and base or head
  local web = "https://github.com/" .. request.world.github.repository ..
    "/compare/" .. request.params.range
  return 200, {
    url = request.origin .. request.path, html_url = web,
    permalink_url = web, diff_url = web .. ".diff", patch_url = web .. ".patch",
    base_commit = shapes.commit(request, base),
    merge_base_commit = shapes.commit(request, older),
    status = status, ahead_by = ahead, behind_by = behind,
    total_commits = #added, commits = added,
  }
end

-- A run waits for a runner, works, and ends; nobody stores when.
local function run_state(run, now_ms)
  local started = run.created_ms + QUEUE_MS
  return rest.at({
    { at = run.created_ms, state = "queued" },
    { at = started, state = "in_progress" },
    { at = started + run.seconds * 1000, state = "completed",
      conclusion = run.conclusion },
  }, now_ms)
end

local function run_view(request, run)
  local commit = resolve(request.world, run.sha)
  return shapes.run(request, run, run_state(run, request.now_ms), commit)
end

local function inputs_problem(workflow, inputs)
  for name in pairs(inputs) do
    if not workflow.inputs[name] then
      return problem(422, 'Unexpected inputs provided: ["' .. name .. '"]')
    end
  end
  for name, input in pairs(workflow.inputs) do
    if input.required and not inputs[name] then
      return problem(422, "Required input '" .. name .. "' not provided")
    end
  end
  return nil
end

local function add_run(request, file, workflow, commit)
  local world, inputs = request.world, request.body.inputs or {}
  local number = rest.serial(world, "run", 311)
  local run = {
    id = 30433000 + number, number = number, name = workflow.name,
    path = ".github/workflows/" .. file, workflow_id = workflow.id,
    event = "workflow_dispatch", branch = request.body.ref, sha = commit.sha,
    title = (workflow.run_name:gsub("{(%w+)}", inputs)),
    created_ms = request.now_ms, seconds = workflow.seconds,
    conclusion = workflow.conclusion, actor = world.github.actor,
  }
  table.insert(world.github.runs, run)
  rest.touch(request)
  return run
end

local function dispatch(request)
  local file, body = request.params.workflow, request.body
  local workflow = request.world.github.workflows[file]
  if not workflow then return problem(404, "Not Found") end
  if type(body) ~= "table" or type(body.ref) ~= "string" then
    return problem(422, 'Invalid request.\n\n"ref" wasn\'t supplied.')
  end
  local commit = resolve(request.world, body.ref)
  if not commit then return problem(422, "No ref found for: " .. body.ref) end
  local status, value = inputs_problem(workflow, body.inputs or {})
  if status then return status, value end
  local run = add_run(request, file, workflow, commit)
  if not body.return_run_details then return 204, nil end
  local shown = run_view(request, run)
  return 200, {
    workflow_run_id = run.id, run_url = shown.url, html_url = shown.html_url,
  }
end

local function list_runs(request)
  local list = {}
  local event = rest.arg(request, "event")
  local branch = rest.arg(request, "branch")
  local sha = rest.arg(request, "head_sha")
  for _, run in ipairs(request.world.github.runs) do
    if (not event or run.event == event) and (not sha or run.sha == sha)
      and (not branch or run.branch == branch) then
      list[#list + 1] = run_view(request, run)
    end
  end
  local page, headers = rest.page(request, newest_first(list))
  return 200, { total_count = #list, workflow_runs = page }, headers
end

local function get_run(request)
  for _, run in ipairs(request.world.github.runs) do
    if tostring(run.id) == request.params.id then
      return 200, run_view(request, run)
    end
  end
  return problem(404, "Not Found")
end

local function list_deployments(request)
  local list = {}
  local function wanted(one)
    for _, name in ipairs { "sha", "ref", "task", "environment" } do
      local value = rest.arg(request, name)
      if value and one[name] ~= value then return false end
    end
    return true
  end
  for _, one in ipairs(request.world.github.deployments) do
    if wanted(one) then list[#list + 1] = shapes.deployment(request, one) end
  end
  local page, headers = rest.page(request, newest_first(list))
  return 200, page, headers
end

local function create_deployment(request)
  local world, body = request.world, request.body
  if type(body) ~= "table" or type(body.ref) ~= "string" then
    return problem(422, 'Invalid request.\n\n"ref" wasn\'t supplied.')
  end
  local commit = resolve(world, body.ref)
  if not commit then return problem(422, "No ref found for: " .. body.ref) end
  local one = {
    id = rest.serial(world, "deployment", 9001), sha = commit.sha,
    ref = body.ref, task = body.task or "deploy",
    payload = rest.copy(body.payload or {}),
    environment = body.environment or "production",
    description = rest.or_nil(body.description),
    transient = body.transient_environment or false,
    production = body.production_environment or false,
    created_ms = request.now_ms, creator = world.github.actor,
    statuses = json.array {},
  }
  table.insert(world.github.deployments, one)
  rest.touch(request)
  return 201, shapes.deployment(request, one)
end

local function deployment_of(request)
  for _, one in ipairs(request.world.github.deployments) do
    if tostring(one.id) == request.params.deployment then return one end
  end
  return nil
end

local function list_statuses(request)
  local deployment = deployment_of(request)
  if not deployment then return problem(404, "Not Found") end
  local list = {}
  for i, one in ipairs(deployment.statuses) do
    list[i] = shapes.status(request, deployment, one)
  end
  local page, headers = rest.page(request, newest_first(list))
  return 200, page, headers
end

local function status_problem(body)
  if type(body) ~= "table" or not STATES[body.state] then
    return problem(422, "Validation Failed", { {
      resource = "DeploymentStatus", code = "invalid", field = "state",
    } })
  end
  if #(body.description or "") > MAX_DESCRIPTION then
    return problem(422, "Validation Failed", { {
      resource = "DeploymentStatus", code = "custom", field = "description",
      message = "description is too long (maximum is 140 characters)",
    } })
  end
  return nil
end

local function create_status(request)
  local deployment, body = deployment_of(request), request.body
  if not deployment then return problem(404, "Not Found") end
  local status, value = status_problem(body)
  if status then return status, value end
  local one = {
    id = rest.serial(request.world, "status", 51001), state = body.state,
    description = body.description or "",
    environment = body.environment or deployment.environment,
    environment_url = body.environment_url or "",
    target_url = body.log_url or body.target_url or "",
    created_ms = request.now_ms, creator = request.world.github.actor,
  }
  table.insert(deployment.statuses, one)
  rest.touch(request)
  return 201, shapes.status(request, deployment, one)
end

local function environment_of(request)
  return request.world.github.environments[request.params.environment]
end

local function list_secrets(request)
  local environment = environment_of(request)
  if not environment then return problem(404, "Not Found") end
  local page, headers = rest.page(request, rest.copy(environment.secrets))
  local total = #environment.secrets
  return 200, { total_count = total, secrets = page }, headers
end

local function list_variables(request)
  local environment = environment_of(request)
  if not environment then return problem(404, "Not Found") end
  local page, headers = rest.page(request, rest.copy(environment.variables))
  local total = #environment.variables
  return 200, { total_count = total, variables = page }, headers
end

local function get_variable(request)
  local environment = environment_of(request)
  for _, one in ipairs(environment and environment.variables or {}) do
    if one.name == request.params.name then return 200, rest.copy(one) end
  end
  return problem(404, "Not Found")
end

local R = "/repos/{owner}/{repo}"
local E = R .. "/environments/{environment}"
local D = R .. "/deployments"

github.routes.rest = {
  { "GET", R .. "/commits", "github.commits.list", list_commits },
  { "GET", R .. "/commits/{ref}", "github.commits.get", get_commit },
  { "GET", R .. "/commits/{ref}/check-runs", "github.checks.list",
    list_checks },
  { "GET", R .. "/compare/{range}", "github.compare", compare },
  { "POST", R .. "/actions/workflows/{workflow}/dispatches",
    "github.workflows.dispatch", dispatch },
  { "GET", R .. "/actions/runs", "github.runs.list", list_runs },
  { "GET", R .. "/actions/runs/{id}", "github.runs.get", get_run },
  { "GET", D, "github.deployments.list", list_deployments },
  { "POST", D, "github.deployments.create", create_deployment },
  { "GET", D .. "/{deployment}/statuses", "github.statuses.list",
    list_statuses },
  { "POST", D .. "/{deployment}/statuses", "github.statuses.create",
    create_status },
  { "GET", E .. "/secrets", "github.environments.secrets", list_secrets },
  { "GET", E .. "/variables", "github.variables.list", list_variables },
  { "GET", E .. "/variables/{name}", "github.variables.get", get_variable },
}

return github
