-- Simulated Fly.io: its APIs put together, who may call them how often, sites.

local rest = require "sandbox/rest"
local common = require "sandbox/fly_common"
local apps = require "sandbox/fly_apps"
local machines = require "sandbox/fly_machines"

local fly = { routes = {} }

-- One action on one machine, volume or app: so many a second, and at once.
local RATE = { per_second = 1, burst = 3 }
local RATES = { ["fly.machines.get"] = { per_second = 5, burst = 10 } }
local admit = common.buckets()

function fly.problem(status, message)
  local _, value = common.problem(status, message)
  return value
end

function fly.headers(request)
  local id = rest.digest(request.method .. request.path .. request.now_ms)
  return { ["fly-request-id"] = id, ["retry-after"] = request.retry_after }
end

local function authorised(request)
  local token = request.world.secrets.FLY_API_TOKEN
  local sent = request.headers.authorization
  return sent == "Bearer " .. token or sent == "FlyV1 " .. token
end

local function too_fast(request, op)
  local rate = RATES[op] or RATE
  local params = request.params
  local thing = params.machine or params.volume or params.app
    or params.org or ""
  local key = op .. " " .. thing
  return not admit(key, request.now_ms, rate.per_second, rate.burst)
end

function fly.guard(request, surface, route)
  if surface == "site" then return false end
  if not authorised(request) then
    if surface == "graphql" then
      return true, 200, { errors = { {
        message = "You must be authenticated to view this.",
        extensions = { code = "UNAUTHORIZED" },
      } } }
    end
    return true, common.problem(401, "token missing or invalid")
  end
  if surface == "machines" and too_fast(request, route[3]) then
    request.retry_after = "1"
    return true, common.problem(429, "rate limit exceeded")
  end
  return false
end

-- The fixture's machines get the history they would have.
local function prepare_machine(machine, since, app)
  machine.created_ms, machine.updated_ms = since, since
  machine.timeline = { { at = since, state = machine.state or "started" } }
  machine.secrets_version = app.secrets_version
  machine.versions = machine.versions or json.array {}
  table.insert(machine.versions, 1, {
    version = machine.instance_id, user_config = rest.copy(machine.config),
  })
  machine.events = {
    { id = machine.instance_id .. "S", type = "start", status = "started",
      source = "flyd", timestamp = since },
  }
end

--- What a fixture leaves out.
function fly.prepare(world)
  local epoch_ms = time.parse(world.epoch) * 1000
  for _, app in pairs(world.fly.apps) do
    apps.prepare(app)
    for i, machine in ipairs(app.machines) do
      prepare_machine(machine, epoch_ms - 86400000 + i * 60000, app)
    end
  end
end

--- The app whose site answers on a host, nil when none does.
--- @param world table
--- @param host string
--- @return table|nil app
function fly.site_of(world, host)
  local name = host:match("^(.+)%.fly%.dev$") or host
  return world.fly.apps[name]
end

local function site_health(request)
  local app = fly.site_of(request.world, request.params.host)
  if not app then return 404, { status = "no such app" } end
  for _, machine in ipairs(app.machines) do
    if not machine.cordoned
      and common.state_of(machine, request.now_ms) == "started" then
      local version = machines.image_of(machine.config.image).tag
      return 200, { status = "ok", version = version }
    end
  end
  return 503, { status = "no machine is started" }
end

local function gather(...)
  local all = {}
  for _, part in ipairs { ... } do
    local routes = require("sandbox/fly_" .. part).routes
    table.move(routes, 1, #routes, #all + 1, all)
  end
  return all
end

fly.routes.machines = gather("apps", "certificates", "machines", "lease",
  "power", "volumes", "secrets", "platform")
fly.routes.graphql = gather("releases")
fly.routes.site = { { "GET", "/{host}/health", "fly.site", site_health } }

return fly
