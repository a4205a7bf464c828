-- The simulators' answers against the services' own OpenAPI descriptions.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test = support.test

local SHARED = os.getenv("RUNPROOF_SHARED") or "../shared"

local loaded = {}

local function contract(name)
  if not loaded[name] then
    local path = SHARED .. "/contracts/" .. name .. ".json"
    loaded[name] = json.decode(support.read_file(path))
  end
  return loaded[name]
end

local function follow(doc, node)
  while node["$ref"] do
    local target = doc
    for part in node["$ref"]:gmatch("[^/#]+") do target = target[part] end
    node = target
  end
  return node
end

local KINDS = {
  string = function(v) return type(v) == "string" end,
  boolean = function(v) return type(v) == "boolean" end,
  integer = function(v) return math.type(v) == "integer" end,
  number = function(v) return type(v) == "number" end,
  object = function(v) return type(v) == "table" and v[1] == nil end,
  array = function(v)
    return type(v) == "table" and json.encode(v):find("^%[") ~= nil
  end,
  null = function(v) return v == json.null end,
}

local function kind_fits(schema, value)
  local kinds = schema.type
  if kinds == nil then return true end
  if type(kinds) == "string" then kinds = { kinds } end
  for _, kind in ipairs(kinds) do
    if KINDS[kind](value) then return true end
  end
  return schema.nullable == true and value == json.null
end

local function in_enum(schema, value)
  if not schema.enum or value == json.null then return true end
  for _, one in ipairs(schema.enum) do
    if one == value then return true end
  end
  return false
end

local validate

local function validate_members(doc, schema, value, at)
  for _, name in ipairs(schema.required or {}) do
    if value[name] == nil then return at .. "." .. name .. " is missing" end
  end
  for name, item in pairs(schema.properties or {}) do
    local wrong = value[name] ~= nil
      and validate(doc, item, value[name], at .. "." .. name)
    if wrong then return wrong end
  end
  return nil
end

local function any_fits(doc, choices, value, at)
  local last
  for _, choice in ipairs(choices) do
    last = validate(doc, choice, value, at)
    if not last then return nil end
  end
  return last
end

local function validate_parts(doc, schema, value, at)
  for _, part in ipairs(schema.allOf or {}) do
    local wrong = validate(doc, part, value, at)
    if wrong then return wrong end
  end
  local choices = schema.oneOf or schema.anyOf
  if choices then return any_fits(doc, choices, value, at) end
  return nil
end

-- What is wrong with value, nil when nothing is.
function validate(doc, schema, value, at)
  schema = follow(doc, schema)
  if schema.nullable and value == json.null then return nil end
  if not kind_fits(schema, value) then
    return at .. " is not " .. json.encode(schema.type)
  end
  if not in_enum(schema, value) then
    return at .. " is not one of " .. json.encode(schema.enum)
  end
  if type(value) == "table" and schema.items then
    for i, item in ipairs(value) do
      local wrong = validate(doc, schema.items, item, at .. "[" .. i .. "]")
      if wrong then return wrong end
    end
  elseif type(value) == "table" then
    local wrong = validate_members(doc, schema, value, at)
    if wrong then return wrong end
  end
  return validate_parts(doc, schema, value, at)
end

-- The path of the description that a template of lua/ means: equal but for
-- the names of the holes.
local function described(doc, template)
  local function shape(path) return (path:gsub("{[^}]+}", "{}")) end
  for path in pairs(doc.paths) do
    if shape(path) == shape(template) then return doc.paths[path] end
  end
  return nil
end

local function check_answer(name, method, template, response)
  local doc = contract(name)
  local path = described(doc, template)
  local operation = path and path[method:lower()]
  local what = method .. " " .. template
  if not operation then error(what .. " is not in the description", 0) end
  local declared = operation.responses[tostring(response.status)]
  -- described is where the answer is; the engine went there
  if response.status == 200 and operation.responses["302"]
    and not declared then
    return
  end
  if not declared then
    error(what .. ": status " .. response.status .. " is not declared", 0)
  end
  local content = follow(doc, declared).content or {}
  local kind = content["application/json"]
  if response.body == "" or not kind then return end
  local value = json.decode(response.body)
  local wrong = validate(doc, kind.schema or {}, value, "answer")
  if wrong then error(what .. ": " .. wrong, 0) end
end

local CONTRACTS = {
  fly = "fly-machines", github = "github", supabase = "supabase",
  chatwoot = "chatwoot",
}

-- Every answer of a session that belongs to a row is checked as it passes.
-- Gives the set of rows seen.
local function watch(rows)
  local plain, seen = http.request, {}
  http.request = function(r)
    local response = plain(r)
    local row = rows[r.row]
    if not row.document then
      check_answer(CONTRACTS[row.provider], row.method, row.path, response)
    end
    seen[r.row] = true
    return response
  end
  return seen
end

local function at(module, dotted)
  for name in dotted:gmatch("[^.]+") do module = module[name] end
  return module
end

-- What tests/contract/<provider>.lua sees.
local function bench(module)
  local function refused(name, args, status)
    local value, err = at(module.try, name)(args)
    if value ~= nil then error(name .. " was not refused", 0) end
    support.equal(err.status, status, name)
  end
  return setmetatable({
    call = function(name, args) return at(module, name)(args) end,
    refused = refused,
  }, { __index = _G })
end

for provider in pairs(CONTRACTS) do
  test(provider .. ": every row's answer is as described", function()
    local module, rows = require(provider), {}
    for _, row in ipairs(module.rows) do rows[row.name] = row end
    local seen = watch(rows)
    local file = "tests/contract/" .. provider .. ".lua"
    assert(loadfile(file, "t", bench(module)))()
    for name in pairs(rows) do
      if not seen[name] then error("not exercised: " .. name, 0) end
    end
  end)
end

test("the check of shapes finds what is wrong", function()
  local doc = { paths = {} }
  local schema = {
    type = "object", required = { "id" },
    properties = {
      id = { type = "integer" },
      tags = { type = "array", items = { type = "string", enum = { "a" } } },
    },
  }
  local function found(value) return validate(doc, schema, value, "x") end
  support.equal(found { id = 1, tags = { "a" } } == nil, true)
  support.equal(found { tags = {} }, "x.id is missing")
  support.equal(found { id = "1" }, 'x.id is not "integer"')
  support.equal(found { id = 1, tags = { "b" } },
    'x.tags[1] is not one of ["a"]')
end)

support.finish()
