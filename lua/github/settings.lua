-- Setting secrets and variables so that it is known to have happened.

local columns = require "provider/columns"
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

local change_row = columns("name", "of", "change", "value", "updated_at")

local function tell(kind, row)
  print(("%s %s of %s  %s"):format(kind, row.name, row.of, row.change))
  return change_row(row)
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

-- Times are whole seconds: setting a secret twice in one would not show.
local set_at = {}

local function set_secret(github, args)
  local at = place(github, args, "secrets")
  local key = at.of .. " " .. args.name
  local before = find(at.calls.list(with(at)), args.name)
  local again = before and mine.next("PUT", { "secrets", args.name })
  if before and before.updated_at == set_at[key] then time.sleep(1) end
  local public = at.calls.key(with(at))
  at.calls.set(with(at, {
    name = args.name, key_id = public.key_id,
    encrypted_value = secret.seal(public.key, args.value),
  }))
  local seen, entry = look(at, args.name, function(one)
    return one and (not before or again
      or one.updated_at ~= before.updated_at)
  end)
  if not seen then
    error(("github: secret %s of %s was accepted but is not listed as " ..
      "updated: look at the settings page before going on"):format(args.name,
      at.of), 0)
  end
  set_at[key] = entry.updated_at
  local new = not before or again and entry.created_at == entry.updated_at
  return tell("secret", {
    name = entry.name, of = at.of, change = new and "created" or "updated",
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

-- The change that brings a variable to its value, as an earlier attempt asked
-- for it or as the state asks for it.
local function change_variable(at, args, before)
  local ask = with(at, { name = args.name, value = args.value })
  local again = before and before.value == args.value
  if not before or again and mine.next("POST", { "variables" },
    { name = args.name, value = args.value }) then
    at.calls.create(ask)
    return "created"
  end
  if again and not mine.next("PATCH", { "variables", args.name },
    { value = args.value }) then
    return "none"
  end
  at.calls.update(ask)
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

local rate_row = columns("resource", "limit", "used", "remaining", "reset")

local function rate(github)
  local names, rows = {}, json.array {}
  local resources = github.rate_limit.get({}).resources
  for name in pairs(resources) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local one = resources[name]
    rows[i] = rate_row {
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
