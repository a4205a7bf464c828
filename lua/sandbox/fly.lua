-- Simulated Fly.io: the Machines API, the release queries, the apps' sites.

local rest = require "sandbox/rest"

local fly = { routes = {} }

local BOOT_MS = { replacing = 0, starting = 3000, started = 8000 }
local CHECK_MS = 2000 -- from started to the first passing check
local LEASE_S = 13
local CAPACITY = "insufficient_capacity"

local function problem(status, message, code)
  return status, { error = message, status = code or "unknown" }
end

function fly.problem(status, message)
  local _, value = problem(status, message)
  return value
end

function fly.headers(request)
  return { ["fly-request-id"] =
    rest.digest(request.method .. request.path .. request.now_ms) }
end

local function authorised(request)
  local token = request.world.secrets.FLY_API_TOKEN
  local sent = request.headers.authorization
  return sent == "Bearer " .. token or sent == "FlyV1 " .. token
end

function fly.guard(request, surface)
  if surface == "site" or authorised(request) then return false end
  if surface == "graphql" then
    return true, 200, { errors = { {
      message = "You must be authenticated to view this.",
      extensions = { code = "UNAUTHORIZED" },
    } } }
  end
  return true, problem(401, "token missing or invalid")
end

--- The fixture's machines get the history they would have.
function fly.prepare(world)
  local epoch_ms = time.parse(world.epoch) * 1000
  for _, app in pairs(world.fly.apps) do
    for i, machine in ipairs(app.machines) do
      local since = epoch_ms - 86400000 + i * 60000
      machine.created_ms, machine.updated_ms = since, since
      machine.timeline = { { at = since, state = "started" } }
      machine.events = {
        { id = machine.instance_id .. "S", type = "start", status = "started",
          source = "flyd", timestamp = since },
      }
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

local function app_of(request)
  return request.world.fly.apps[request.params.app]
end

local function machine_of(request)
  local app = app_of(request)
  for _, machine in ipairs(app and app.machines or {}) do
    if machine.id == request.params.machine then return machine end
  end
  return nil
end

local function checks_of(machine, now_ms)
  local state = rest.at(machine.timeline, now_ms)
  local passing = state.state == "started" and now_ms >= state.at + CHECK_MS
  local list = json.array {}
  for name in pairs(machine.config.checks or {}) do
    list[#list + 1] = {
      name = name,
      status = passing and "passing" or "critical",
      output = passing and "200 OK" or "connect: connection refused",
      updated_at = rest.iso(passing and state.at + CHECK_MS or state.at),
    }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function events_of(machine, now_ms)
  local list = json.array {}
  for i = #machine.events, 1, -1 do
    local event = machine.events[i]
    if event.timestamp <= now_ms then list[#list + 1] = rest.copy(event) end
  end
  return list
end

local function image_of(image)
  local registry, repository, tag = image:match("^([^/]+)/(.+):([^:]+)$")
  return {
    registry = registry or "docker-hub-mirror.fly.io",
    repository = repository or image,
    tag = tag or "latest",
    digest = "sha256:" .. rest.digest(image):rep(4),
  }
end

local function view(machine, now_ms)
  return {
    id = machine.id,
    name = machine.name,
    state = rest.at(machine.timeline, now_ms).state,
    region = machine.region,
    instance_id = machine.instance_id,
    private_ip = machine.private_ip,
    host_status = "ok",
    image_ref = image_of(machine.config.image),
    config = rest.copy(machine.config),
    checks = checks_of(machine, now_ms),
    events = events_of(machine, now_ms),
    created_at = rest.iso(machine.created_ms),
    updated_at = rest.iso(machine.updated_ms),
  }
end

local function app_view(app)
  return {
    id = app.id, name = app.name, status = app.status,
    machine_count = #app.machines, volume_count = 0, network = "default",
    organization = { name = app.org.name, slug = app.org.slug },
  }
end

local function list_apps(request)
  local slug = rest.arg(request, "org_slug")
  if not slug then return problem(400, "org_slug is required") end
  local apps = json.array {}
  for _, app in pairs(request.world.fly.apps) do
    if app.org.slug == slug then apps[#apps + 1] = app_view(app) end
  end
  table.sort(apps, function(a, b) return a.name < b.name end)
  return 200, { total_apps = #apps, apps = apps }
end

local function get_app(request)
  local app = app_of(request)
  if not app then return problem(404, "app not found") end
  return 200, app_view(app)
end

local function list_machines(request)
  local app = app_of(request)
  if not app then return problem(404, "app not found") end
  local region, state = rest.arg(request, "region"), rest.arg(request, "state")
  local list = json.array {}
  for _, machine in ipairs(app.machines) do
    local one = view(machine, request.now_ms)
    if (not region or one.region == region)
      and (not state or one.state == state) then
      list[#list + 1] = one
    end
  end
  return 200, list
end

local function get_machine(request)
  local machine = machine_of(request)
  if not machine then return problem(404, "machine not found") end
  return 200, view(machine, request.now_ms)
end

local function active_lease(machine, now_ms)
  local lease = machine.lease
  if lease and lease.expires_at > now_ms // 1000 then return lease end
  return nil
end

-- While a lease is held, changes need its nonce.
local function locked_out(request, machine)
  local lease = active_lease(machine, request.now_ms)
  return lease and request.headers["fly-machine-lease-nonce"] ~= lease.nonce
end

local function image_known(world, image)
  for _, one in ipairs(world.fly.images) do
    if one == image then return true end
  end
  return false
end

local function config_problem(request, machine)
  local body = request.body
  local config = type(body) == "table" and body.config
  if type(config) ~= "table" or type(config.image) ~= "string" then
    return problem(400, "invalid request: config.image is required")
  end
  if body.region and body.region ~= machine.region then
    return problem(400, "the region of a machine cannot be changed")
  end
  if body.current_version and body.current_version ~= machine.instance_id then
    return problem(409, "version conflict: machine is at " ..
      machine.instance_id)
  end
  if not image_known(request.world, config.image) then
    return problem(400, "failed to get manifest " .. config.image ..
      ": MANIFEST_UNKNOWN")
  end
  if (request.world.fly.full_regions or {})[machine.region] then
    return problem(422, "could not reserve resources in " .. machine.region,
      CAPACITY)
  end
  return nil
end

local function record(machine, kind, status, source, at)
  local id = machine.instance_id .. ("%02d"):format(#machine.events + 1)
  table.insert(machine.events, {
    id = id, type = kind, status = status, source = source, timestamp = at,
  })
end

-- From now on the machine goes down and comes up again.
local function reboot(machine, kind, now_ms)
  local started = now_ms + BOOT_MS.started
  machine.updated_ms = now_ms
  machine.timeline = {
    { at = now_ms, state = "replacing" },
    { at = now_ms + BOOT_MS.starting, state = "starting" },
    { at = started, state = "started" },
  }
  record(machine, kind, "replacing", "user", now_ms)
  record(machine, "start", "started", "flyd", started)
end

local function update_machine(request)
  local machine = machine_of(request)
  if not machine then return problem(404, "machine not found") end
  if locked_out(request, machine) then
    return problem(409, "machine is leased by someone else")
  end
  local status, value = config_problem(request, machine)
  if status then return status, value end
  local n = rest.serial(request.world, "instance")
  machine.config = rest.copy(request.body.config)
  machine.instance_id = ("01JDAT%020d"):format(n)
  reboot(machine, "update", request.now_ms)
  rest.touch(request)
  return 200, view(machine, request.now_ms)
end

local function restart_machine(request)
  local machine = machine_of(request)
  if not machine then return problem(404, "machine not found") end
  if locked_out(request, machine) then
    return problem(409, "machine is leased by someone else")
  end
  reboot(machine, "restart", request.now_ms)
  rest.touch(request)
  return 200, { ok = true }
end

-- The real call blocks; on a virtual clock nothing would move meanwhile, so
-- this one answers at once, 408 when the state is not reached yet.
local function wait_machine(request)
  local machine = machine_of(request)
  if not machine then return problem(404, "machine not found") end
  local wanted = rest.arg(request, "state") or "started"
  local version = rest.arg(request, "version")
  if version and version ~= machine.instance_id then
    return problem(404, "machine has no version " .. version)
  end
  local now = rest.at(machine.timeline, request.now_ms)
  if now.state ~= wanted then
    return problem(408, "deadline_exceeded: machine is " .. now.state)
  end
  return 200, {
    ok = true, state = now.state, version = machine.instance_id,
    event_id = machine.events[#machine.events].id,
  }
end

local function lease_answer(lease)
  return { status = "success", data = rest.copy(lease) }
end

local function get_lease(request)
  local machine = machine_of(request)
  local lease = machine and active_lease(machine, request.now_ms)
  if not lease then return problem(404, "lease not found") end
  return 200, lease_answer(lease)
end

local function take_lease(request)
  local machine = machine_of(request)
  if not machine then return problem(404, "machine not found") end
  if locked_out(request, machine) then
    return problem(409, "someone else holds the lease")
  end
  local body = type(request.body) == "table" and request.body or {}
  local held = active_lease(machine, request.now_ms)
  local ttl = tonumber(body.ttl or rest.arg(request, "ttl")) or LEASE_S
  local nonce = held and held.nonce
    or ("%012x"):format(rest.serial(request.world, "lease", 0x5c35f65c9f00))
  machine.lease = {
    nonce = nonce,
    description = body.description or "",
    owner = request.world.fly.owner,
    expires_at = request.now_ms // 1000 + math.floor(ttl),
    version = machine.instance_id,
  }
  rest.touch(request)
  return 201, lease_answer(machine.lease)
end

local function release_lease(request)
  local machine = machine_of(request)
  if not (machine and active_lease(machine, request.now_ms)) then
    return problem(404, "lease not found")
  end
  if locked_out(request, machine) then
    return problem(409, "someone else holds the lease")
  end
  machine.lease = nil
  rest.touch(request)
  return 200, { status = "success", data = { ok = true } }
end

local function secret_list(app)
  local list = json.array {}
  for name, one in pairs(app.secrets) do
    list[#list + 1] = {
      name = name, digest = one.digest,
      created_at = one.created_at, updated_at = one.updated_at,
    }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function list_secrets(request)
  local app = app_of(request)
  if not app then return problem(404, "app not found") end
  return 200, { secrets = secret_list(app) }
end

local function set_secret(request, app, name, value)
  local now, old = rest.iso(request.now_ms), app.secrets[name]
  if value == json.null then
    app.secrets[name] = nil
    return old ~= nil
  end
  local digest = rest.digest(value)
  if old and old.digest == digest then return false end
  app.secrets[name] = {
    digest = digest, updated_at = now,
    created_at = old and old.created_at or now,
  }
  return true
end

local function bump(request, app)
  app.secrets_version = (app.secrets_version or 1) + 1
  rest.touch(request)
end

local function set_secrets(request)
  local app = app_of(request)
  if not app then return problem(404, "app not found") end
  local values = type(request.body) == "table" and request.body.values
  if type(values) ~= "table" then
    return problem(400, "invalid request: values is required")
  end
  for name, value in pairs(values) do
    local fine = type(name) == "string" and name:find("^[%a_][%w_]*$")
    if not fine or (value ~= json.null and type(value) ~= "string") then
      return problem(400, "invalid secret " .. tostring(name))
    end
  end
  local changed = false
  for name, value in pairs(values) do
    changed = set_secret(request, app, name, value) or changed
  end
  if changed then bump(request, app) end
  local version = app.secrets_version or 1
  return 200, {
    secrets = secret_list(app), version = version, Version = version,
  }
end

local function unset_secret(request)
  local app = app_of(request)
  local name = request.params.name
  if not app then return problem(404, "app not found") end
  if not app.secrets[name] then return problem(404, "secret not found") end
  app.secrets[name] = nil
  bump(request, app)
  return 200, { version = app.secrets_version, Version = app.secrets_version }
end

local function release_view(release)
  return {
    id = release.id, version = release.version, status = release.status,
    imageRef = release.imageRef, stable = release.status == "complete",
    createdAt = release.createdAt,
  }
end

local QUERIES = {
  Releases = function(app, variables)
    local nodes = json.array {}
    local limit = math.min(variables.limit or 25, #app.releases)
    for i = 1, limit do nodes[i] = release_view(app.releases[i]) end
    return { releases = { nodes = nodes } }
  end,
  CurrentRelease = function(app)
    for _, release in ipairs(app.releases) do
      if release.status == "complete" then
        return { currentRelease = release_view(release) }
      end
    end
    return { currentRelease = json.null }
  end,
}

local function graphql_error(message)
  return 200, { data = { app = json.null }, errors = { { message = message } } }
end

local function graphql(request)
  local body = type(request.body) == "table" and request.body or {}
  local document = type(body.query) == "string" and body.query or ""
  local query = QUERIES[document:match("^%s*query%s+(%w+)") or ""]
  if not query then
    return graphql_error("the sandbox answers the named queries of lua/fly.lua")
  end
  local variables = body.variables or {}
  local app = request.world.fly.apps[variables.app or ""]
  if not app then return graphql_error("Could not find App") end
  return 200, { data = { app = query(app, variables) } }
end

local function site_health(request)
  local app = fly.site_of(request.world, request.params.host)
  if not app then return 404, { status = "no such app" } end
  for _, machine in ipairs(app.machines) do
    if rest.at(machine.timeline, request.now_ms).state == "started" then
      local version = image_of(machine.config.image).tag
      return 200, { status = "ok", version = version }
    end
  end
  return 503, { status = "no machine is started" }
end

local A = "/v1/apps/{app}"
local M = A .. "/machines/{machine}"

fly.routes.machines = {
  { "GET", "/v1/apps", "fly.apps.list", list_apps },
  { "GET", A, "fly.apps.get", get_app },
  { "GET", A .. "/machines", "fly.machines.list", list_machines },
  { "GET", M, "fly.machines.get", get_machine },
  { "POST", M, "fly.machines.update", update_machine },
  { "GET", M .. "/wait", "fly.machines.wait", wait_machine },
  { "POST", M .. "/restart", "fly.machines.restart", restart_machine },
  { "GET", M .. "/lease", "fly.machines.lease_get", get_lease },
  { "POST", M .. "/lease", "fly.machines.lease", take_lease },
  { "DELETE", M .. "/lease", "fly.machines.release_lease", release_lease },
  { "GET", A .. "/secrets", "fly.secrets.list", list_secrets },
  { "POST", A .. "/secrets", "fly.secrets.set", set_secrets },
  { "DELETE", A .. "/secrets/{name}", "fly.secrets.unset", unset_secret },
}
fly.routes.graphql = { { "POST", "/graphql", "fly.graphql", graphql } }
fly.routes.site = { { "GET", "/{host}/health", "fly.site", site_health } }

return fly
