-- Values against the schemas of an OpenAPI description: as much of JSON Schema
-- as the descriptions of ../shared/contracts use.

local schema = {}

local ARRAY = getmetatable(json.array {})

--- What a $ref stands for.
function schema.follow(doc, node)
  while type(node) == "table" and node["$ref"] do
    local target = doc
    for part in node["$ref"]:gmatch("[^/#]+") do
      target = target[(part:gsub("~1", "/"):gsub("~0", "~"))]
    end
    node = target
  end
  return node
end

local function is_null(value)
  return value == json.null
end

local function is_array(value)
  return type(value) == "table" and not is_null(value)
    and (getmetatable(value) == ARRAY or value[1] ~= nil)
end

local function is_object(value)
  return type(value) == "table" and not is_null(value) and not is_array(value)
end

local KINDS = {
  string = function(v) return type(v) == "string" end,
  boolean = function(v) return type(v) == "boolean" end,
  integer = function(v)
    return type(v) == "number" and math.tointeger(v) ~= nil
  end,
  number = function(v) return type(v) == "number" end,
  object = is_object,
  array = is_array,
  null = is_null,
}

-- --- one value -----------------------------------------------------------------

-- A check gives what is wrong with value, nil when nothing is.
local CHECKS = {}

function CHECKS.type(node, value)
  local kinds = node.type
  if kinds == nil then return nil end
  if type(kinds) == "string" then kinds = { kinds } end
  for _, kind in ipairs(kinds) do
    if KINDS[kind](value) then return nil end
  end
  return "is not " .. json.encode(node.type)
end

function CHECKS.enum(node, value)
  for _, one in ipairs(node.enum or {}) do
    if one == value then return nil end
  end
  return node.enum and "is not one of " .. json.encode(node.enum) or nil
end

-- The regular expressions of the descriptions; Lua has none.
local PATTERNS = {
  ["^[a-z]+$"] = function(v) return v:find("^[a-z]+$") end,
  ["^[\\w-]+$"] = function(v) return v:find("^[%w_-]+$") end,
  ["^(-?[0-9]+(?:\\.[0-9]+)?)(us|ms|s|min|h|d)?$"] = function(v)
    local unit = v:match("^%-?%d+(%a*)$") or v:match("^%-?%d+%.%d+(%a*)$")
    return unit and (" us ms s min h d  "):find(" " .. unit .. " ", 1, true)
  end,
}

function CHECKS.pattern(node, value)
  if not node.pattern or type(value) ~= "string" then return nil end
  local fits = PATTERNS[node.pattern]
  if not fits then return "has a pattern unknown here: " .. node.pattern end
  return not fits(value) and "is not like " .. node.pattern or nil
end

local FORMATS = {
  ["date-time"] = "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d[%d.]*[Z+-][%d:]*$",
  date = "^%d%d%d%d%-%d%d%-%d%d$",
  uri = "^%a[%w+.-]*:%S+$",
  email = "^[^%s@]+@[^%s@]+$",
  uuid = "^%x+%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x+$",
}

-- A text whose default is "" may be empty, whatever its format.
function CHECKS.format(node, value)
  local pattern = FORMATS[node.format]
  if not pattern or type(value) ~= "string" then return nil end
  if value == "" and node.default == "" then return nil end
  return not value:find(pattern) and "is no " .. node.format or nil
end

function CHECKS.length(node, value)
  local length = type(value) == "string" and utf8.len(value)
  if not length then return nil end
  if length < (node.minLength or 0) then return "is too short" end
  return length > (node.maxLength or math.huge) and "is too long" or nil
end

-- In OpenAPI 3.0 exclusiveMinimum is a boolean beside minimum, in 3.1 a number.
function CHECKS.range(node, value)
  if type(value) ~= "number" then return nil end
  local low, open = node.minimum, node.exclusiveMinimum
  if type(open) == "number" then low, open = open, true end
  if low and (value < low or (open and value == low)) then
    return "is less than allowed"
  end
  return value > (node.maximum or math.huge) and "is more than allowed" or nil
end

function CHECKS.size(node, value)
  if not is_array(value) then return nil end
  if #value < (node.minItems or 0) then return "has too few elements" end
  return #value > (node.maxItems or math.huge) and "has too many elements"
    or nil
end

-- --- what is inside ------------------------------------------------------------

local validate

local INSIDE = {}

function INSIDE.required(_, node, value, at)
  if not is_object(value) then return nil end
  for _, name in ipairs(node.required or {}) do
    if value[name] == nil then return at .. "." .. name .. " is missing" end
  end
  return nil
end

function INSIDE.members(doc, node, value, at)
  if not is_object(value) then return nil end
  local known, more = node.properties or {}, node.additionalProperties
  for name, item in pairs(value) do
    local where = at .. "." .. tostring(name)
    local wrong
    if known[name] ~= nil then
      wrong = validate(doc, known[name], item, where)
    elseif more == false then
      wrong = where .. " is not described"
    elseif type(more) == "table" then
      wrong = validate(doc, more, item, where)
    end
    if wrong then return wrong end
  end
  return nil
end

function INSIDE.items(doc, node, value, at)
  if node.items == nil or not is_array(value) then return nil end
  for i, item in ipairs(value) do
    local wrong = validate(doc, node.items, item, at .. "[" .. i .. "]")
    if wrong then return wrong end
  end
  return nil
end

function INSIDE.all(doc, node, value, at)
  for _, part in ipairs(node.allOf or {}) do
    local wrong = validate(doc, part, value, at)
    if wrong then return wrong end
  end
  return nil
end

local function fitting(doc, choices, value, at)
  local count, last = 0, nil
  for _, choice in ipairs(choices) do
    local wrong = validate(doc, choice, value, at)
    if wrong then last = wrong else count = count + 1 end
  end
  return count, last
end

function INSIDE.any(doc, node, value, at)
  if not node.anyOf then return nil end
  local count, last = fitting(doc, node.anyOf, value, at)
  return count == 0 and last or nil
end

-- The services' choices overlap, as an error's shapes do: one that fits is
-- enough.
function INSIDE.one(doc, node, value, at)
  if not node.oneOf then return nil end
  local count, last = fitting(doc, node.oneOf, value, at)
  return count == 0 and last or nil
end

local CHECK_ORDER = {
  "type", "enum", "pattern", "format", "length", "range", "size",
}
local INSIDE_ORDER = { "required", "members", "items", "all", "any", "one" }

function validate(doc, node, value, at)
  node = schema.follow(doc, node)
  if node == true then return nil end
  if node == false then return at .. " is not allowed" end
  if node.nullable and is_null(value) then return nil end
  for _, name in ipairs(CHECK_ORDER) do
    local wrong = CHECKS[name](node, value)
    if wrong then return at .. " " .. wrong end
  end
  for _, name in ipairs(INSIDE_ORDER) do
    local wrong = INSIDE[name](doc, node, value, at)
    if wrong then return wrong end
  end
  return nil
end

--- What is wrong with a value, nil when nothing is.
--- @param doc table the description, for its references
--- @param node table|boolean the schema
--- @param at string how the value is called in the answer
--- @return string|nil
function schema.wrong(doc, node, value, at)
  return validate(doc, node, value, at)
end

local PARTS = { "allOf", "anyOf", "oneOf" }

-- Adds the names that node declares to known; false when it allows any.
local function declare(doc, node, known)
  node = schema.follow(doc, node)
  if type(node) ~= "table" then return false end
  local closed = node.properties ~= nil
  for name in pairs(node.properties or {}) do known[name] = true end
  for _, kind in ipairs(PARTS) do
    for _, part in ipairs(node[kind] or {}) do
      closed = declare(doc, part, known) or closed
    end
  end
  return closed and not node.additionalProperties
end

--- The first member of an object that its schema does not speak of, though it
--- need not forbid it: a misspelt name would be accepted in silence.
--- @return string|nil
function schema.unknown_member(doc, node, value)
  local known = {}
  if not is_object(value) or not declare(doc, node, known) then return nil end
  for name in pairs(value) do
    if not known[name] then return name end
  end
  return nil
end

return schema
