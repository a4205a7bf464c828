-- Simulated GitHub: how workflow runs and their jobs move with time. Nothing
-- is stored but when they were asked for, approved, cancelled.

local rest = require "sandbox/rest"

local clock = {}

local QUEUE_MS = 5000 -- a run waits for its runner
local DAY_MS = 86400000

clock.KEPT_MS = 90 * DAY_MS -- of logs and artifacts

local function begun(run)
  return run.started_ms or run.created_ms
end

--- The rules that hold a run up: its environment's, nil without any.
function clock.rules(world, run)
  local one = run.environment and world.github.environments[run.environment]
  if not one then return nil end
  local asks = one.reviewers and #one.reviewers > 0
  if not asks and (one.wait_timer or 0) == 0 then return nil end
  return { reviewed = asks, wait_ms = (one.wait_timer or 0) * 60000 }
end

-- When the run may go on after its rules; nil: not yet known.
local function released(rules, run, waiting)
  if rules.reviewed and not run.approved_ms then return nil end
  return math.max(run.approved_ms or 0, waiting + rules.wait_ms)
end

local function course(world, run)
  local at = begun(run)
  local line = { { at = at, state = "queued" } }
  local function add(when, state, conclusion)
    line[#line + 1] = { at = when, state = state, conclusion = conclusion }
  end
  local start = at + QUEUE_MS
  local rules = clock.rules(world, run)
  if rules then
    add(start, "waiting")
    if run.rejected_ms then
      add(run.rejected_ms, "completed", "failure")
      return line
    end
    local free = released(rules, run, start)
    if not free then return line end
    add(free, "queued")
    start = free + QUEUE_MS
  end
  add(start, "in_progress")
  add(start + run.seconds * 1000, "completed", run.conclusion)
  line.start = start
  return line
end

--- The timeline of a run: {at, state, conclusion?} in order of time; start is
--- when its first job begins, if it does.
function clock.timeline(world, run)
  local line = course(world, run)
  if not run.cancelled_ms then return line end
  local cut = { start = line.start }
  for _, entry in ipairs(line) do
    if entry.at < run.cancelled_ms then cut[#cut + 1] = entry end
  end
  if cut.start and cut.start >= run.cancelled_ms then cut.start = nil end
  cut[#cut + 1] = {
    at = run.cancelled_ms, state = "completed", conclusion = "cancelled",
  }
  return cut
end

--- What a run is by now: {at, state, conclusion?}.
function clock.state(world, run, now_ms)
  return rest.at(clock.timeline(world, run), now_ms)
end

-- One part of a stretch of time, as it is by now.
local function part(from, to, now, cancelled, conclusion)
  if cancelled and cancelled < to and now >= cancelled then
    return { status = "completed", conclusion = "cancelled",
      from = math.min(from, cancelled), to = cancelled }
  elseif now >= to then
    return { status = "completed", conclusion = conclusion, from = from,
      to = to }
  end
  return { status = now >= from and "in_progress" or "queued", from = from }
end

local function steps_of(job, at, now, run, failed)
  local steps, n = {}, #job.steps
  local length = (at.last - at.first) // n
  for i, name in ipairs(job.steps) do
    local bad = failed and i == n
    local one = part(at.first + (i - 1) * length,
      i == n and at.last or at.first + i * length, now, run.cancelled_ms,
      bad and run.conclusion or "success")
    one.name, one.number = name, i
    steps[i] = one
  end
  return steps
end

--- The jobs of a run by now: {name, status, conclusion?, from?, to?, steps},
--- one after the other. A run that fails does so in the last step of the last.
function clock.jobs(world, run, now_ms)
  local line = clock.timeline(world, run)
  local state, list = rest.at(line, now_ms), {}
  for i, job in ipairs(run.jobs) do
    local one
    if not line.start then
      local over = state.state == "completed"
      one = { status = state.state, from = over and state.at or nil,
        to = over and state.at or nil, conclusion = state.conclusion,
        steps = {} }
    else
      local length = run.seconds * 1000 // #run.jobs
      local at = { first = line.start + (i - 1) * length }
      at.last = i == #run.jobs and line.start + run.seconds * 1000
        or at.first + length
      local failed = i == #run.jobs and run.conclusion ~= "success"
      one = part(at.first, at.last, now_ms, run.cancelled_ms,
        failed and run.conclusion or "success")
      one.steps = steps_of(job, at, now_ms, run, failed)
    end
    one.name = job.name
    list[i] = one
  end
  return list
end

return clock
