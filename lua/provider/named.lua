-- Holds what a helper is given against what it takes. A name that it does not
-- know must not be ignored, lest another app is changed than was meant.

local named = {}

local function is_a(kinds, value)
  for kind in kinds:gmatch("[^|]+") do
    if kind == "any" or type(value) == kind then return true end
    if kind == "integer" and type(value) == "number"
      and math.tointeger(value) then
      return true
    end
  end
  return false
end

local WORDS = { userdata = "a secret", ["nil"] = "nothing" }

local function kind_of(value)
  return WORDS[type(value)] or "a " .. type(value)
end

-- "name?: kind", in parts.
local function parse(line)
  return line:match("^([%w_]+)(%??): (.+)$")
end

local function refuse(name, text, ...)
  error(name .. text:format(...), 0)
end

local function names_of(takes)
  local names = {}
  for i, line in ipairs(takes) do names[i] = parse(line) end
  return names
end

local function check_names(name, args, takes)
  local names, known = names_of(takes), {}
  for _, one in ipairs(names) do known[one] = true end
  for key in pairs(args) do
    if not known[key] then
      refuse(name, ": there is no argument '%s'; it takes: %s", tostring(key),
        #names > 0 and table.concat(names, ", ") or "none")
    end
  end
end

--- Raises when a value is of another kind.
--- @param name string the helper's: "github.watch"
--- @param what string what it takes: "the id of a run"
--- @param value any
--- @param kinds string as type() gives them, or integer: "integer|string"
function named.value(name, what, value, kinds)
  if is_a(kinds, value) then return end
  refuse(name, " takes %s, not %s", what, kind_of(value))
end

--- Raises when a table of named arguments lacks one, or has one of another
--- name or kind.
--- @param name string the helper's: "fly.rollback"
--- @param args table|nil
--- @param takes string[] "name?: kind|kind" each
--- @return table args, empty when none are given
function named.check(name, args, takes)
  args = args == nil and {} or args
  if type(args) ~= "table" then
    refuse(name, " takes named arguments, as in %s { %s = … }, not %s", name,
      (parse(takes[1])), kind_of(args))
  end
  check_names(name, args, takes)
  for _, line in ipairs(takes) do
    local key, optional, kinds = parse(line)
    local value = args[key]
    if value == nil and optional == "" then
      refuse(name, ": argument '%s' is missing", key)
    elseif value ~= nil and not is_a(kinds, value) then
      refuse(name, ": argument '%s' has to be of type %s, not %s", key,
        (kinds:gsub("|", " or ")), kind_of(value))
    end
  end
  return args
end

--- Puts the check before functions of a module.
--- @param module table
--- @param of string its name
--- @param takes table<string,string[]> by the function's name
--- @return table module
function named.guard(module, of, takes)
  for key, lines in pairs(takes) do
    local fn, name = module[key], of .. "." .. key
    module[key] = function(args)
      return fn(named.check(name, args, lines))
    end
  end
  return module
end

return named
