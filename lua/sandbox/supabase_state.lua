-- The state of simulated Supabase projects: what each has, what time does.

local rest = require "sandbox/rest"

local state = {}

local S = 1000

--- A refusal as the service words it.
function state.problem(status, message)
  return status, { message = message }
end

function state.project(request)
  return request.world.supabase.projects[request.params.ref]
end

--- A version 4 UUID that follows from a text alone.
function state.uuid(text)
  local hex = rest.digest(text) .. rest.digest(text .. "/")
  return ("%s-%s-4%s-a%s-%s"):format(hex:sub(1, 8), hex:sub(9, 12),
    hex:sub(14, 16), hex:sub(18, 20), hex:sub(21, 32))
end

--- A project's ref, 20 letters, that follows from a text alone.
function state.ref(text)
  local hex = rest.digest(text) .. rest.digest(text .. "/")
  return (hex:sub(1, 20):gsub("%x", function(digit)
    return string.char(97 + tonumber(digit, 16))
  end))
end

--- What a timeline of {seconds from now, state} has come to be.
function state.timeline(request, steps)
  local list = json.array {}
  for i, step in ipairs(steps) do
    list[i] = { at = request.now_ms + step[1] * S, state = step[2] }
  end
  return list
end

--- The status a project has now.
function state.status(project, now_ms)
  local line = project.timeline
  return line and rest.at(line, now_ms).state or project.status
end

--- Sends a project through statuses, {seconds from now, status} each.
function state.move(request, project, steps)
  project.timeline = state.timeline(request, steps)
  rest.touch(request)
end

--- The version of Postgres: the new one once an upgrade is through.
function state.version(project, now_ms)
  local upgrade = project.upgrade
  if upgrade and now_ms >= upgrade.done_ms then return upgrade.target end
  return project.postgres
end

--- A refusal for what needs a running database, nil when it runs.
function state.asleep(request)
  local status = state.status(state.project(request), request.now_ms)
  if status == "ACTIVE_HEALTHY" then return nil end
  return "Project is not active: its status is " .. status
end

--- A query argument that is true or false.
function state.flag(request, name, default)
  local value = rest.arg(request, name)
  if value == nil then return default end
  return value == "true"
end

--- The body as an object, whatever was sent.
function state.object(request)
  return type(request.body) == "table" and request.body or {}
end

--- limit and offset of a request, or what is wrong with them.
function state.window(request, default, least, most)
  local function number(name, otherwise)
    return math.tointeger(tonumber(rest.arg(request, name) or otherwise))
  end
  local limit, offset = number("limit", default), number("offset", 0)
  if not limit or limit < least or (most and limit > most) then
    return nil, nil, "limit: Number must be at least " .. least
  end
  if not offset or offset < 0 then
    return nil, nil, "offset: Number must be at least 0"
  end
  return limit, offset
end

function state.cut(list, limit, offset)
  local items = json.array {}
  for i = offset + 1, math.min(offset + limit, #list) do
    items[#items + 1] = list[i]
  end
  return items
end

local APPLIED =
  "select version from supabase_migrations.schema_migrations order by version"

local function migrations_of(project)
  local rows = project.sql and project.sql[APPLIED]
  if not rows then return nil end
  local list = json.array {}
  for i, row in ipairs(rows) do
    list[i] = { version = row.version, name = row.name }
  end
  return list
end

local function keys_of(ref)
  local list = json.array {}
  for _, name in ipairs { "anon", "service_role" } do
    list[#list + 1] = {
      id = name, name = name, type = "legacy",
      description = "Legacy " .. name .. " API key",
      api_key = "sandbox." .. name .. "." .. rest.digest(ref .. name),
    }
  end
  list[#list + 1] = {
    id = state.uuid(ref .. "/key"), name = "default", type = "publishable",
    description = json.null,
    api_key = "sb_publishable_" .. rest.digest(ref .. "key"),
  }
  return list
end

local function backups_of(project)
  local first = time.parse(project.created_at)
  local list = json.array {}
  for day = 1, 3 do
    list[day] = {
      id = 7000 + day, is_physical_backup = true, status = "COMPLETED",
      inserted_at = time.iso(first + day * 86400),
    }
  end
  return list
end

-- What a project has besides what its fixture says.
local DEFAULTS = {
  unhealthy = function() return {} end,
  secrets = function() return {} end,
  secret_times = function() return {} end,
  sql = function() return {} end,
  statements = function() return json.array {} end,
  migrations = function(project) return migrations_of(project) end,
  api_keys = function(_, ref) return keys_of(ref) end,
  legacy_keys = function() return true end,
  backups = function(project) return backups_of(project) end,
  pitr = function() return false end,
  restore_points = function() return {} end,
  branches = function() return json.array {} end,
  functions = function() return json.array {} end,
  actions = function() return json.array {} end,
  logs = function() return json.array {} end,
  usage = function() return json.array {} end,
  lints = function()
    return { performance = json.array {}, security = json.array {} }
  end,
  postgres_config = function() return {} end,
  auth_config = function() return {} end,
  pooler = function()
    return { default_pool_size = json.null, pool_mode = "transaction" }
  end,
  postgrest = function()
    return {
      db_schema = "public,graphql_public", max_rows = 1000,
      db_extra_search_path = "public, extensions", db_pool = json.null,
    }
  end,
  network = function()
    return {
      v4 = json.array { "0.0.0.0/0" }, v6 = json.array { "::/0" },
      applied_ms = 0,
    }
  end,
  ssl = function() return false end,
  readonly = function() return { enabled = false, until_ms = 0 } end,
  upgrade_versions = function()
    return json.array { {
      app_version = "17.6.1.111", postgres_version = "17",
      release_channel = "ga",
    } }
  end,
}

--- Gives a project all that it can have.
function state.complete(ref, project)
  for name, default in pairs(DEFAULTS) do
    if project[name] == nil then project[name] = default(project, ref) end
  end
  return project
end

function state.prepare(world)
  local cloud = world.supabase
  cloud.profile = cloud.profile
    or { email = "deployer@shop.example", username = "deployer" }
  cloud.organizations = cloud.organizations or {}
  for ref, project in pairs(cloud.projects) do
    state.complete(ref, project)
    local slug = project.organization
    cloud.organizations[slug] = cloud.organizations[slug] or { name = slug }
  end
end

return state
