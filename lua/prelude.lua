-- Builds the API of runbooks from the engine's primitives.

-- luacheck: globals time
local _, sys = ...
local rows = sys.rows

-- Each activity under its dotted name: rows["fs.read"] becomes fs.read.
for name, call in pairs(rows) do
  local space, verb = name:match("^(%w+)%.(%w+)$")
  if space ~= "door" then
    _G[space] = _G[space] or {}
    _G[space][verb] = call
  end
end

--- Seconds as UTC text; without an argument, now.
--- @param seconds? number
--- @return string
function time.iso(seconds)
  return sys.time_iso(seconds or time.now())
end

--- Seconds of a UTC time or date.
--- @param text string
--- @return number
function time.parse(text)
  local seconds = sys.time_parse(text)
  if not seconds then
    sys.raise("error", "time.parse: not a time: " .. tostring(text))
  end
  return seconds
end
