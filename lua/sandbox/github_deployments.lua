-- Simulated GitHub: deployments and their statuses.

local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"
local shapes = require "sandbox/github_shapes"
local history = require "sandbox/github_history"
local commits = require "sandbox/github_commits"

local deployments = {}

local STATES = {
  error = true, failure = true, inactive = true, in_progress = true,
  queued = true, pending = true, success = true,
}
local ENDED = { error = true, failure = true, inactive = true }
local MAX_DESCRIPTION = 140

local function list(request)
  local found = {}
  local function wanted(one)
    for _, name in ipairs { "sha", "ref", "task", "environment" } do
      local value = rest.arg(request, name)
      if value and one[name] ~= value then return false end
    end
    return true
  end
  for _, one in ipairs(request.world.github.deployments) do
    if wanted(one) then found[#found + 1] = shapes.deployment(request, one) end
  end
  return kit.page(request, kit.newest_first(found))
end

-- A branch that is behind is brought up to date first, unless told not to.
local function auto_merge(request, commit)
  local world, body = request.world, request.body
  local sha = world.github.branches[body.ref]
  if body.auto_merge == false or not sha then return nil end
  local default = world.github.default_branch
  local base = history.resolve(world, default)
  local missing = history.diverge(world, commit, base)
  if #missing == 0 then return nil end
  if history.conflicts(world, commit, base) then
    return kit.problem(409, "Conflict merging " .. default .. " into " ..
      body.ref .. ".")
  end
  local merged = history.merge(request, commit, base,
    "Merge branch '" .. default .. "' into " .. body.ref)
  history.set_ref(world, "heads/" .. body.ref, merged.sha)
  return 202, {
    message = "Auto-merged " .. default .. " into " .. body.ref ..
      " on deployment.",
  }
end

local function unchecked(request, commit)
  local wanted = request.body.required_contexts
  if wanted and #wanted == 0 then return nil end
  if commits.green(request.world, commit, request.now_ms) then return nil end
  return kit.problem(409, "Conflict: Commit status checks failed for " ..
    request.body.ref .. ".")
end

local function create(request)
  local world, body = request.world, request.body
  if type(body) ~= "table" or type(body.ref) ~= "string" then
    return kit.malformed('"ref" wasn\'t supplied.')
  end
  local commit = history.resolve(world, body.ref)
  if not commit then
    return kit.problem(422, "No ref found for: " .. body.ref)
  end
  local status, value = auto_merge(request, commit)
  if not status then status, value = unchecked(request, commit) end
  if status then return status, value end
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

-- Handlers get the deployment that {deployment} means, and its place.
local of = kit.handlers_of(function(world)
  return world.github.deployments
end, "id", "deployment")

local function get(request, one)
  return 200, shapes.deployment(request, one)
end

local function last_state(one)
  local last = one.statuses[#one.statuses]
  return last and last.state
end

local function is_active(one)
  local state = last_state(one)
  return state ~= nil and not ENDED[state]
end

local function delete(request, one, i)
  local all = request.world.github.deployments
  if is_active(one) and #all > 1 then
    return kit.problem(422, "We cannot delete an active deployment unless " ..
      "it is the only deployment in a given environment.")
  end
  table.remove(all, i)
  rest.touch(request)
  return 204, nil
end

local function list_statuses(request, deployment)
  local found = {}
  for i, one in ipairs(deployment.statuses) do
    found[i] = shapes.status(request, deployment, one)
  end
  return kit.page(request, kit.newest_first(found))
end

local function get_status(request, deployment)
  local one = kit.find(deployment.statuses, "id", request.params.status)
  if not one then return kit.not_found() end
  return 200, shapes.status(request, deployment, one)
end

local function status_problem(body)
  if type(body) ~= "table" or not STATES[body.state] then
    return kit.invalid("DeploymentStatus", "state", "invalid")
  end
  if #(rest.or_nil(body.description) or "") > MAX_DESCRIPTION then
    return kit.invalid("DeploymentStatus", "description", "custom",
      "description is too long (maximum is 140 characters)")
  end
  return nil
end

local function add_status(request, deployment, body)
  local one = {
    id = rest.serial(request.world, "status", 51001), state = body.state,
    description = rest.or_nil(body.description) or "",
    environment = body.environment or deployment.environment,
    environment_url = body.environment_url or "",
    target_url = body.log_url or body.target_url or "",
    created_ms = request.now_ms, creator = request.world.github.actor,
  }
  table.insert(deployment.statuses, one)
  return one
end

-- A success ends the earlier deployments of its environment, but for those
-- that are meant to go, or are production's.
local function end_others(request, deployment)
  for _, one in ipairs(request.world.github.deployments) do
    if one ~= deployment and one.environment == deployment.environment
      and not one.transient and not one.production
      and last_state(one) == "success" then
      add_status(request, one, { state = "inactive" })
    end
  end
end

local function create_status(request, deployment)
  local body = request.body
  local status, value = status_problem(body)
  if status then return status, value end
  local one = add_status(request, deployment, body)
  if body.state == "success" and body.auto_inactive ~= false then
    end_others(request, deployment)
  end
  rest.touch(request)
  return 201, shapes.status(request, deployment, one)
end

local D = "/repos/{owner}/{repo}/deployments"
local O = D .. "/{deployment}"

deployments.routes = {
  { "GET", D, "github.deployments.list", list },
  { "POST", D, "github.deployments.create", create },
  { "GET", O, "github.deployments.get", of(get) },
  { "DELETE", O, "github.deployments.delete", of(delete) },
  { "GET", O .. "/statuses", "github.statuses.list", of(list_statuses) },
  { "POST", O .. "/statuses", "github.statuses.create", of(create_status) },
  { "GET", O .. "/statuses/{status}", "github.statuses.get", of(get_status) },
}

return deployments
