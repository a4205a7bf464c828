-- Simulated Fly.io machines: views, create, update, delete, wait, versions.

local rest = require "sandbox/rest"
local common = require "sandbox/fly_common"
local problem = common.problem

local machines = {}

local BOOT_MS = { replacing = 0, starting = 3000, started = 8000 }
local DESTROY_MS = 2000
local CHECK_MS = 2000 -- from started to the first passing check
local EVENTS = 20

-- MiB for each CPU of a kind, as the service checks them.
local MEMORY_MB = {
  shared = { 256, 2048 },
  performance = { 2048, 16384 },
}

-- --- views -------------------------------------------------------------------

local function memory_of(config)
  return config.guest and config.guest.memory_mb or 256
end
machines.memory_of = memory_of

-- A machine of the fixture may say what its app needs to get healthy.
local function starved(machine)
  return machine.needs_mb and memory_of(machine.config) < machine.needs_mb
end

local function checks_of(machine, now_ms)
  local state = rest.at(machine.timeline, now_ms)
  local passing = state.state == "started" and now_ms >= state.at + CHECK_MS
    and not starved(machine)
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

local function events_of(machine, now_ms, limit)
  local list = json.array {}
  for i = #machine.events, 1, -1 do
    local event = machine.events[i]
    if event.timestamp <= now_ms and #list < limit then
      list[#list + 1] = rest.copy(event)
    end
  end
  return list
end

--- The parts of an image's name.
function machines.image_of(image)
  local registry, repository, tag = image:match("^([^/]+)/(.+):([^:]+)$")
  return {
    registry = registry or "docker-hub-mirror.fly.io",
    repository = repository or image,
    tag = tag or "latest",
    digest = "sha256:" .. rest.digest(image):rep(4),
  }
end

local function brief(machine, now_ms)
  return {
    id = machine.id,
    name = machine.name,
    state = common.state_of(machine, now_ms),
    region = machine.region,
    instance_id = machine.instance_id,
    private_ip = machine.private_ip,
    image_ref = machines.image_of(machine.config.image),
    created_at = rest.iso(machine.created_ms),
    updated_at = rest.iso(machine.updated_ms),
  }
end

local function view(machine, now_ms)
  local out = brief(machine, now_ms)
  out.host_status = "ok"
  out.config = rest.copy(machine.config)
  out.checks = checks_of(machine, now_ms)
  out.events = events_of(machine, now_ms, EVENTS)
  return out
end
machines.view = view

local function wants(request, name)
  return rest.arg(request, name) == "true"
end

local function with_lease(request, machine, out)
  local lease = common.active_lease(machine, request.now_ms)
  if lease and wants(request, "include_leases") then out.nonce = lease.nonce end
  return out
end

local function in_states(wanted, state)
  if not wanted then return true end
  for one in wanted:gmatch("[^,]+") do
    if one == state then return true end
  end
  return false
end

--- The machines of an app that the query asks for.
function machines.chosen(request, app)
  local region, list = rest.arg(request, "region"), {}
  for _, machine in ipairs(app.machines) do
    local state = common.state_of(machine, request.now_ms)
    local there = state ~= "destroyed" or wants(request, "include_deleted")
    if there and (not region or machine.region == region)
      and in_states(rest.arg(request, "state"), state) then
      list[#list + 1] = machine
    end
  end
  return list
end

local function list_machines(request, app)
  local list = json.array {}
  for _, machine in ipairs(machines.chosen(request, app)) do
    local show = wants(request, "summary") and brief or view
    list[#list + 1] =
      with_lease(request, machine, show(machine, request.now_ms))
  end
  local page, cursor = common.page(request, list)
  if not page then return problem(400, "invalid cursor") end
  return 200, page, { ["fly-next-cursor"] = cursor }
end

local function get_machine(request, machine)
  local version = rest.arg(request, "version")
  local out = with_lease(request, machine, view(machine, request.now_ms))
  if not version or version == machine.instance_id then return 200, out end
  local old = common.find(machine.versions, "version", version)
  if not old then return problem(404, "machine version not found") end
  out.instance_id, out.state = version, "replaced"
  out.config = rest.copy(old.user_config)
  return 200, out
end

-- --- changes -----------------------------------------------------------------

local function image_known(world, image)
  for _, one in ipairs(world.fly.images) do
    if one == image then return true end
  end
  return false
end

local function guest_problem(config)
  local guest = config.guest or {}
  local limits = MEMORY_MB[guest.cpu_kind or "shared"]
  if not limits then
    return problem(400, "invalid config.guest.cpu_kind " .. guest.cpu_kind)
  end
  local cpus, memory = guest.cpus or 1, memory_of(config)
  local least, most = limits[1] * cpus, limits[2] * cpus
  local wrong = "invalid config.guest.memory_mb, "
  if memory < least then
    return problem(400, wrong .. "minimum required " .. least .. " MiB")
  elseif memory > most then
    return problem(400, wrong .. "cannot exceed " .. most .. " MiB")
  elseif memory % 256 ~= 0 then
    return problem(400, wrong .. "must be in a 256 MiB increment")
  end
  return nil
end

local function mount_problem(config, machine, app)
  for _, mount in ipairs(config.mounts or {}) do
    local volume = common.find(app.volumes, "id", mount.volume)
    if not volume then
      return problem(400, "volume " .. tostring(mount.volume) .. " not found")
    elseif volume.region ~= machine.region then
      return problem(400, "volume is in " .. volume.region)
    elseif volume.attached_machine_id
      and volume.attached_machine_id ~= machine.id then
      return common.wrong_state("volume is attached to machine " ..
        volume.attached_machine_id)
    end
  end
  return nil
end

-- What is wrong with the configuration in a request for a machine.
local function config_problem(request, machine, app)
  local config = common.body(request).config
  if type(config) ~= "table" or type(config.image) ~= "string" then
    return problem(400, "invalid request: config.image is required")
  end
  local status, value = guest_problem(config)
  if not status then status, value = mount_problem(config, machine, app) end
  if status then return status, value end
  local newest = request.body.min_secrets_version
  if newest and newest > (app.secrets_version or 1) then
    return problem(400, "secrets have not reached version " .. newest)
  end
  if not image_known(request.world, config.image) then
    return problem(400, "failed to get manifest " .. config.image ..
      ": MANIFEST_UNKNOWN")
  end
  if common.is_full(request.world, machine.region) then
    return problem(422, "could not reserve resources in " .. machine.region,
      common.CAPACITY)
  end
  return nil
end

local function update_problem(request, machine, app)
  local body = common.body(request)
  if body.region and body.region ~= machine.region then
    return problem(400, "the region of a machine cannot be changed")
  end
  if body.current_version and body.current_version ~= machine.instance_id then
    return problem(409, "version conflict: machine is at " ..
      machine.instance_id)
  end
  return config_problem(request, machine, app)
end

--- From now on the machine goes down and comes up again.
function machines.reboot(machine, kind, now_ms)
  local started = now_ms + BOOT_MS.started
  machine.updated_ms, machine.memory_limit_mb = now_ms, nil
  machine.timeline = {
    { at = now_ms, state = "replacing" },
    { at = now_ms + BOOT_MS.starting, state = "starting" },
    { at = started, state = "started" },
  }
  common.record(machine, kind, "replacing", "user", now_ms)
  common.record(machine, "start", "started", "flyd", started)
end

-- The machine takes its new version without being booted.
local function replace(machine, now_ms)
  machine.updated_ms = now_ms
  machine.timeline = {
    { at = now_ms, state = "replacing" },
    { at = now_ms + BOOT_MS.starting, state = "stopped" },
  }
  common.record(machine, "update", "replacing", "user", now_ms)
end

local function attach(machine, app)
  for _, volume in ipairs(app.volumes) do
    if volume.attached_machine_id == machine.id then
      volume.attached_machine_id = nil
    end
  end
  for _, mount in ipairs(machine.config.mounts or {}) do
    common.find(app.volumes, "id", mount.volume).attached_machine_id =
      machine.id
  end
end

local function new_version(request, machine, app)
  local n = rest.serial(request.world, "instance")
  machine.config = rest.copy(request.body.config)
  machine.instance_id = ("01JDAT%020d"):format(n)
  machine.secrets_version = app.secrets_version or 1
  table.insert(machine.versions, 1, {
    version = machine.instance_id, user_config = rest.copy(machine.config),
  })
  attach(machine, app)
end

local function update_machine(request, machine, app)
  local status, value = update_problem(request, machine, app)
  if status then return status, value end
  new_version(request, machine, app)
  if request.body.skip_launch then
    replace(machine, request.now_ms)
  else
    machines.reboot(machine, "update", request.now_ms)
  end
  rest.touch(request)
  return 200, view(machine, request.now_ms)
end

local function launch(machine, body, now_ms)
  common.record(machine, "launch", "created", "user", now_ms)
  machine.timeline = { { at = now_ms, state = "created" } }
  if body.skip_launch then return end
  local started = now_ms + BOOT_MS.started
  table.insert(machine.timeline,
    { at = now_ms + BOOT_MS.starting, state = "starting" })
  table.insert(machine.timeline, { at = started, state = "started" })
  common.record(machine, "start", "started", "flyd", started)
end

local function create_problem(request, machine, app)
  local other = common.find(app.machines, "name", machine.name)
  if other then
    return problem(409, "already_exists: unique machine name violation, " ..
      "machine ID " .. other.id .. " already exists with name " ..
      machine.name)
  end
  if not common.region_known(machine.region) then
    return problem(400, "region " .. machine.region .. " not found")
  end
  return config_problem(request, machine, app)
end

local function create_machine(request, app)
  local body, world = common.body(request), request.world
  local n = rest.serial(world, "machine")
  local machine = {
    id = ("3d8d%010x"):format(0x413b29d089 + n),
    name = body.name or ("still-water-%04d"):format(n),
    region = body.region or "fra",
    private_ip = ("fdaa:0:a7b:19a::%x"):format(n),
    created_ms = request.now_ms, updated_ms = request.now_ms,
    events = {}, versions = json.array {},
    cordoned = body.skip_service_registration,
  }
  local status, value = create_problem(request, machine, app)
  if status then return status, value end
  table.insert(app.machines, machine)
  new_version(request, machine, app)
  launch(machine, body, request.now_ms)
  rest.touch(request)
  local out = view(machine, request.now_ms)
  if body.lease_ttl then
    out.nonce = common.grant_lease(request, machine, body.lease_ttl, "").nonce
  end
  return 200, out
end

local AT_REST = { stopped = true, suspended = true, failed = true,
  created = true }

local function delete_machine(request, machine, app)
  local now, state =
    request.now_ms, common.state_of(machine, request.now_ms)
  if not AT_REST[state] and not wants(request, "force") then
    return common.wrong_state("unable to destroy machine, not currently " ..
      "stopped, suspended, failed or created")
  end
  machine.timeline = {
    { at = now, state = "destroying" },
    { at = now + DESTROY_MS, state = "destroyed" },
  }
  machine.lease, machine.config.mounts = nil, nil
  attach(machine, app)
  common.record(machine, "destroy", "destroying", "user", now)
  rest.touch(request)
  return 200, { ok = true }
end

-- --- waiting and history -----------------------------------------------------

local SETTLED = { started = true, stopped = true, suspended = true,
  failed = true, destroyed = true, created = true }

local function has(list, value)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

-- The real call blocks; on a virtual clock nothing would move meanwhile, so
-- this one answers at once, 408 when the state is not reached yet.
local function wait_machine(request, machine)
  local wanted = request.query.state or { "started" }
  local version = rest.arg(request, "version")
    or rest.arg(request, "instance_id")
  local timeout = tonumber(rest.arg(request, "timeout") or 60)
  if not timeout or timeout < 1 or timeout > 60 then
    return problem(400, "timeout must be between 1 and 60 seconds")
  end
  if not version and has(wanted, "stopped") then
    return problem(400, "version is required to wait for stopped")
  end
  if version and version ~= machine.instance_id then
    return problem(404, "machine has no version " .. version)
  end
  local now = rest.at(machine.timeline, request.now_ms)
  local there = has(wanted, now.state)
    or (has(wanted, "settled") and SETTLED[now.state])
  if not there then
    return problem(408, "deadline_exceeded: machine is " .. now.state)
  end
  return 200, {
    ok = true, state = now.state, version = machine.instance_id,
    event_id = machine.events[#machine.events].id,
  }
end

local function list_versions(_, machine)
  return 200, rest.copy(machine.versions)
end

local function list_events(request, machine)
  local limit = math.tointeger(tonumber(rest.arg(request, "limit") or EVENTS))
  if not limit then return problem(400, "invalid limit") end
  return 200, events_of(machine, request.now_ms, limit)
end

local A = "/v1/apps/{app}/machines"
local M = A .. "/{machine}"
local one, changing = common.with_machine, common.changing

machines.routes = {
  { "GET", A, "fly.machines.list", common.with_app(list_machines) },
  { "POST", A, "fly.machines.create", common.with_app(create_machine) },
  { "GET", M, "fly.machines.get", one(get_machine) },
  { "POST", M, "fly.machines.update", changing(update_machine) },
  { "DELETE", M, "fly.machines.delete", changing(delete_machine) },
  { "GET", M .. "/wait", "fly.machines.wait", one(wait_machine) },
  { "GET", M .. "/versions", "fly.machines.versions", one(list_versions) },
  { "GET", M .. "/events", "fly.machines.events", one(list_events) },
}

return machines
