-- How changes at Fly.io are taken back; see errand/undo.lua.

local config = require "fly/config"

local DOWN = { stopped = true, suspended = true, created = true }
local SETTLE_S, WAIT_S, POLL_S = 120, 30, 4

local function machine(c, more)
  local args = { app = c.args.app, machine = c.args.machine }
  for name, value in pairs(more or {}) do args[name] = value end
  return args
end

-- The nonce of the lease that this run holds on the machine, nil without one.
local function our_lease(c)
  local ok, lease = pcall(c.get, "machines.lease_get", machine(c))
  local data = ok and lease.data or {}
  local ours = data.description == "runproof " .. run.id
    or data.nonce ~= nil and data.nonce == c.args.nonce
  return ours and data.nonce or nil
end

-- The configuration before the version that the change made: versions are
-- ULIDs, so their order is that of time.
local function former(c)
  local list = c.get("machines.versions", machine(c))
  table.sort(list, function(a, b) return a.version > b.version end)
  for i, one in ipairs(list) do
    if one.version == c.args.current_version then return one.user_config end
    if one.version == c.answer.instance_id and not c.args.current_version then
      return list[i + 1] and list[i + 1].user_config
    end
  end
  return nil
end

-- A wait that times out is asked again: the next machine has to wait for this
-- one.
local function await_start(c, version)
  local deadline, last = time.now() + SETTLE_S
  repeat
    local reached, why = pcall(c.get, "machines.wait", machine(c, {
      state = "started", version = version, timeout = WAIT_S,
    }))
    if reached then return end
    last = why
    time.sleep(POLL_S)
  until time.now() >= deadline
  error(last, 0)
end

local function put_back(c)
  local old, now = former(c), c.get("machines.get", machine(c))
  if not old then
    error("its former configuration is in no version of the machine", 0)
  end
  if config.holds(now.config, old) and config.holds(old, now.config) then
    return nil, "it is as it was"
  end
  local down = DOWN[now.state]
  return { "machines.update", machine(c, {
    config = config.copy(old), current_version = now.instance_id,
    nonce = our_lease(c), skip_launch = down and true or nil,
  }), after = function(answer)
    if not down then await_start(c, answer.instance_id) end
  end }
end

-- The opposite call, with the lease that this run may hold.
local function opposite(of, name, needed)
  return { of = of, call = function(c)
    if needed and not needed(c) then return nil, "it is as it was" end
    return { name, machine(c, { nonce = our_lease(c) }) }
  end }
end

local function was_started(c)
  if not c.before then error("its former state is not known", 0) end
  return c.before.state == "started"
end

local function was_down(c)
  return DOWN[c.answer.previous_state]
end

local function give_lease_back(c)
  local ok, lease = pcall(c.get, "machines.lease_get", machine(c))
  local nonce = c.answer.data.nonce
  if not ok or lease.data.nonce ~= nonce then
    return nil, "it is given back already"
  end
  return { "machines.release_lease", machine(c, { nonce = nonce }) }
end

local function former_metadata(c)
  if not c.before then error("the former values are not known", 0) end
  return c.before
end

local metadata = { call = function(c)
  local was, values = former_metadata(c), {}
  for key in pairs(c.args.metadata) do values[key] = was[key] or "" end
  return { "machines.update_metadata", machine(c, { metadata = values }) }
end }

local one_metadata = { of = "metadata value", call = function(c)
  local key = c.args.key
  local was = former_metadata(c)[key]
  return { "machines.update_metadata",
    machine(c, { metadata = { [key] = was or "" } }) }
end }

local UNKNOWN = "its former value is unknown: set it again by hand"
local GONE = "what was destroyed stays so"
local HAPPENED = "what has happened stays so"

return {
  ["apps.create"] = { call = function(c)
    return { "apps.delete", { app = c.args.name } }
  end },
  ["apps.delete"] = GONE,
  ["apps.deploy_token"] = "no call revokes a token: `fly tokens revoke` does",
  ["ips.assign"] = { call = function(c)
    return { "ips.release", { app = c.args.app, ip = c.answer.ip } }
  end },
  ["ips.release"] = "the address may have another owner by now",
  ["certificates.request"] = { call = function(c)
    return { "certificates.delete",
      { app = c.args.app, hostname = c.args.hostname } }
  end },
  ["certificates.upload"] = { call = function(c)
    return { "certificates.delete_custom",
      { app = c.args.app, hostname = c.args.hostname } }
  end },
  ["certificates.delete"] = GONE,
  ["certificates.stop_acme"] = GONE,
  ["certificates.delete_custom"] = GONE,
  ["certificates.check"] = HAPPENED,

  ["machines.create"] = { call = function(c)
    return { "machines.delete",
      { app = c.args.app, machine = c.answer.id, force = true } }
  end },
  ["machines.update"] = { of = "config", call = put_back },
  ["machines.delete"] = GONE,
  ["machines.start"] = opposite("power", "machines.stop", was_down),
  ["machines.stop"] = opposite("power", "machines.start", was_started),
  ["machines.suspend"] = opposite("power", "machines.start", was_started),
  ["machines.restart"] = HAPPENED,
  ["machines.signal"] = HAPPENED,
  ["machines.exec"] = "what the command changed is not known",
  ["machines.cordon"] = opposite("traffic", "machines.uncordon"),
  ["machines.uncordon"] = opposite("traffic", "machines.cordon"),
  ["machines.lease"] = { call = give_lease_back },
  ["machines.release_lease"] = { call = function()
    return nil, "nothing is to be taken back"
  end },
  ["machines.set_memory_limit"] = { of = "limit", call = function(c)
    if not c.before then error("its former limit is not known", 0) end
    return { "machines.set_memory_limit",
      machine(c, { limit_mb = c.before.limit_mb }) }
  end },
  ["machines.reclaim_memory"] = HAPPENED,
  ["machines.put_metadata"] = metadata,
  ["machines.update_metadata"] = metadata,
  ["machines.set_metadata"] = one_metadata,
  ["machines.delete_metadata"] = one_metadata,

  ["volumes.create"] = { call = function(c)
    return { "volumes.delete", { app = c.args.app, volume = c.answer.id } }
  end },
  ["volumes.update"] = { of = "snapshots", call = function(c)
    local was = c.before or error("how it was is not known", 0)
    return { "volumes.update", {
      app = c.args.app, volume = c.args.volume,
      auto_backup_enabled = was.auto_backup_enabled,
      snapshot_retention = was.snapshot_retention,
    } }
  end },
  ["volumes.delete"] = GONE,
  ["volumes.extend"] = "a volume never shrinks",
  ["volumes.snapshot"] = "a snapshot goes when its time is up",

  ["secrets.set"] = UNKNOWN,
  ["secrets.set_one"] = UNKNOWN,
  ["secrets.unset"] = UNKNOWN,
  ["secretkeys.set"] = UNKNOWN,
  ["secretkeys.generate"] = UNKNOWN,
  ["secretkeys.delete"] = UNKNOWN,
  ["app_secrets.set"] = UNKNOWN,
  ["app_secrets.unset"] = UNKNOWN,
  ["releases.create"] = { call = function(c)
    return { "releases.update",
      { input = { releaseId = c.answer.id, status = "failed" } } }
  end },
  ["releases.update"] = "a release is a note: the next one tells how it is",
  ["tokens.kms"] = HAPPENED,
  ["tokens.oidc"] = HAPPENED,
}
