-- expect(x): assertions on structure whose failures show only what differs.

-- luacheck: read globals json

local MAX_SHOWN = 20 -- differences in one message
local MAX_TEXT = 80 -- bytes of one value in a message

local is_secret -- set by the prelude
local raise

--- A value in one short line.
local function show(value)
  if value == nil then return "nothing" end
  local ok, text = pcall(json.encode, value)
  if not ok then text = tostring(value) end
  if #text <= MAX_TEXT then return text end
  local cut = utf8.offset(text, 0, MAX_TEXT) or MAX_TEXT
  return text:sub(1, cut - 1) .. "…"
end

local function below(path, key)
  if type(key) == "number" then return path .. "[" .. key .. "]" end
  if type(key) ~= "string" or not key:find("^[%a_][%w_%-]*$") then
    return path .. "[" .. show(key) .. "]"
  end
  return path == "" and key or path .. "." .. key
end

--- The differences found so far.
local function note(diff, path, want, got)
  local where = path == "" and "" or path .. ": "
  diff[#diff + 1] = ("- %sexpected %s, got %s"):format(where, want, got)
end

local function both_tables(a, b)
  return type(a) == "table" and type(b) == "table"
end

local function all_keys(a, b)
  local keys = {}
  for key in pairs(a) do keys[key] = true end
  for key in pairs(b) do keys[key] = true end
  return keys
end

local function same(a, b)
  if is_secret(a) or is_secret(b) then return rawequal(a, b) end
  return a == b
end

local function equals(diff, path, want, got)
  if not both_tables(want, got) then
    if not same(want, got) then note(diff, path, show(want), show(got)) end
    return
  end
  for key in pairs(all_keys(want, got)) do
    equals(diff, below(path, key), want[key], got[key])
  end
end

local contains

local function some_contains(list, want)
  for _, item in ipairs(list) do
    local inner = {}
    contains(inner, "", want, item)
    if #inner == 0 then return true end
  end
  return false
end

-- A list is a subset when each of its elements is found somewhere, an object
-- when each of its members is.
function contains(diff, path, want, got)
  if type(want) == "string" and type(got) == "string" then
    local found = path == "" and got:find(want, 1, true) or want == got
    if not found then note(diff, path, show(want), show(got)) end
  elseif not both_tables(want, got) then
    equals(diff, path, want, got)
  elseif #want > 0 then
    for _, item in ipairs(want) do
      if not some_contains(got, item) then
        note(diff, path, "an element with " .. show(item), show(got))
      end
    end
  else
    for key, value in pairs(want) do
      contains(diff, below(path, key), value, got[key])
    end
  end
end

-- --- holes -----------------------------------------------------------------

local HEX = "%x"
local UUID = "^" .. HEX:rep(8) .. "%-" .. (HEX:rep(4) .. "%-"):rep(3) ..
  HEX:rep(12)
local TIME = "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.?%d*"

-- Each gives the positions behind the text it takes at `at`, nearest last.
local function take(pattern)
  return function(text, at)
    local _, last = text:find(pattern, at)
    return last and { last + 1 } or {}
  end
end

local function take_time(text, at)
  local _, last = text:find(TIME, at)
  if not last then return {} end
  local _, zone = text:find("^[%+%-]%d%d:%d%d", last + 1)
  zone = zone or select(2, text:find("^Z", last + 1))
  return zone and { zone + 1 } or {}
end

local function take_int(low, high)
  return function(text, at)
    local _, last = text:find("^%-?%d+", at)
    local n = last and math.tointeger(tonumber(text:sub(at, last)))
    if not n or n < low or n > high then return {} end
    return { last + 1 }
  end
end

local function take_text(least)
  return function(text, at)
    local ends = {}
    for stop = #text + 1, at + least, -1 do ends[#ends + 1] = stop end
    return ends
  end
end

local function is_type(name)
  return function(value) return type(value) == name end
end

-- By name: `take` for a hole inside text, `is` for a hole that is a whole
-- value of a structure.
local HOLES = {
  uuid = { take = take(UUID .. "%f[^%x]"), is = is_type("string") },
  time = { take = take_time, is = is_type("string") },
  number = { take = take("^%-?%d+%.?%d*"), is = is_type("number") },
  boolean = { is = is_type("boolean") },
  string = { take = take_text(1), is = is_type("string") },
  any = { take = take_text(0), is = function(value) return value ~= nil end },
}

local function int_hole(low, high)
  return {
    take = take_int(low, high),
    is = function(value)
      local n = type(value) == "number" and math.tointeger(value)
      return n and n >= low and n <= high
    end,
  }
end

--- The hole a text like "<int 1..5>" names, or nil.
local function hole_of(word)
  local name = word:match("^<(%l+)>$")
  if name == "int" then return int_hole(math.mininteger, math.maxinteger) end
  if name then return HOLES[name] end
  local low, high = word:match("^<int (%-?%d+)%.%.(%-?%d+)>$")
  if low then return int_hole(tonumber(low), tonumber(high)) end
  return nil
end

--- A line of a pattern as literals and holes.
local function parse(line)
  local parts, at = {}, 1
  while at <= #line do
    local first, last = line:find("<%l+[^<>]*>", at)
    local hole = first and hole_of(line:sub(first, last))
    local stop = hole and first - 1 or last or #line
    if stop >= at then parts[#parts + 1] = line:sub(at, stop) end
    if hole and hole.take then parts[#parts + 1] = hole end
    at = (hole and last or stop) + 1
  end
  return parts
end

local function fits(parts, i, text, at)
  local part = parts[i]
  if not part then return at == #text + 1 end
  if type(part) == "string" then
    return text:sub(at, at + #part - 1) == part
      and fits(parts, i + 1, text, at + #part)
  end
  for _, stop in ipairs(part.take(text, at)) do
    if fits(parts, i + 1, text, stop) then return true end
  end
  return false
end

local function lines_of(text)
  local lines = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch("(.-)\r?\n") do
    lines[#lines + 1] = line
  end
  return lines
end

-- Whether the lines from `j` match the patterns from `i`. far remembers how
-- many patterns held on the best way: the next one is what to tell.
local function lines_fit(want, i, got, j, far)
  if i > far.i then far.i, far.j = i, j end
  if i > #want then return j > #got end
  if want[i] == "..." then
    for skip = j, #got + 1 do
      if lines_fit(want, i + 1, got, skip, far) then return true end
    end
    return false
  end
  return got[j] ~= nil and fits(parse(want[i]), 1, got[j], 1)
    and lines_fit(want, i + 1, got, j + 1, far)
end

local function text_matches(diff, path, want, got)
  local patterns, lines = lines_of(want), lines_of(got)
  local far = { i = 1, j = 1 }
  if lines_fit(patterns, 1, lines, 1, far) then return end
  if #lines > 1 or #patterns > 1 then
    path = path .. (path == "" and "line " or " line ") .. far.j
  end
  local expected = patterns[far.i] and show(patterns[far.i]) or "the end"
  note(diff, path, expected, lines[far.j] and show(lines[far.j]) or "the end")
end

local matches

local function list_matches(diff, path, want, got)
  local open = want[#want] == "..."
  local n = open and #want - 1 or math.max(#want, #got)
  for i = 1, n do matches(diff, below(path, i), want[i], got[i]) end
end

local function object_matches(diff, path, want, got)
  local keys = want["..."] == nil and all_keys(want, got) or want
  for key in pairs(keys) do
    if key ~= "..." then
      matches(diff, below(path, key), want[key], got[key])
    end
  end
end

function matches(diff, path, want, got)
  local hole = path ~= "" and type(want) == "string" and hole_of(want)
  if hole and not hole.is(got) then
    note(diff, path, want, show(got))
  elseif type(want) == "string" and type(got) == "string" then
    text_matches(diff, path, want, got)
  elseif hole then
    return
  elseif not both_tables(want, got) then
    equals(diff, path, want, got)
  elseif #want > 0 then
    list_matches(diff, path, want, got)
  else
    object_matches(diff, path, want, got)
  end
end

-- --- the object ------------------------------------------------------------

local function verdict(self, title, diff)
  if #diff == 0 then return self end
  local more = #diff - MAX_SHOWN
  local text = table.concat(diff, "\n", 1, math.min(#diff, MAX_SHOWN))
  if more > 0 then text = text .. "\n- and " .. more .. " more" end
  raise("expect", title .. "\n" .. text)
end

local function method(title, compare)
  return function(self, want)
    local diff = {}
    compare(diff, "", want, self.value)
    return verdict(self, title, diff)
  end
end

--- @class expect each method raises with the places that differ
--- @field value any what is judged
--- @field equals fun(self:expect, want:any):expect deeply the same, member by
---   member
--- @field contains fun(self:expect, want:any):expect every member and element
---   of want is there; a text holds a text
--- @field matches fun(self:expect, want:any):expect like a pattern: `<uuid>`,
---   `<time>`, `<int>`, `<int 1..5>`, `<number>`, `<string>`, `<boolean>` and
---   `<any>` stand for values; a line `...` for any lines, a last element
---   `"..."` for any further ones, a member `"..."` for any further members
local Expect = {
  equals = method("not as expected:", equals),
  contains = method("something is missing:", contains),
  matches = method("does not match:", matches),
}
Expect.__index = Expect

--- @param sys table what the engine gives the prelude
--- @return fun(value:any):expect
return function(sys)
  is_secret, raise = sys.is_secret, sys.raise
  return function(value)
    return setmetatable({ value = value }, Expect)
  end
end
