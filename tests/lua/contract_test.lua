-- The requests of the providers and the simulators' answers against the
-- services' own OpenAPI descriptions, in plain Lua: the fast check.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local schema = require "schema"
local test = support.test

local SHARED = os.getenv("RUNPROOF_SHARED") or "../shared"

local CONTRACTS = {
  chatwoot = "chatwoot", fly = "fly-machines", github = "github",
  supabase = "supabase",
}
local ORDER = { "chatwoot", "fly", "github", "supabase" }

local function path_of(provider)
  return SHARED .. "/contracts/" .. CONTRACTS[provider] .. ".json"
end

-- They stand outside of this repository.
local NOT_RUN = 77
local function present()
  local file = io.open(path_of(ORDER[1]))
  if file then file:close() end
  return file ~= nil
end
if not present() then
  print("not run: no contracts in " .. SHARED .. "/contracts")
  os.exit(NOT_RUN)
end

local loaded = {}

local function contract(provider)
  loaded[provider] = loaded[provider]
    or json.decode(support.read_file(path_of(provider)))
  return loaded[provider]
end

-- --- operations --------------------------------------------------------------

local function shape(path)
  return (path:gsub("{[^}]+}", "{}"))
end

-- The operation that a row means, and its path: equal but for the names of
-- the holes.
local function described(doc, row)
  for path, item in pairs(doc.paths) do
    local operation = item[row.method:lower()]
    if operation and shape(path) == shape(row.path) then
      return operation, item
    end
  end
  return nil
end

local function declared_query(doc, operation, item)
  local known = {}
  for _, list in ipairs { operation.parameters or {}, item.parameters or {} } do
    for _, one in ipairs(list) do
      local parameter = schema.follow(doc, one)
      if parameter["in"] == "query" then known[parameter.name] = true end
    end
  end
  return known
end

-- Names that the description does not know are ignored by a service, and by a
-- mock of it.
local function check_request(doc, row, request)
  local operation, item = described(doc, row)
  local known = declared_query(doc, operation, item)
  local query = request.url:match("%?(.*)$") or ""
  for name in query:gmatch("([^&=]+)=") do
    if not known[name] then
      error("the description knows no query argument " .. name, 0)
    end
  end
  local body = schema.follow(doc, operation.requestBody or {})
  local kind = body.content and body.content["application/json"]
  if not request.json then return end
  if not body.content then error("the description knows no body", 0) end
  local name = kind
    and schema.unknown_member(doc, kind.schema or {}, request.json)
  if name then error("the description knows no member " .. name, 0) end
end

local function check_answer(doc, row, response)
  local operation = described(doc, row)
  local declared = operation.responses[tostring(response.status)]
  -- described is where the answer is; the engine went there
  if response.status == 200 and operation.responses["302"]
    and not declared then
    return
  end
  if not declared then
    error("status " .. response.status .. " is not declared", 0)
  end
  local content = schema.follow(doc, declared).content or {}
  local kind = content["application/json"]
  if not kind then return end
  if response.body == "" then error("the answer is empty", 0) end
  local wrong = schema.wrong(doc, kind.schema or {},
    json.decode(response.body), "answer")
  if wrong then error(wrong, 0) end
end

-- --- every call ----------------------------------------------------------------

-- Every request of a session that belongs to a row is checked as it passes,
-- and its answer. Gives the set of rows seen, and a line for each fault.
local function watch(provider, rows)
  local plain, doc, seen, faults = http.request, contract(provider), {}, {}
  local function note(row, check, subject)
    local ok, message = pcall(check, doc, row, subject)
    if ok then return end
    faults[#faults + 1] = ("%s: %s %s: %s"):format(row.name, row.method,
      row.path, message)
  end
  http.request = function(r)
    local response, row = plain(r), rows[r.row]
    seen[r.row] = true
    if row.document then return response end
    local there = described(doc, row) ~= nil
    if there == (row.undescribed ~= nil) then
      faults[#faults + 1] = row.name .. (there and ": is in the description"
        or ": is not in the description")
    elseif there then
      note(row, check_request, r)
      note(row, check_answer, response)
    end
    return response
  end
  return seen, faults
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

local function rows_of(module)
  local rows = {}
  for _, row in ipairs(module.rows) do rows[row.name] = row end
  for _, row in ipairs(module.catalogue()) do
    rows[row.name].undescribed = row.undescribed
  end
  return rows
end

for _, provider in ipairs(ORDER) do
  test(provider .. ": every call is as described", function()
    local module = require(provider)
    local rows = rows_of(module)
    local seen, faults = watch(provider, rows)
    local file = "tests/contract/" .. provider .. ".lua"
    local ok, message =
      pcall(assert(loadfile(file, "t", bench(module))))
    if not ok then faults[#faults + 1] = "the calls end early: " .. message end
    for _, row in ipairs(module.rows) do
      if ok and not seen[row.name] then
        faults[#faults + 1] = "not exercised: " .. row.name
      end
    end
    if #faults > 0 then error(table.concat(faults, "\n      "), 0) end
  end)
end

support.finish()
