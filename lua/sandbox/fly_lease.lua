-- Simulated Fly.io leases and the metadata of machines.

local rest = require "sandbox/rest"
local common = require "sandbox/fly_common"
local problem = common.problem

local lease = {}

local LEASE_S = 13

-- --- leases ------------------------------------------------------------------

local function answer(held)
  return { status = "success", data = rest.copy(held) }
end

local function get_lease(request, machine)
  local held = common.active_lease(machine, request.now_ms)
  if not held then return problem(404, "lease not found") end
  return 200, answer(held)
end

local function take_lease(request, machine)
  if common.locked_out(request, machine) then
    return problem(409, "someone else holds the lease")
  end
  local body = common.body(request)
  local ttl = tonumber(body.ttl or rest.arg(request, "ttl")) or LEASE_S
  if ttl < 1 then return problem(400, "ttl must be positive") end
  local held = common.grant_lease(request, machine, ttl, body.description or "")
  rest.touch(request)
  return 201, answer(held)
end

local function release_lease(request, machine)
  if not common.active_lease(machine, request.now_ms) then
    return problem(404, "lease not found")
  end
  if common.locked_out(request, machine) then
    return problem(409, "someone else holds the lease")
  end
  machine.lease = nil
  rest.touch(request)
  return 200, { status = "success", data = { ok = true } }
end

-- --- metadata ----------------------------------------------------------------

local function metadata_of(machine)
  machine.config.metadata = machine.config.metadata or {}
  return machine.config.metadata
end

-- An empty value removes a key.
local function put(machine, key, value)
  if value == json.null or value == "" then value = nil end
  metadata_of(machine)[key] = value
end

local function get_metadata(_, machine)
  return 200, rest.copy(metadata_of(machine))
end

local function update_metadata(request, machine)
  local body = common.body(request)
  if body.machine_version and body.machine_version ~= machine.instance_id then
    return problem(412, "machine version does not match")
  end
  if type(body.metadata) ~= "table" then
    return problem(400, "invalid request: metadata is required")
  end
  for key, value in pairs(body.metadata) do
    if value ~= json.null and type(value) ~= "string" then
      return problem(400, "invalid metadata " .. tostring(key))
    end
  end
  for key, value in pairs(body.metadata) do put(machine, key, value) end
  rest.touch(request)
  return 204, nil
end

local function get_value(request, machine)
  local value = metadata_of(machine)[request.params.key]
  if not value then return problem(404, "metadata key not found") end
  return 200, { value = value }
end

local function set_value(request, machine)
  local value = common.body(request).value
  if type(value) ~= "string" then
    return problem(400, "invalid request: value is required")
  end
  put(machine, request.params.key, value)
  rest.touch(request)
  return 204, nil
end

local function delete_value(request, machine)
  local key = request.params.key
  if not metadata_of(machine)[key] then
    return problem(404, "metadata key not found")
  end
  put(machine, key, nil)
  rest.touch(request)
  return 204, nil
end

local M = "/v1/apps/{app}/machines/{machine}"
local LEASE = M .. "/lease"
local METADATA = M .. "/metadata"
local one = common.with_machine

lease.routes = {
  { "GET", LEASE, "fly.machines.lease_get", one(get_lease) },
  { "POST", LEASE, "fly.machines.lease", one(take_lease) },
  { "DELETE", LEASE, "fly.machines.release_lease", one(release_lease) },
  { "GET", METADATA, "fly.machines.metadata", one(get_metadata) },
  { "PUT", METADATA, "fly.machines.put_metadata", one(update_metadata) },
  { "PATCH", METADATA, "fly.machines.update_metadata", one(update_metadata) },
  { "GET", METADATA .. "/{key}", "fly.machines.metadata_value",
    one(get_value) },
  { "POST", METADATA .. "/{key}", "fly.machines.set_metadata",
    one(set_value) },
  { "DELETE", METADATA .. "/{key}", "fly.machines.delete_metadata",
    one(delete_value) },
}

return lease
