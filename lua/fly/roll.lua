-- How machines of Fly.io are changed one after the other, and put back.

local config = require "fly/config"

local LEASE_S = 600 -- longer than a step with its retries
local POLL_S = 4
local SETTLE_S = 120

-- In these a machine is meant to be down: an update does not boot it.
local AT_REST = { "stopped", "suspended", "created" }
local DOWN = { stopped = true, suspended = true, created = true }

-- Machines that a deploy makes for a while; they are no part of the app.
local PASSING = { fly_app_release_command = true, fly_app_console = true }

--- @param fly table the rows
return function(fly)
  local roll = {}

  function roll.lease_note()
    return "runproof " .. run.id
  end

  -- Asks again until done() gives a value; the deadline is the clock's.
  local function poll(within_s, done)
    local deadline = time.now() + within_s
    repeat
      local value = done()
      if value then return value end
      time.sleep(POLL_S)
    until time.now() >= deadline
    return nil
  end
  roll.poll = poll

  --- True when the machine is started and all its health checks pass.
  function roll.healthy(machine)
    if machine.state ~= "started" then return false end
    for _, one in ipairs(machine.checks or {}) do
      if one.status ~= "passing" then return false end
    end
    return true
  end

  local function wait_once(args)
    local reached, err = fly.try.machines.wait {
      app = args.app, machine = args.machine, version = args.version,
      state = args.state or "started", timeout = 30,
    }
    if reached or err.status == 408 then return reached end
    if err.status == 404 then
      error(("fly: machine %s is gone or no longer at version %s: someone " ..
        "changed it since; start a new run"):format(args.machine,
        args.version), 0)
    end
    error(err.message, 0)
  end

  -- See fly.settle.
  function roll.settle(args)
    local app, id, within_s = args.app, args.machine, args.within_s or SETTLE_S
    local reached = poll(within_s, function() return wait_once(args) end)
    local machine = reached and poll(within_s, function()
      local now = fly.machines.get { app = app, machine = id }
      return (args.state or roll.healthy(now)) and now
    end)
    if machine then return machine end
    local wanted = args.state and (type(args.state) == "string" and
      args.state or "at rest") or "healthy"
    error(("fly: machine %s is not %s after %d s: `fly logs --app %s` " ..
      "tells why"):format(id, wanted, within_s, app), 0)
  end

  --- The machines of an app that run it: none that is being destroyed, none
  --- that flyctl made for a release command or a console.
  function roll.machines_of(app)
    local list = {}
    for _, machine in ipairs(fly.machines.list { app = app }) do
      local metadata = machine.config.metadata or {}
      if not machine.state:find("^destroy")
        and not PASSING[metadata.fly_process_group] then
        list[#list + 1] = machine
      end
    end
    return list
  end

  -- See fly.wait_healthy; gives the machines.
  function roll.wait_healthy(app, within_s)
    local machines
    local healthy = poll(within_s or SETTLE_S, function()
      machines = roll.machines_of(app)
      for _, one in ipairs(machines) do
        if not DOWN[one.state] and not roll.healthy(one) then return nil end
      end
      return machines
    end)
    if healthy then return healthy end
    local ill = {}
    for _, one in ipairs(machines) do
      if not DOWN[one.state] and not roll.healthy(one) then
        ill[#ill + 1] = one.id .. " " .. one.state
      end
    end
    error(("fly: not healthy after %d s: %s: `fly logs --app %s` tells why")
      :format(within_s or SETTLE_S, table.concat(ill, ", "), app), 0)
  end

  -- See fly.exec.
  function roll.exec(args)
    local cmd = args.cmd
    local output = fly.machines.exec {
      app = args.app, machine = args.machine,
      command = type(cmd) == "string" and { "sh", "-c", cmd } or cmd,
      stdin = args.stdin, timeout = args.timeout,
    }
    if args.any_code or output.exit_code == 0 then return output end
    local said = output.stderr or ""
    error(("fly: machine %s: %s: exit code %d: %s"):format(args.machine,
      type(cmd) == "string" and cmd or table.concat(cmd, " "),
      output.exit_code, said:match("[^\n]+") or "it said nothing"), 0)
  end

  -- See fly.release_leases.
  function roll.release_leases(app)
    local released = {}
    for _, m in ipairs(fly.machines.list { app = app }) do
      local lease, err =
        fly.try.machines.lease_get { app = app, machine = m.id }
      if err and err.status ~= 404 then error(err.message, 0) end
      if lease and lease.data.description == roll.lease_note() then
        fly.machines.release_lease {
          app = app, machine = m.id, nonce = lease.data.nonce,
        }
        released[#released + 1] = m.id
      end
    end
    return released
  end

  --- One machine of a plan as it is now.
  --- @return table move {machine, region, from, version, old, config, down}
  function roll.move_of(machine, wanted)
    return {
      machine = machine.id,
      region = machine.region,
      from = machine.config.image,
      to = wanted.image,
      version = machine.instance_id,
      old = config.copy(machine.config),
      config = wanted,
      down = DOWN[machine.state] and machine.state or nil,
    }
  end

  -- Brings a machine to a configuration, which it has to take from version. What is
  -- known along the way stands in `at`, for whoever has to clean up.
  local function update(app, move, wanted, version, at, more)
    local updated = fly.machines.update {
      app = app, machine = move.machine, nonce = at.nonce,
      config = wanted, current_version = version,
      skip_launch = move.down and true or nil,
      min_secrets_version = more and more.min_secrets_version,
    }
    at.version = updated.instance_id
    return roll.settle {
      app = app, machine = move.machine, version = updated.instance_id,
      state = move.down and AT_REST or nil,
    }
  end

  local function lease(app, move, at)
    at.nonce = fly.machines.lease({
      app = app, machine = move.machine, ttl = LEASE_S,
      description = roll.lease_note(),
    }).data.nonce
    at.leased = true
  end

  local function release(app, move, at)
    fly.machines.release_lease {
      app = app, machine = move.machine, nonce = at.nonce,
    }
    at.nonce = nil
  end

  --- Leases, updates, waits until it is healthy, gives the lease back.
  --- @return table machine as it is then
  function roll.move(app, move, more, at)
    at = at or {}
    lease(app, move, at)
    local settled = update(app, move, move.config, move.version, at, more)
    release(app, move, at)
    return settled
  end

  -- --- back again ------------------------------------------------------------

  -- Whether this step changed a machine. Without an answer to the update its
  -- configuration tells; another's change is left alone.
  local function is_ours(move, at, now)
    if now.instance_id == move.version then return false end
    if not at.version then return config.holds(now.config, move.config) end
    if now.instance_id ~= at.version then
      error("someone changed it since", 0)
    end
    return true
  end

  -- Puts a machine back if this step changed it; true when it did.
  local function put_back(app, move, at)
    if not at.nonce then lease(app, move, at) end
    local now = fly.machines.get { app = app, machine = move.machine }
    local known, ours = pcall(is_ours, move, at, now)
    if known and ours then
      update(app, move, move.old, now.instance_id, at)
      print(move.machine .. "  put back")
    end
    release(app, move, at)
    if not known then error(ours, 0) end
    return ours
  end

  -- The failed machine first, then the others, the last changed first. Gives
  -- what was put back and what was not.
  local function undo(app, tried)
    local back, left = {}, {}
    for i = #tried, 1, -1 do
      local move, at = tried[i].move, tried[i].at
      local touched = at.nonce or at.version
      local ok, changed = true, false
      if touched then ok, changed = pcall(put_back, app, move, at) end
      if not ok then
        left[#left + 1] = ("%s (%s)"):format(move.machine,
          roll.cause(changed))
      elseif changed then
        back[#back + 1] = move.machine
      end
    end
    return back, left
  end

  local function outcome(back, left)
    local parts = {}
    if #back > 0 then
      parts[#parts + 1] = "put back: " .. table.concat(back, ", ")
    end
    if #left > 0 then
      parts[#parts + 1] = "NOT put back, look at it: " ..
        table.concat(left, ", ")
    end
    if #parts == 0 then return "no machine was changed" end
    return table.concat(parts, "; ")
  end

  --- The text of a caught error, without the line it may begin with.
  --- @param caught any
  --- @return string
  function roll.cause(caught)
    return (tostring(caught):gsub("^%S+:%d+: ", ""))
  end

  --- Makes every move or none: after a failure the machines that were changed
  --- go back, the last one first, each healthy again; then it fails. What was
  --- begun and put back cannot be resumed, so there is no further attempt.
  --- @param what string what a move does, for the error: "scale to 512 MB"
  --- @param told fun(move:table, machine:table):string a line for each
  --- @return table[] machines as they are then, in order of the moves
  function roll.all_or_none(plan, what, told)
    local tried, done = {}, {}
    for i, move in ipairs(plan.moves) do
      local at = {}
      tried[i] = { move = move, at = at }
      local ok, result = pcall(roll.move, plan.app, move, nil, at)
      if not ok then
        local back, left = undo(plan.app, tried)
        fail(("fly: machine %s (%s) did not %s: %s; %s"):format(
          move.machine, move.region, what, roll.cause(result),
          outcome(back, left)), { final = tried[1].at.leased })
      end
      done[i] = result
      print(told(move, result))
    end
    return done
  end

  return roll
end
