-- Simulated Fly.io machines at work: power, traffic, commands, memory.

local rest = require "sandbox/rest"
local common = require "sandbox/fly_common"
local machines = require "sandbox/fly_machines"
local problem = common.problem

local power = {}

local START_MS, STOP_MS, SUSPEND_MS = 5000, 2000, 3000

local SIGNALS = {
  SIGABRT = true, SIGALRM = true, SIGFPE = true, SIGHUP = true,
  SIGILL = true, SIGINT = true, SIGKILL = true, SIGPIPE = true,
  SIGQUIT = true, SIGSEGV = true, SIGTERM = true, SIGTRAP = true,
  SIGUSR1 = true, SIGUSR2 = true,
}

-- --- power -------------------------------------------------------------------

-- Moves through a passing state into one that lasts.
local function pass(request, machine, kind, states, after_ms)
  local now = request.now_ms
  machine.updated_ms = now
  machine.timeline = {
    { at = now, state = states[1] },
    { at = now + after_ms, state = states[2] },
  }
  common.record(machine, kind, states[1], "user", now)
  common.record(machine, kind == "stop" and "exit" or kind, states[2],
    "flyd", now + after_ms)
  rest.touch(request)
end

local STARTABLE = { stopped = true, suspended = true, created = true,
  failed = true }

local function start(request, machine)
  local state = common.state_of(machine, request.now_ms)
  if STARTABLE[state] then
    pass(request, machine, "start", { "starting", "started" }, START_MS)
  elseif state ~= "started" and state ~= "starting" then
    return common.wrong_state(
      "unable to start machine from current state: '" .. state .. "'")
  end
  return 200, { previous_state = state, migrated = false, new_host = "" }
end

local function signal_problem(signal)
  if signal == nil or SIGNALS[signal] then return nil end
  return problem(400, "invalid signal " .. tostring(signal))
end

local function stop(request, machine)
  local status, value = signal_problem(common.body(request).signal)
  if status then return status, value end
  local state = common.state_of(machine, request.now_ms)
  if state == "started" or state == "starting" then
    pass(request, machine, "stop", { "stopping", "stopped" }, STOP_MS)
  elseif state ~= "stopped" and state ~= "stopping" then
    return common.wrong_state(
      "unable to stop machine from current state: '" .. state .. "'")
  end
  return 200, { ok = true }
end

local function suspend(request, machine)
  local state = common.state_of(machine, request.now_ms)
  if state == "started" then
    pass(request, machine, "suspend", { "suspending", "suspended" },
      SUSPEND_MS)
  elseif state ~= "suspended" and state ~= "suspending" then
    return common.wrong_state(
      "unable to suspend machine from current state: '" .. state .. "'")
  end
  return 200, { ok = true }
end

local function restart(request, machine)
  local status, value = signal_problem(rest.arg(request, "signal"))
  if status then return status, value end
  machines.reboot(machine, "restart", request.now_ms)
  rest.touch(request)
  return 200, { ok = true }
end

local function signal(request, machine)
  local name = common.body(request).signal
  local status, value = signal_problem(name or "none")
  if status then return status, value end
  local state = common.state_of(machine, request.now_ms)
  if state ~= "started" then
    return common.wrong_state("machine is not running, it is " .. state)
  end
  common.record(machine, "signal", name, "user", request.now_ms)
  rest.touch(request)
  return 200, { ok = true }
end

local function cordon(on)
  return function(request, machine)
    if (machine.cordoned or false) ~= on then
      machine.cordoned = on
      rest.touch(request)
    end
    return 200, { ok = true }
  end
end

-- --- inside ------------------------------------------------------------------

-- The command as the fixture names it: what a shell runs, or the words.
local function command_of(body)
  local list = body.command
  if type(body.cmd) == "string" then return body.cmd end
  if type(list) ~= "table" or type(list[1]) ~= "string" then return nil end
  if list[1] == "sh" and list[2] == "-c" then return list[3] end
  return table.concat(list, " ")
end

-- world.fly.exec says what commands give: {stdout, stderr, exit_code}; every
-- machine has the few that it needs no fixture for.
local function output_of(world, command, stdin)
  local known = (world.fly.exec or {})[command]
  if known then return known end
  if command == "true" then return {} end
  if command == "cat" then return { stdout = stdin or "" } end
  local program = command:match("^%S+") or ""
  return { stderr = "sh: " .. program .. ": not found\n", exit_code = 127 }
end

local function exec(request, _)
  local body = common.body(request)
  local command = command_of(body)
  if not command then return problem(400, "command is required") end
  local output = output_of(request.world, command, body.stdin)
  rest.touch(request)
  return 200, {
    exit_code = output.exit_code or 0, exit_signal = output.exit_signal or 0,
    stdout = output.stdout or "", stderr = output.stderr or "",
  }
end

local function processes_of(machine)
  local init = machine.config.init or {}
  local main = init.exec or init.cmd or { "node", "src/server.js" }
  local port = 8080
  for _, check in pairs(machine.config.checks or {}) do
    port = check.port or port
  end
  local memory = machines.memory_of(machine.config) * 1048576
  return {
    { pid = 1, command = "/fly/init", cpu = 1, rss = 10485760,
      directory = "/", rtime = 120, stime = 40,
      listen_sockets = json.array {} },
    { pid = 305, command = table.concat(main, " "), cpu = 12,
      rss = memory // 4, directory = "/app", rtime = 5120, stime = 830,
      listen_sockets = json.array {
        { proto = "tcp", address = "[::]:" .. port },
      } },
  }
end

local SORTS = { cpu = true, rss = true, pid = true, command = true }

local function ps(request, machine)
  local by = rest.arg(request, "sort_by") or "pid"
  local order = rest.arg(request, "order") or "asc"
  if not SORTS[by] then return problem(400, "invalid sort_by " .. by) end
  if order ~= "asc" and order ~= "desc" then
    return problem(400, "invalid order " .. order)
  end
  local list = json.array(processes_of(machine))
  table.sort(list, function(a, b)
    if order == "desc" then a, b = b, a end
    return a[by] < b[by]
  end)
  return 200, list
end

local function memory_view(machine)
  local limit = machine.memory_limit_mb or machines.memory_of(machine.config)
  return { limit_mb = limit, available_mb = limit * 3 // 4 }
end

local function get_memory(_, machine)
  return 200, memory_view(machine)
end

local function set_memory(request, machine)
  local limit = math.tointeger(common.body(request).limit_mb)
  local most = machines.memory_of(machine.config)
  if not limit or limit < 1 or limit > most then
    return problem(400, "limit_mb must be between 1 and " .. most)
  end
  machine.memory_limit_mb = limit
  rest.touch(request)
  return 200, memory_view(machine)
end

local function reclaim(request, machine)
  local amount = math.tointeger(common.body(request).amount_mb)
  if not amount or amount < 1 then
    return problem(400, "amount_mb must be positive")
  end
  rest.touch(request)
  return 200, { actual_mb = math.min(amount,
    memory_view(machine).available_mb) }
end

local M = "/v1/apps/{app}/machines/{machine}"
local changing, running = common.changing, common.running

power.routes = {
  { "POST", M .. "/start", "fly.machines.start", changing(start) },
  { "POST", M .. "/stop", "fly.machines.stop", changing(stop) },
  { "POST", M .. "/suspend", "fly.machines.suspend", changing(suspend) },
  { "POST", M .. "/restart", "fly.machines.restart", changing(restart) },
  { "POST", M .. "/signal", "fly.machines.signal", changing(signal) },
  { "POST", M .. "/cordon", "fly.machines.cordon", changing(cordon(true)) },
  { "POST", M .. "/uncordon", "fly.machines.uncordon",
    changing(cordon(false)) },
  { "POST", M .. "/exec", "fly.machines.exec", running(exec) },
  { "GET", M .. "/ps", "fly.machines.ps", running(ps) },
  { "GET", M .. "/memory", "fly.machines.memory", running(get_memory) },
  { "PUT", M .. "/memory", "fly.machines.set_memory_limit",
    running(set_memory) },
  { "POST", M .. "/memory/reclaim", "fly.machines.reclaim_memory",
    running(reclaim) },
}

return power
