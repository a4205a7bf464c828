-- each and parallel: several tasks whose activities are under way at once.
--
-- A task is a coroutine that gives way at every activity. When all wait, the
-- engine delivers one answer, in an order that the journal keeps; whose answer
-- it is goes on. So the order of what happens is that of the deliveries, and a
-- replay repeats it. A group is one call of each, its tasks those of the items.

local MAX, MOST = 16, 256

local function tasks(sys)
  local waiting = {} -- number of a request: the task that waits for it, false
  -- once it was answered: a table that loses a name for each that it gets is
  -- put in order anew again and again
  local answered = 0 -- how many of these are false
  local ready, first, last = {}, 1, 0 -- tasks to go on, groups to look at,
  -- oldest first
  local running -- the task whose code runs
  local ended = {} -- coroutines of tasks that are done
  local main = {} -- {step, groups} of the block outside of tasks

  local function push(one)
    last = last + 1
    ready[last] = one
  end

  -- The call's place among those of its block or task: it names the tasks the
  -- same way in every attempt.
  local function path_of(parent)
    if not parent and main.step ~= sys.step() then
      main = { step = sys.step(), groups = 0 }
      waiting, answered, ready, first, last = {}, 0, {}, 1, 0
    end
    local owner = parent or main
    owner.groups = owner.groups + 1
    return (parent and parent.path .. "/" or "") .. owner.groups
  end

  -- Whether nobody wants its result any more: its group has failed, or one
  -- that it is a part of.
  local function is_dropped(task)
    if not task then return false end
    return task.group.failure ~= nil or is_dropped(task.group.parent)
  end

  local function leave(task)
    task.group.active = task.group.active - 1
    push(task.group)
  end

  local cancelled = {} -- requests that nobody wants an answer to any more

  local function give_up()
    for n, task in pairs(waiting) do
      if task and is_dropped(task) then cancelled[#cancelled + 1] = n end
    end
  end

  local function on_failure(task, text, line, kind)
    local group = task.group
    local failure = {
      index = task.index, text = text, line = line, kind = kind,
    }
    if group.collect then
      group.failures[#group.failures + 1] = failure
    elseif not group.failure then
      group.failure = failure
      give_up()
    end
    leave(task)
  end

  local function advance(task, ...)
    running = task
    local how, what, line, kind = sys.resume(task.co, task.path, ...)
    running = nil
    if how == "failed" then return on_failure(task, what, line, kind) end
    if how == "done" then
      task.group.results[task.index] = what
      ended[#ended + 1] = task.co
      return leave(task)
    end
    if math.type(what) == "integer" then
      waiting[what] = task
    else
      what.parent = task
      push(what)
    end
  end

  local function is_over(group)
    return group.failure ~= nil or group.next > group.count
      or is_dropped(group.parent)
  end

  -- Starts what there is room for. Whoever called is told once all is over.
  local function look(group)
    if group.done then return end
    while group.active < group.max and not is_over(group) do
      local i, spare = group.next, ended[#ended]
      ended[#ended] = nil
      group.next, group.active = i + 1, group.active + 1
      advance({
        group = group, index = i, groups = 0, path = group.path .. "." .. i,
        co = sys.task(group.fn, spare),
      }, group.items[i])
    end
    if group.active > 0 then return end
    group.done = true
    if group.parent then push(group.parent) end
  end

  local function go_on(task)
    if is_dropped(task) then leave(task) else advance(task) end
  end

  local function work()
    while first <= last do
      local one = ready[first]
      ready[first] = nil
      first = first + 1
      if one.group then go_on(one) else look(one) end
    end
    first, last = 1, 0
  end

  local function forget_answered()
    local still = {}
    for n, task in pairs(waiting) do still[n] = task or nil end
    waiting, answered = still, 0
  end

  local function deliver()
    local n, told = sys.deliver(cancelled)
    if told then cancelled = {} end
    push(waiting[n])
    waiting[n], answered = false, answered + 1
    if answered == MOST then forget_answered() end
  end

  -- Runs every task until the group is done.
  local function drive(group)
    push(group)
    work()
    while not group.done do
      deliver()
      work()
    end
  end

  local function demand(ok, message)
    if not ok then sys.raise("error", message) end
  end

  -- Its length decides how much is done: a map or a list with a hole would
  -- lose items without a word.
  local function demand_list(name, list)
    demand(type(list) == "table", name .. ": a list expected")
    local found = 0
    for _ in pairs(list) do found = found + 1 end
    local count = #list
    local is_whole = found == count
    for i = 1, count do is_whole = is_whole and list[i] ~= nil end
    demand(is_whole, name .. ": a list without holes and names expected")
  end

  local function new_group(name, list, opts, fn)
    demand_list(name, list)
    demand(opts == nil or type(opts) == "table",
      name .. ": the options are a table: {max = 8}")
    opts = opts or {}
    for key in pairs(opts) do
      demand(key == "max" or key == "collect",
        ("%s: there is no option '%s'"):format(name, tostring(key)))
    end
    local max = opts.max or MAX
    demand(math.type(max) == "integer" and max >= 1 and max <= MOST,
      ("%s: max must be an integer from 1 to %d"):format(name, MOST))
    return {
      items = list, count = #list, fn = fn, max = max, collect = opts.collect,
      next = 1, active = 0, results = json.array({}), failures = {},
      path = path_of(running),
    }
  end

  local function told(group, failure)
    if group.count == 1 then return failure.text end
    return ("%d of %d: %s"):format(failure.index, group.count, failure.text)
  end

  local function failures_of(group)
    table.sort(group.failures, function(a, b) return a.index < b.index end)
    local list = json.array({})
    for i, one in ipairs(group.failures) do
      list[i] = {
        index = one.index, item = group.items[one.index], error = one.text,
      }
    end
    return list
  end

  local function run(name, list, opts, fn)
    local group = new_group(name, list, opts, fn)
    if not running then
      drive(group)
    elseif sys.yield(group) == false then
      sys.raise("error", name .. ": not inside of a callback of table.sort, " ..
        "string.gsub or a metamethod")
    end
    local failure = group.failure
    if failure then
      sys.raise_at(failure.kind, failure.line, told(group, failure))
    end
    if group.collect then return group.results, failures_of(group) end
    return group.results
  end

  local function each(list, opts, fn)
    if fn == nil and type(opts) == "function" then opts, fn = nil, opts end
    demand(type(fn) == "function", "each: a function expected")
    return run("each", list, opts, fn)
  end

  local function parallel(list, opts)
    demand(type(list) == "table", "parallel: a list of functions expected")
    for i, fn in ipairs(list) do
      demand(type(fn) == "function",
        ("parallel: item %d is no function"):format(i))
    end
    return run("parallel", list, opts, function(fn) return fn() end)
  end

  return { each, parallel }
end

return tasks
