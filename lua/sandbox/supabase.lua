-- Simulated Supabase Management API: projects, health, secrets, read-only SQL.

local rest = require "sandbox/rest"

local supabase = { routes = {} }

local LIMIT, WINDOW_S = 120, 60
local meter = rest.meter(LIMIT, WINDOW_S)

local KNOWN_SERVICES = {
  auth = true, db = true, db_postgres_user = true, pooler = true,
  realtime = true, rest = true, storage = true, pg_bouncer = true,
}

function supabase.problem(_, message)
  return { message = message }
end

local function problem(status, message)
  return status, { message = message }
end

-- The reset header counts the seconds left, unlike GitHub's.
function supabase.headers(request)
  local left = request.window_end - request.now_ms // 1000
  return {
    ["x-ratelimit-limit"] = tostring(LIMIT),
    ["x-ratelimit-remaining"] = tostring(math.max(0, LIMIT - request.used)),
    ["x-ratelimit-reset"] = tostring(left),
  }
end

function supabase.guard(request)
  request.used, request.window_end = meter(request.now_ms)
  local token = request.world.secrets.SUPABASE_ACCESS_TOKEN
  if request.headers.authorization ~= "Bearer " .. token then
    return true, problem(401, "Unauthorized")
  end
  if request.used > LIMIT then
    return true, problem(429, "ThrottlerException: Too Many Requests")
  end
  local ref = request.params.ref
  if ref and not request.world.supabase.projects[ref] then
    return true, problem(404, "Project not found")
  end
  return false
end

local function project_of(request)
  return request.world.supabase.projects[request.params.ref]
end

local function project_view(ref, project)
  return {
    id = ref, ref = ref,
    organization_id = project.organization,
    organization_slug = project.organization,
    name = project.name, region = project.region, status = project.status,
    created_at = project.created_at,
    database = {
      host = "db." .. ref .. ".supabase.co",
      version = project.postgres,
      postgres_engine = project.postgres:match("^%d+"),
      release_channel = "ga",
    },
  }
end

local function list_projects(request)
  local list = json.array {}
  for ref, project in pairs(request.world.supabase.projects) do
    list[#list + 1] = project_view(ref, project)
  end
  table.sort(list, function(a, b) return a.ref < b.ref end)
  return 200, list
end

local function get_project(request)
  return 200, project_view(request.params.ref, project_of(request))
end

local function health(request)
  local services = request.query.services
  if not services then
    return problem(400, "services: Invalid input: expected array")
  end
  local list = json.array {}
  for _, name in ipairs(services) do
    if not KNOWN_SERVICES[name] then
      return problem(400, "services: unknown service " .. name)
    end
    local down = (project_of(request).unhealthy or {})[name]
    list[#list + 1] = {
      name = name, healthy = not down,
      status = down and "UNHEALTHY" or "ACTIVE_HEALTHY",
      error = down or nil,
    }
  end
  return 200, list
end

local function list_secrets(request)
  local list = json.array {}
  for name, value in pairs(project_of(request).secrets) do
    list[#list + 1] = { name = name, value = rest.digest(value) }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return 200, list
end

-- Fixtures are found by the query's words: case, white space and a final
-- semicolon do not count.
local function normal(query)
  return (query:lower():gsub("%s+", " "):gsub("^ ", "")
    :gsub(" ?;? ?$", ""))
end

local READ_VERBS = {
  select = true, with = true, explain = true, show = true, table = true,
  values = true,
}

local function read_only_query(request)
  local body = type(request.body) == "table" and request.body or {}
  if type(body.query) ~= "string" or body.query == "" then
    return problem(400, "query: Required")
  end
  local words = normal(body.query)
  local verb = words:match("^%a+") or ""
  if not READ_VERBS[verb] then
    return problem(400, "Failed to run sql query: ERROR: 25006: cannot " ..
      "execute " .. verb:upper() .. " in a read-only transaction")
  end
  for text, rows in pairs(project_of(request).sql) do
    if normal(text) == words then return 201, rest.copy(rows) end
  end
  return problem(400, "Failed to run sql query: the fixture has no rows " ..
    "for: " .. words)
end

local P = "/v1/projects/{ref}"

supabase.routes.rest = {
  { "GET", "/v1/projects", "supabase.projects.list", list_projects },
  { "GET", P, "supabase.projects.get", get_project },
  { "GET", P .. "/health", "supabase.health", health },
  { "GET", P .. "/secrets", "supabase.secrets.list", list_secrets },
  { "POST", P .. "/database/query/read-only", "supabase.sql.query",
    read_only_query },
}

return supabase
