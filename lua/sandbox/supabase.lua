-- Simulated Supabase Management API: who may ask, and what projects there are.

local rest = require "sandbox/rest"
local state = require "sandbox/supabase_state"

local problem = state.problem

local supabase = { routes = {}, prepare = state.prepare }

-- --- limits ------------------------------------------------------------------

-- Requests by window, for each call and project; the rest is the usual.
local USUAL = { 120, 60 }
local OWN = {
  ["supabase.logs.query"] = { 30, 60 },
  ["supabase.migrations.apply"] = { 120, 180 },
}

local meters = {}

local function meter_of(request, op)
  local key = op .. " " .. (request.params.ref or request.params.branch or "")
  meters[key] = meters[key] or rest.meter(table.unpack(OWN[op] or USUAL))
  return meters[key]
end

function supabase.problem(_, message)
  return { message = message }
end

-- The reset header counts the seconds left, unlike GitHub's.
function supabase.headers(request)
  local left = request.window_end - request.now_ms // 1000
  return {
    ["x-ratelimit-limit"] = tostring(request.limit),
    ["x-ratelimit-remaining"] =
      tostring(math.max(0, request.limit - request.used)),
    ["x-ratelimit-reset"] = tostring(left),
  }
end

function supabase.guard(request, _, route)
  local op = route[3]
  request.limit = (OWN[op] or USUAL)[1]
  request.used, request.window_end = meter_of(request, op)(request.now_ms)
  local token = request.world.secrets.SUPABASE_ACCESS_TOKEN
  if request.headers.authorization ~= "Bearer " .. token then
    return true, problem(401, "Unauthorized")
  end
  if request.used > request.limit then
    return true, problem(429, "ThrottlerException: Too Many Requests")
  end
  local ref = request.params.ref
  if ref and not request.world.supabase.projects[ref] then
    return true, problem(404, "Project not found")
  end
  return false
end

-- --- who, and what there is --------------------------------------------------

local function profile(request)
  local who = request.world.supabase.profile
  return 200, {
    gotrue_id = state.uuid(who.email), primary_email = who.email,
    username = who.username,
  }
end

local function list_organizations(request)
  local list = json.array {}
  for slug, one in pairs(request.world.supabase.organizations) do
    list[#list + 1] = { id = slug, slug = slug, name = one.name }
  end
  table.sort(list, function(a, b) return a.slug < b.slug end)
  return 200, list
end

local function project_view(request, ref, project)
  local version = state.version(project, request.now_ms)
  return {
    id = ref, ref = ref,
    organization_id = project.organization,
    organization_slug = project.organization,
    name = project.name, region = project.region,
    status = state.status(project, request.now_ms),
    created_at = project.created_at,
    database = {
      host = "db." .. ref .. ".supabase.co",
      version = version,
      postgres_engine = version:match("^%d+"),
      release_channel = "ga",
    },
  }
end

local function list_projects(request)
  local list = json.array {}
  for ref, project in pairs(request.world.supabase.projects) do
    if not project.branch_of then
      list[#list + 1] = project_view(request, ref, project)
    end
  end
  table.sort(list, function(a, b) return a.ref < b.ref end)
  return 200, list
end

local function get_project(request)
  return 200, project_view(request, request.params.ref,
    state.project(request))
end

local DATABASE_STATUS = {
  ACTIVE_HEALTHY = true, ACTIVE_UNHEALTHY = true, COMING_UP = true,
  GOING_DOWN = true, RESTORING = true, RESTARTING = true,
}

local function listed_view(request, ref, project)
  local status = state.status(project, request.now_ms)
  return {
    ref = ref, name = project.name, cloud_provider = "AWS",
    region = project.region, is_branch = project.branch_of ~= nil,
    status = status, inserted_at = project.created_at,
    databases = json.array { {
      infra_compute_size = "micro", region = project.region,
      status = DATABASE_STATUS[status] and status or "UNKNOWN",
      cloud_provider = "AWS", identifier = ref, type = "PRIMARY",
    } },
  }
end

local function wanted(request, one)
  local search = rest.arg(request, "search")
  local statuses = rest.arg(request, "statuses")
  local named = not search or one.name:find(search, 1, true)
    or one.ref:find(search, 1, true)
  local fits = not statuses
    or ("," .. statuses .. ","):find("," .. one.status .. ",", 1, true)
  return named and fits
end

local ORDER = {
  name_asc = function(a, b) return a.name < b.name end,
  name_desc = function(a, b) return a.name > b.name end,
  created_asc = function(a, b) return a.inserted_at < b.inserted_at end,
  created_desc = function(a, b) return a.inserted_at > b.inserted_at end,
}

local function organization_projects(request)
  local slug = request.params.organization
  if not request.world.supabase.organizations[slug] then
    return problem(404, "Organization not found")
  end
  local all = {}
  for ref, project in pairs(request.world.supabase.projects) do
    local one = listed_view(request, ref, project)
    if project.organization == slug and wanted(request, one) then
      all[#all + 1] = one
    end
  end
  table.sort(all, ORDER[rest.arg(request, "sort")] or ORDER.name_asc)
  local limit, offset, wrong = state.window(request, 100, 1, 100)
  if wrong then return problem(400, wrong) end
  return 200, {
    projects = state.cut(all, limit, offset),
    pagination = { count = #all, limit = limit, offset = offset },
  }
end

-- --- status ------------------------------------------------------------------

local KNOWN_SERVICES = {
  auth = true, db = true, db_postgres_user = true, pooler = true,
  realtime = true, rest = true, storage = true, pg_bouncer = true,
}

local function service_status(project, status, name)
  if status == "COMING_UP" or status == "RESTORING" then return "COMING_UP" end
  local down = project.unhealthy[name] or status ~= "ACTIVE_HEALTHY"
  return down and "UNHEALTHY" or "ACTIVE_HEALTHY"
end

local function health(request)
  local services = request.query.services
  if not services then
    return problem(400, "services: Invalid input: expected array")
  end
  local project = state.project(request)
  local status = state.status(project, request.now_ms)
  local list = json.array {}
  for _, name in ipairs(services) do
    if not KNOWN_SERVICES[name] then
      return problem(400, "services: unknown service " .. name)
    end
    local now = service_status(project, status, name)
    list[#list + 1] = {
      name = name, healthy = now == "ACTIVE_HEALTHY", status = now,
      error = project.unhealthy[name],
    }
  end
  return 200, list
end

-- A change that leads from some statuses to others, by seconds.
local function mover(from, steps, refusal)
  return function(request)
    local project = state.project(request)
    local status = state.status(project, request.now_ms)
    if not from[status] then
      return problem(400, refusal .. status)
    end
    state.move(request, project, steps)
    return 200
  end
end

local pause = mover({ ACTIVE_HEALTHY = true, ACTIVE_UNHEALTHY = true },
  { { 0, "PAUSING" }, { 30, "INACTIVE" } },
  "Project cannot be paused: its status is ")
local restore = mover({ INACTIVE = true },
  { { 0, "RESTORING" }, { 45, "COMING_UP" }, { 75, "ACTIVE_HEALTHY" } },
  "Project cannot be restored: its status is ")
local cancel = mover({ RESTORING = true, COMING_UP = true },
  { { 0, "INACTIVE" } }, "Project is not being restored: its status is ")

local function restore_versions(request)
  local version = state.version(state.project(request), request.now_ms)
  return 200, { available_versions = json.array { {
    version = version, release_channel = "ga",
    postgres_engine = version:match("^%d+"),
  } } }
end

local P = "/v1/projects/{ref}"

local routes = {
  { "GET", "/v1/profile", "supabase.profile.get", profile },
  { "GET", "/v1/organizations", "supabase.organizations.list",
    list_organizations },
  { "GET", "/v1/organizations/{organization}/projects",
    "supabase.organizations.projects", organization_projects },
  { "GET", "/v1/projects", "supabase.projects.list", list_projects },
  { "GET", P, "supabase.projects.get", get_project },
  { "GET", P .. "/health", "supabase.health", health },
  { "POST", P .. "/pause", "supabase.projects.pause", pause },
  { "GET", P .. "/restore", "supabase.projects.restore_versions",
    restore_versions },
  { "POST", P .. "/restore", "supabase.projects.restore", restore },
  { "POST", P .. "/restore/cancel", "supabase.projects.cancel_restore",
    cancel },
}

for _, part in ipairs {
  "supabase_keys", "supabase_config", "supabase_database",
  "supabase_branches", "supabase_functions",
} do
  for _, route in ipairs(require("sandbox/" .. part)) do
    routes[#routes + 1] = route
  end
end
supabase.routes.rest = routes

return supabase
