-- What the parts of the simulated Fly.io share: refusals, lookups, pages.

local rest = require "sandbox/rest"

local common = {}

common.CAPACITY = "insufficient_capacity"

--- Where machines can run, as `platform.regions` tells it.
common.REGIONS = {
  { "ams", "Amsterdam, Netherlands", "europe", 52.37, 4.89 },
  { "arn", "Stockholm, Sweden", "europe", 59.33, 18.06 },
  { "cdg", "Paris, France", "europe", 48.86, 2.35 },
  { "fra", "Frankfurt, Germany", "europe", 50.11, 8.68 },
  { "iad", "Ashburn, Virginia (US)", "north_america", 39.04, -77.49 },
  { "lhr", "London, United Kingdom", "europe", 51.51, -0.13 },
  { "nrt", "Tokyo, Japan", "asia_pacific", 35.68, 139.69 },
  { "ord", "Chicago, Illinois (US)", "north_america", 41.88, -87.63 },
  { "sin", "Singapore, Singapore", "asia_pacific", 1.35, 103.82 },
  { "sjc", "San Jose, California (US)", "north_america", 37.34, -121.89 },
  { "syd", "Sydney, Australia", "oceania", -33.87, 151.21 },
}

function common.problem(status, message, code)
  return status, { error = message, status = code or "unknown" }
end
local problem = common.problem

--- The state does not allow what was asked for.
function common.wrong_state(message)
  return problem(412, "failed_precondition: " .. message)
end

function common.body(request)
  return type(request.body) == "table" and request.body or {}
end

function common.app_of(request)
  return request.world.fly.apps[request.params.app]
end

--- The item of a list that carries an id.
function common.find(list, key, value)
  for i, item in ipairs(list) do
    if item[key] == value then return item, i end
  end
  return nil
end

--- Wraps fn(request, app): 404 without the app.
function common.with_app(fn)
  return function(request)
    local app = common.app_of(request)
    if not app then return problem(404, "app not found") end
    return fn(request, app)
  end
end

function common.state_of(machine, now_ms)
  return rest.at(machine.timeline, now_ms).state
end

--- Wraps fn(request, machine, app): 404 without the machine.
function common.with_machine(fn)
  return common.with_app(function(request, app)
    local machine = common.find(app.machines, "id", request.params.machine)
    if not machine then return problem(404, "machine not found") end
    return fn(request, machine, app)
  end)
end

--- The lease on a machine, nil when there is none or it has expired.
function common.active_lease(machine, now_ms)
  local lease = machine.lease
  if lease and lease.expires_at > now_ms // 1000 then return lease end
  return nil
end

--- While a lease is held, changes need its nonce.
function common.locked_out(request, machine)
  local lease = common.active_lease(machine, request.now_ms)
  return lease and request.headers["fly-machine-lease-nonce"] ~= lease.nonce
end

--- Leases a machine; a lease that is held keeps its nonce.
function common.grant_lease(request, machine, ttl, description)
  local held = common.active_lease(machine, request.now_ms)
  machine.lease = {
    nonce = held and held.nonce or
      ("%012x"):format(rest.serial(request.world, "lease", 0x5c35f65c9f00)),
    description = description,
    owner = request.world.fly.owner,
    expires_at = request.now_ms // 1000 + math.floor(ttl),
    version = machine.instance_id,
  }
  return machine.lease
end

--- Wraps fn(request, machine, app): 409 without the nonce of the lease, 404
--- when the machine has been destroyed.
function common.changing(fn)
  return common.with_machine(function(request, machine, app)
    if common.state_of(machine, request.now_ms):find("^destroy") then
      return problem(404, "machine not found")
    end
    if common.locked_out(request, machine) then
      return problem(409, "machine is leased by someone else")
    end
    return fn(request, machine, app)
  end)
end

--- A machine that runs: 412 in any other state.
function common.running(fn)
  return common.with_machine(function(request, machine, app)
    local state = common.state_of(machine, request.now_ms)
    if state ~= "started" then
      return common.wrong_state("machine is not running, it is " .. state)
    end
    return fn(request, machine, app)
  end)
end

--- An event of a machine, at or after now.
function common.record(machine, kind, status, source, at)
  local id = machine.instance_id .. ("%02d"):format(#machine.events + 1)
  table.insert(machine.events, {
    id = id, type = kind, status = status, source = source, timestamp = at,
  })
end

--- One page of a list by `limit` and `cursor`; without either the whole list.
--- @return table[]|nil page nil when the cursor is none of ours
--- @return string|nil cursor of the next page
function common.page(request, list)
  local limit = math.tointeger(tonumber(rest.arg(request, "limit")))
  local cursor = rest.arg(request, "cursor")
  local first = cursor and tonumber(cursor:match("^after%-(%d+)$")) or 0
  if cursor and first == 0 then return nil end
  if not limit and not cursor then return list end
  local last = math.min(#list, first + math.max(1, limit or 1000))
  local page = json.array {}
  for i = first + 1, last do page[#page + 1] = list[i] end
  return page, last < #list and "after-" .. last or nil
end

--- Whether a region takes one machine more.
function common.is_full(world, region)
  return (world.fly.full_regions or {})[region] == true
end

function common.region_known(code)
  return common.find(common.REGIONS, 1, code) ~= nil
end

--- A bucket for each action on each thing: `burst` at once, then `per_second`.
--- The levels are of this process alone and no part of the world.
--- @return fun(key:string, now_ms:integer, per_second:number, burst:number):boolean
function common.buckets()
  local levels = {}
  return function(key, now_ms, per_second, burst)
    local one = levels[key] or { left = burst, at = now_ms }
    local gained = math.max(0, now_ms - one.at) * per_second / 1000
    one.left, one.at = math.min(burst, one.left + gained), now_ms
    levels[key] = one
    if one.left < 1 then return false end
    one.left = one.left - 1
    return true
  end
end

return common
