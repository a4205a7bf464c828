-- The scalars of TOML 1.0: what a bare token means, how a value is written.

local scalar = {}

-- Underscores stand between digits only.
local function grouped(digits, class)
  return digits:find("^" .. class) and digits:find(class .. "$")
    and not digits:find("__", 1, true)
end

local BASES = {
  ["0x"] = { 16, "[0-9A-Fa-f]" },
  ["0o"] = { 8, "[0-7]" },
  ["0b"] = { 2, "[01]" },
}

-- An integer beyond 64 bits gives nothing.
local function in_base(digits, base, class)
  if digits:find("[^_%x]") or not grouped(digits, class) then return nil end
  local value = 0
  for c in digits:gmatch("[^_]") do
    local digit = tonumber(c, 16)
    if digit >= base or value > (math.maxinteger - digit) // base then
      return nil
    end
    value = value * base + digit
  end
  return value
end

-- Neither empty nor with a leading zero.
local function is_decimal(text)
  local digits = text:match("^[+-]?([%d_]+)$")
  return digits and grouped(digits, "%d") and not digits:find("^0[%d_]")
end

local function integer(token)
  local row = BASES[token:sub(1, 2)]
  if row then return in_base(token:sub(3), row[1], row[2]) end
  if not is_decimal(token) then return nil end
  local value = tonumber((token:gsub("[_+]", "")))
  return math.type(value) == "integer" and value or nil
end

local NAN = 0 / 0
local NAMED = {
  inf = math.huge, ["+inf"] = math.huge, ["-inf"] = -math.huge,
  nan = NAN, ["+nan"] = NAN, ["-nan"] = NAN,
}

local function float(token)
  if NAMED[token] then return NAMED[token] end
  local whole, rest = token:match("^([+-]?[%d_]+)([.eE].*)$")
  if not whole or not is_decimal(whole) then return nil end
  local fraction, power = rest:match("^%.([%d_]+)(.*)$")
  if not fraction then power = rest end
  if fraction and not grouped(fraction, "%d") then return nil end
  local digits = power:match("^[eE][+-]?([%d_]+)$")
  if power ~= "" and not (digits and grouped(digits, "%d")) then return nil end
  return tonumber((token:gsub("[_+]", ""))) + 0.0
end

local DAYS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function day_exists(year, month, day)
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  local leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
  local last = month == 2 and leap and 29 or DAYS[month]
  return last ~= nil and day >= 1 and day <= last
end

local function clock_exists(hour, minute, second)
  return tonumber(hour) < 24 and tonumber(minute) < 60
    and tonumber(second) <= 60
end

local function is_time(text, zoned)
  local hour, minute, second, rest =
    text:match("^(%d%d):(%d%d):(%d%d)(.*)$")
  if not hour or not clock_exists(hour, minute, second) then return false end
  rest = rest:gsub("^%.%d+", "")
  if rest == "" then return true end
  if not zoned then return false end
  local off_hour, off_minute = rest:match("^[+-](%d%d):(%d%d)$")
  return rest:find("^[Zz]$") ~= nil
    or off_hour ~= nil and clock_exists(off_hour, off_minute, 0)
end

--- Whether a text is a date, a time or both, as TOML writes them.
function scalar.is_date(text)
  local year, month, day, rest =
    text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$")
  if not year then return is_time(text, false) end
  if not day_exists(year, month, day) then return false end
  local time = rest:match("^[Tt ](.*)$")
  return rest == "" or time ~= nil and is_time(time, true)
end

--- The kind and the value of a bare token; nothing when it is none. Dates
--- are their text.
function scalar.read(token)
  if token == "true" or token == "false" then
    return "boolean", token == "true"
  end
  local value = integer(token)
  if value then return "integer", value end
  value = float(token)
  if value then return "float", value end
  if scalar.is_date(token) then return "date", token end
  return nil
end

local ESCAPES = {
  ["\b"] = "\\b", ["\t"] = "\\t", ["\n"] = "\\n", ["\f"] = "\\f",
  ["\r"] = "\\r", ['"'] = '\\"', ["\\"] = "\\\\",
}

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c)
    return ESCAPES[c] or ("\\u%04X"):format(c:byte())
  end) .. '"'
end

local function float_text(value)
  if value ~= value then return "nan" end
  if value == math.huge then return "inf" end
  if value == -math.huge then return "-inf" end
  local text
  for digits = 15, 17 do
    text = ("%." .. digits .. "g"):format(value)
    if tonumber(text) == value then break end
  end
  return text:find("[.e]") and text or text .. ".0"
end

--- A key as it stands in a file.
function scalar.key(name)
  return name:find("^[A-Za-z0-9_-]+$") and name or quoted(name)
end

--- A node as it stands in a file. old is the text it replaces: a literal
--- string stays one when it can.
function scalar.write(node, old)
  if node.kind == "string" then
    local literal = old and old:find("^'[^']") and
      not node.value:find("[%c']")
    return literal and "'" .. node.value .. "'" or quoted(node.value)
  end
  if node.kind == "float" then return float_text(node.value) end
  if node.kind ~= "array" then return tostring(node.value) end
  local items = {}
  for i, item in ipairs(node.items) do items[i] = scalar.write(item) end
  return "[" .. table.concat(items, ", ") .. "]"
end

return scalar
