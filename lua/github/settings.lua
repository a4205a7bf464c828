-- Setting secrets and variables so that it is known to have happened.

local mine = require "github/mine"

local LOOKS, LOOK_S = 5, 2 -- lists lag behind changes

local function find(list, name)
  for _, one in ipairs(list) do
    if one.name:upper() == name:upper() then return one end
  end
  return nil
end

-- Where args means: the calls of it, what they all take, what people call it.
local function place(github, args, kind)
  if args.repository then
    return {
      calls = github["repo_" .. kind], try = github.try["repo_" .. kind],
      of = "repository",
    }
  end
  local name = args.environment or env.github and env.github.environment
  if not name then
    error("github: which environment? give environment, or repository = true",
      0)
  end
  return {
    calls = github[kind], try = github.try[kind], environment = name,
    of = "environment " .. name,
  }
end

local function with(at, args)
  args = args or {}
  args.environment = at.environment
  return args
end

local function tell(kind, row)
  print(("%s %s of %s  %s"):format(kind, row.name, row.of, row.change))
  return row
end

-- Looks until done(entry of the list, or nil) is true.
local function look(at, name, done)
  for i = 1, LOOKS do
    local entry = find(at.calls.list(with(at)), name)
    if done(entry) then return true, entry end
    if i < LOOKS then time.sleep(LOOK_S) end
  end
  return false
end

local function set_secret(github, args)
  local at = place(github, args, "secrets")
  local before = find(at.calls.list(with(at)), args.name)
  local key = at.calls.key(with(at))
  at.calls.set(with(at, {
    name = args.name, key_id = key.key_id,
    encrypted_value = secret.seal(key.key, args.value),
  }))
  local function is_new(entry)
    return entry and (not before or entry.updated_at ~= before.updated_at
      or time.parse(entry.updated_at) >= run.started // 1)
  end
  local seen, entry = look(at, args.name, is_new)
  if not seen then
    error(("github: secret %s of %s was accepted but is not listed as " ..
      "updated: look at the settings page before going on"):format(args.name,
      at.of), 0)
  end
  local old = before and not mine.lost("secret " .. at.of .. args.name,
    before.created_at)
  mine.note("secret " .. at.of .. args.name)
  return tell("secret", {
    name = entry.name, of = at.of, change = old and "updated" or "created",
    updated_at = entry.updated_at,
  })
end

local function delete_secret(github, args)
  local at = place(github, args, "secrets")
  local before = find(at.calls.list(with(at)), args.name)
  local done, err = at.try.delete(with(at, { name = args.name }))
  if not done and (before or err.status ~= 404) then error(err.message, 0) end
  if not look(at, args.name, function(entry) return not entry end) then
    error(("github: secret %s of %s was deleted but is still listed: look " ..
      "at the settings page"):format(args.name, at.of), 0)
  end
  return tell("secret", {
    name = args.name, of = at.of, change = done and "deleted" or "none",
  })
end

-- Another run's value is kept when it is the wanted one; this run's is asked
-- for again.
local function change_variable(at, args, before)
  local key = "variable " .. at.of .. args.name
  local ask = with(at, { name = args.name, value = args.value })
  if not before or mine.lost(key, before.created_at) then
    at.calls.create(ask)
    mine.note(key)
    return "created"
  elseif before.value == args.value and not mine.lost(key, before.updated_at)
  then
    return "none"
  end
  at.calls.update(ask)
  mine.note(key)
  return "updated"
end

local function set_variable(github, args)
  local at = place(github, args, "variables")
  local before = find(at.calls.list(with(at)), args.name)
  local change = change_variable(at, args, before)
  local seen = look(at, args.name, function(entry)
    return entry and entry.value == args.value
  end)
  if not seen then
    error(("github: variable %s of %s has another value than was set: " ..
      "someone else changes it"):format(args.name, at.of), 0)
  end
  return tell("variable", {
    name = args.name, of = at.of, change = change, value = args.value,
  })
end

local function rate(github)
  local names, rows = {}, json.array {}
  local resources = github.rate_limit.get({}).resources
  for name in pairs(resources) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local one = resources[name]
    rows[i] = {
      resource = name, limit = one.limit, used = one.used,
      remaining = one.remaining, reset = time.iso(one.reset),
    }
  end
  return rows
end

return function(github)
  return {
    set_secret = function(args) return set_secret(github, args) end,
    delete_secret = function(args) return delete_secret(github, args) end,
    set_variable = function(args) return set_variable(github, args) end,
    rate = function() return rate(github) end,
  }
end
