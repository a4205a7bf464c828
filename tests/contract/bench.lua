-- The first block of the page that holds the providers to their services'
-- descriptions: what the calls of tests/contract/<provider>.lua go through.
-- Answers come from the servers of services.mjs.

local cloud = env.contract.cloud ~= "" and env.contract.cloud
local plain = http.request
local current -- the call under way: {row, requests, faults}

faults = {} -- a line each, of all providers

local function rows_of(module)
  local rows = {}
  for _, row in ipairs(module.catalogue()) do rows[row.name] = row end
  return rows
end

local function at(module, dotted)
  for name in dotted:gmatch("[^.]+") do module = module and module[name] end
  return module
end

-- --- what the servers say of a request and its answer --------------------------

local function add_fault(row, message)
  local line = ("%s: %s %s: %s"):format(row.name, row.method, row.path, message)
  for _, known in ipairs(faults) do
    if known == line then return end
  end
  faults[#faults + 1] = line
end

-- Samples are the description's own matter.
local function is_ours(violation)
  return violation.severity == "Error"
    and (cloud or violation.location[1] == "request")
end

local function note_violations(row, list)
  for _, violation in ipairs(list) do
    if is_ours(violation) then
      add_fault(row, table.concat(violation.location, ".") .. " " ..
        violation.message)
    elseif violation.message == "Selected route not found" then
      add_fault(row, "is not in the description")
    end
  end
end

local function note_header(row, text)
  local ok, list = pcall(json.decode, text)
  if ok then return note_violations(row, list) end
  add_fault(row, text) -- cut, being too long
end

-- Prism's own refusal: what is wrong with the request, or that no operation is
-- meant by it.
local function note_refusal(row, response)
  local kind = response.headers["content-type"] or ""
  if not kind:find("problem+json", 1, true) then return end
  local ok, problem = pcall(json.decode, response.body)
  if not ok then return end
  for _, violation in ipairs(problem.validation or {}) do
    violation.location = { "request", table.unpack(violation.location) }
  end
  note_violations(row, problem.validation or {})
  if not problem.validation then add_fault(row, problem.title) end
end

-- A sample of a further page would never be the last one.
local function emptied(value)
  if type(value) == "string" then return "" end
  if type(value) ~= "table" then return value end
  if value[1] ~= nil then return json.array {} end
  for key, item in pairs(value) do value[key] = emptied(item) end
  return value
end

local function last_page(response)
  local ok, body = pcall(json.decode, response.body)
  if not ok then return response end
  return {
    status = response.status, headers = {}, body = json.encode(emptied(body)),
  }
end

-- A sample's redirect leads to the real service, where nobody goes from here:
-- it is followed as far as that.
local function send(request)
  local ok, response = pcall(plain, request)
  if ok then return response end
  if cloud or not response:find("redirects there", 1, true) then
    error(response, 0)
  end
  return { status = 200, headers = {}, body = "" }
end

http.request = function(request)
  local response = send(request)
  if not current then return response end
  current.requests = current.requests + 1
  if not current.row.undescribed then
    local violations = response.headers["sl-violations"]
    if violations then note_header(current.row, violations) end
    note_refusal(current.row, response)
  end
  if cloud then return response end
  if current.requests > 1 then return last_page(response) end
  response.headers.link = nil -- a sample's leads to the real service
  return response
end

-- The cloud's clock is moved; samples know no time.
time.sleep = function(seconds)
  if not cloud then return end
  local response = plain {
    method = "POST", url = cloud .. "/_sandbox/clock",
    json = { seconds = seconds },
  }
  if response.status ~= 200 then fail("the cloud's clock does not move") end
end

-- --- what the calls use --------------------------------------------------------

-- Performs a call; gives what `try` gives.
local function perform(module, row, args)
  local before = #faults
  current = { row = row, requests = 0 }
  local done, value, err = pcall(at(module.try, row.short), args)
  current = nil
  if not done then
    add_fault(row, value)
    return nil, { status = 0, message = value }
  end
  return value, err, #faults > before
end

local function caller(module, rows, seen)
  return function(name, args)
    local row = rows[name]
    if not row then error("there is no call " .. name, 0) end
    seen[name] = true
    local value, err, told = perform(module, row, args)
    if err and not told and not (row.undescribed and not cloud) then
      add_fault(row, err.message)
    end
    return value
  end
end

local function refuser(module, rows)
  return function(name, args, status)
    local row = rows[name]
    if not row then error("there is no call " .. name, 0) end
    if not cloud then return end
    local _, err = perform(module, row, args)
    local have = err and err.status or "nothing"
    if have ~= status then
      add_fault(row, ("is refused with %s, not %d"):format(have, status))
    end
  end
end

--- Runs the calls of a provider; each row of it must be among them.
function exercise(name, calls)
  local module, rows, seen = _G[name], {}, {}
  for whole, row in pairs(rows_of(module)) do
    row.short = whole:sub(#name + 2)
    rows[row.short] = row
  end
  local ok, message = pcall(calls, caller(module, rows, seen),
    refuser(module, rows))
  if not ok then
    faults[#faults + 1] = name .. ": the calls end early: " .. tostring(message)
  end
  local count = 0
  for short, row in pairs(rows) do
    count = count + 1
    if ok and not seen[short] then add_fault(row, "is not called") end
  end
  print(("%s: %d calls"):format(name, count))
end

--- Every provider has been exercised, and nothing was wrong.
function verdict(exercised)
  local done = {}
  for _, name in ipairs(exercised) do done[name] = true end
  for name, module in pairs(_G) do
    if type(module) == "table" and rawget(module, "catalogue")
      and not done[name] then
      faults[#faults + 1] = name .. ": there is no tests/contract/" .. name ..
        ".lua"
    end
  end
  for _, line in ipairs(faults) do print((line:gsub("%s+", " "))) end
  if #faults > 0 then fail(#faults .. " faults") end
end
