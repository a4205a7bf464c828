-- Starting workflow runs and following them to their end.

local columns = require "provider/columns"

local POLL_S = 15
local WATCH_S = 1800
local TOLD_JOBS, TAIL_LINES = 3, 15

local FINE = { success = true, neutral = true, skipped = true }

local function first_failed(job)
  for _, step in ipairs(job.steps or {}) do
    if step.status == "completed" and not FINE[step.conclusion] then
      return step.name
    end
  end
  return nil
end

local in_order = columns("job", "status", "conclusion", "failed")

local function job_row(job)
  local conclusion = job.conclusion
  return in_order {
    job = job.name, status = job.status,
    conclusion = conclusion ~= json.null and conclusion or nil,
    failed = first_failed(job),
  }
end

local function rows_of(jobs)
  local rows = json.array {}
  for i, job in ipairs(jobs) do rows[i] = job_row(job) end
  return rows
end

-- "2026-11-20T09:00:00.1234567Z text": the times make lines that never repeat.
local function without_times(line)
  return (line:gsub("^%d+%-%d+%-%d+T[%d:.]+Z ", ""))
end

local function log_tail(github, job, lines)
  local all, kept = {}, {}
  local text = github.jobs.logs { job = job }
  for line in text:gmatch("[^\r\n]+") do all[#all + 1] = without_times(line) end
  for i = math.max(1, #all - (lines or TAIL_LINES) + 1), #all do
    kept[#kept + 1] = all[i]
  end
  return table.concat(kept, "\n")
end

-- A log that is not there must not hide what failed.
local function tell_failures(github, jobs)
  local told = 0
  for _, job in ipairs(jobs) do
    if job.status == "completed" and not FINE[job.conclusion]
      and told < TOLD_JOBS then
      told = told + 1
      print(("job %s  %s  in step: %s"):format(job.name, job.conclusion,
        first_failed(job) or "none"))
      local ok, text = pcall(log_tail, github, job.id)
      print(ok and text or "no log: " .. tostring(text))
    end
  end
end

local function tell_waiting(github, id)
  for _, one in ipairs(github.runs.pending { id = id }) do
    print(("waits for environment %s: a reviewer approves on the run's page")
      :format(one.environment.name))
  end
end

local function watch(github, id, within_s)
  local deadline = time.now() + (within_s or WATCH_S)
  local last
  repeat
    local one = github.runs.get { id = id }
    if one.status ~= last then
      print(("run %d  %s"):format(one.run_number, one.status))
      last = one.status
      if last == "waiting" then tell_waiting(github, id) end
    end
    if one.status == "completed" then
      local jobs = github.runs.jobs { id = id }
      if not FINE[one.conclusion] then tell_failures(github, jobs) end
      return one, rows_of(jobs)
    end
    time.sleep(POLL_S)
  until time.now() >= deadline
  error("github: run " .. id .. " did not complete in time: see its page", 0)
end

local function dispatch(github, args)
  local inputs = { marker = run.id .. "/" .. args.step }
  for key, value in pairs(args.inputs or {}) do inputs[key] = value end
  return github.workflows.dispatch {
    workflow = args.workflow,
    ref = args.ref,
    inputs = inputs,
    return_run_details = true,
  }
end

-- The ids are the environments', not those that wait: a second attempt, when
-- nothing waits any more, asks the same.
local function approve(github, args)
  local ids, rows = json.array {}, json.array {}
  local state = args.state or "approved"
  for i, name in ipairs(args.environments) do
    ids[i] = github.environments.get({ environment = name }).id
    rows[i] = { environment = name, state = state }
  end
  github.runs.review {
    id = args.id, environment_ids = ids, state = state,
    comment = args.comment .. " [" .. run.id .. "]",
  }
  for _, row in ipairs(rows) do
    print(("run %d  %s for environment %s"):format(args.id, row.state,
      row.environment))
  end
  return rows
end

return function(github)
  return {
    watch = function(id, within_s) return watch(github, id, within_s) end,
    dispatch = function(args) return dispatch(github, args) end,
    approve = function(args) return approve(github, args) end,
    log_tail = function(job, n) return log_tail(github, job, n) end,
    jobs_of = function(id)
      return rows_of(github.runs.jobs { id = id })
    end,
  }
end
