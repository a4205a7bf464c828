-- JSON for tests outside the worker: what the worker's json does, in Lua.

local json = { null = setmetatable({}, { __name = "json.null" }) }

local ARRAY = {} -- metatable of tables that are written as []

function json.array(t)
  return setmetatable(t or {}, ARRAY)
end

local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r",
  ["\t"] = "\\t",
}

local function quote(s)
  return '"' .. s:gsub('[%c"\\]', function(c)
    return ESCAPES[c] or ("\\u%04x"):format(c:byte())
  end) .. '"'
end

local write

local function write_array(t)
  local parts = {}
  for i, item in ipairs(t) do parts[i] = write(item) end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function write_object(t)
  local keys, parts = {}, {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  for i, key in ipairs(keys) do
    parts[i] = quote(key) .. ":" .. write(t[key])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function write(value)
  if value == json.null then return "null" end
  local kind = type(value)
  if kind == "string" then return quote(value) end
  if kind == "number" or kind == "boolean" then return tostring(value) end
  if kind ~= "table" then error("json: a " .. kind .. " has no JSON form") end
  if getmetatable(value) == ARRAY or value[1] ~= nil then
    return write_array(value)
  end
  return write_object(value)
end

json.encode = write

local read

local function blank(s, i)
  return s:find("[^ \t\r\n]", i) or #s + 1
end

local function unescape_code(hex)
  return utf8.char(tonumber(hex, 16))
end

local PLAIN = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function read_string(s, i)
  local close = i + 1
  while s:sub(close, close) ~= '"' do
    if close > #s then error("json: string without end") end
    close = close + (s:sub(close, close) == "\\" and 2 or 1)
  end
  local text = s:sub(i + 1, close - 1)
  text = text:gsub("\\u(%x%x%x%x)", unescape_code)
  text = text:gsub("\\(.)", function(c) return PLAIN[c] or c end)
  return text, close + 1
end

local function read_object(s, i)
  local out = {}
  i = blank(s, i + 1)
  while s:sub(i, i) ~= "}" do
    local key
    key, i = read_string(s, i)
    i = blank(s, i)
    assert(s:sub(i, i) == ":", "json: colon expected")
    out[key], i = read(s, blank(s, i + 1))
    i = blank(s, i)
    if s:sub(i, i) == "," then i = blank(s, i + 1) end
  end
  return out, i + 1
end

local function read_array(s, i)
  local out = json.array {}
  i = blank(s, i + 1)
  while s:sub(i, i) ~= "]" do
    out[#out + 1], i = read(s, i)
    i = blank(s, i)
    if s:sub(i, i) == "," then i = blank(s, i + 1) end
  end
  return out, i + 1
end

local WORDS = { ["true"] = true, ["false"] = false, null = json.null }

local function read_word(s, i)
  local word = s:match("^%a+", i)
  if word and WORDS[word] ~= nil then return WORDS[word], i + #word end
  local number = s:match("^-?%d[%d.eE+-]*", i)
  if not number then error("json: unexpected text at byte " .. i) end
  return math.tointeger(number) or tonumber(number), i + #number
end

function read(s, i)
  local first = s:sub(i, i)
  if first == "{" then return read_object(s, i) end
  if first == "[" then return read_array(s, i) end
  if first == '"' then return read_string(s, i) end
  return read_word(s, i)
end

function json.decode(text)
  local value, i = read(text, blank(text, 1))
  assert(blank(text, i) > #text, "json: text behind the value")
  return value
end

return json
