-- Takes fields out of a report as they should be, whatever stands there.

local fields = {}

local MAX_LINE = 240 -- bytes of a message in one line

-- The value at a path of names, nil when there is none.
local function at(value, ...)
  for _, name in ipairs { ... } do
    if type(value) ~= "table" or value == json.null then return nil end
    value = value[name]
  end
  if value == json.null then return nil end
  return value
end
fields.at = at

--- A number, nil for anything else.
function fields.number(value, ...)
  local found = at(value, ...)
  return type(found) == "number" and found or nil
end

--- A count: 0 for anything that is none.
function fields.count(value, ...)
  local found = fields.number(value, ...) or 0
  return found >= 0 and math.tointeger(found) or 0
end

--- A text, nil for anything else and for the empty one.
function fields.text(value, ...)
  local found = at(value, ...)
  return type(found) == "string" and found ~= "" and found or nil
end

--- A table, empty for anything else.
function fields.table(value, ...)
  local found = at(value, ...)
  return type(found) == "table" and found or {}
end

--- A time in text as Unix seconds, nil when it is none.
function fields.time(value, ...)
  local ok, seconds = pcall(time.parse, fields.text(value, ...) or "")
  return ok and seconds or nil
end

local function cut(line)
  if #line <= MAX_LINE then return line end
  return line:sub(1, MAX_LINE):gsub("[\192-\255][\128-\191]*$", "") .. "…"
end

--- The first line of a message that says something: no colours, no control
--- characters, no heading of a block ("● Suite failed to run").
function fields.line(message)
  local text = tostring(message or ""):gsub("\27%[[0-9;?]*[ -/]*[@-~]", "")
  for line in text:gmatch("[^\r\n]+") do
    line = line:gsub("%c", " "):match("^%s*(.-)%s*$")
    if line ~= "" and line:sub(1, #"●") ~= "●" then return cut(line) end
  end
  return "no message"
end

--- "3 of 7 tests", "1 of 1 test".
function fields.of(some, all, noun)
  return ("%d of %d %s%s"):format(some, all, noun, all == 1 and "" or "s")
end

--- A failure in one line.
function fields.failure(f)
  local place = f.file or ""
  if f.line then place = place .. ":" .. f.line end
  if place ~= "" then place = " (" .. place .. ")" end
  return f.name .. place .. ": " .. f.message
end

return fields
