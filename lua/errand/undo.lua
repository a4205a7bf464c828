-- Takes back what a failed step changed, the newest change first.
--
-- A provider's `undos` name, by the row, how a change is taken back:
-- {of = f(change) or text, call = f(change)}, or in a text why it cannot be.
-- `of` tells which thing was set: of several changes of one thing the oldest
-- alone is taken back, for it knows how the thing was. `call` gives
-- {row, arguments, after = f(answer)}, or nil and a word on why nothing is
-- called.

local provider = require "provider"
local answers = require "provider/answer"
local columns = require "provider/columns"

--- A change from the journal, as an undo sees it.
--- @class undo.change
--- @field args table as the row was called
--- @field answer any what the row gave
--- @field status integer of the answer
--- @field before any what the row's `before` gave, nil when it is not known
--- @field get fun(name:string, args:table):any reads

local undos = {}
for name, known in pairs(provider.known) do
  local of = known.spec.undos and require(known.spec.undos) or {}
  for short, entry in pairs(of) do undos[name .. "." .. short] = entry end
end

-- --- changes as calls of rows ------------------------------------------------

local function plain(text)
  return (text:gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end))
end

local function path_args(row, path, args)
  local names = {}
  local pattern = row.path:gsub("[%^%$%(%)%.%[%]%*%+%-%?%%]", "%%%0")
    :gsub("{([%w_]+)}", function(name)
      names[#names + 1] = name
      return "([^/]+)"
    end)
  local found = { path:match("^" .. pattern .. "$") }
  for i, name in ipairs(names) do
    args[name] = found[i] and plain(found[i])
  end
end

local function query_args(query, args)
  for name, value in query:gmatch("([^&=]+)=([^&]*)") do
    args[name] = plain(value)
  end
end

local function body_args(row, body, args)
  if row.document then body = body and body.variables end
  if row.body then
    args[row.body] = body
  elseif not row.parts and type(body) == "table" then
    for name, value in pairs(body) do args[name] = value end
  end
end

-- What the row was called with to make this request.
local function arguments(known, row, request)
  local args = {}
  local base = provider.base_of(known.spec, row)
  local path, query = request.url:sub(#base + 1):match("^([^?]*)%??(.*)$")
  path_args(row, path, args)
  query_args(query, args)
  for name, header in pairs(row.headers or {}) do
    args[name] = (request.headers or {})[header]
  end
  body_args(row, request.json, args)
  return args
end

local function value_of(row, response)
  local answer = response and answers.read(row, response)
  if not answer or answer.body == nil then return nil end
  return provider.pick(row, answer.body)
end

local function parts_of(name)
  return name:match("^([^.]+)%.(.+)$")
end

-- One change of the journal with all that its undo needs; nil for a row that
-- is not known any more.
local function understood(raw)
  local space, short = parts_of(raw.row)
  local known = provider.known[space]
  if not known or not known.rows[short] then return nil end
  local row = known.rows[short]()
  local change = {
    row = row, known = known, get = known.get,
    args = arguments(known, row, raw.request),
    answer = value_of(row, raw.answer), status = raw.answer.status,
  }
  if raw.before and row.before then
    change.before = value_of(known.rows[row.before](), raw.before)
  end
  return change
end

-- "github.variables.update COLOUR": without what every call of it has.
local COMMON = { owner = true, repo = true }

local function words(raw, change)
  local text = raw.row
  if not change then return text end
  for name in change.row.path:gmatch("{([%w_]+)}") do
    local value = change.args[name]
    if value and not COMMON[name] then text = text .. " " .. value end
  end
  local name = change.args.name or change.args.title
  if type(name) == "string" and not change.row.path:find("{name}", 1, true) then
    text = text .. " " .. name
  end
  return text
end

local function way_of(raw, change)
  local entry = change and undos[raw.row]
  if type(entry) == "table" then return entry end
  return nil, entry or "nobody has said how it is taken back"
end

-- --- before a person is asked ------------------------------------------------

local undo = {}

--- What of changes, the newest first, can be taken back.
--- @param changes table[]
--- @return table[] {what, why}; why is there for those that cannot
function undo.list(changes)
  local list = json.array {}
  for i, raw in ipairs(changes) do
    local change = understood(raw)
    local _, why = way_of(raw, change)
    list[i] = { what = words(raw, change), why = why }
  end
  return list
end

-- --- taking back -------------------------------------------------------------

local undone_row = columns("change", "taken back")

local function thing(raw, change, entry)
  local of = entry.of
  if type(of) == "function" then of = of(change) end
  if not of then return nil end
  local text = parts_of(raw.row) .. " " .. of
  for name in change.row.path:gmatch("{([%w_]+)}") do
    text = text .. " " .. tostring(change.args[name])
  end
  return text
end

-- The undos of what is to be taken back, the newest change first.
local function plan(changes)
  local list, oldest = {}, {}
  for i, raw in ipairs(changes) do
    local change = understood(raw)
    local entry, why = way_of(raw, change)
    local of = entry and thing(raw, change, entry)
    local one = { change = change, what = words(raw, change), entry = entry,
      why = why }
    list[i] = one
    if of and oldest[of] then oldest[of].older = one.what end
    if of then oldest[of] = one end
  end
  return list
end

-- What is to go is gone, by a request of before a crash or by somebody else.
local function is_gone(one, name, err)
  return one.change.known.rows[name]().method == "DELETE"
    and (err.status == 404 or err.status == 410)
end

-- A word on what was done, and whether it was.
local function take_back(one)
  local call, why = one.entry.call(one.change)
  if not call then return why, true end
  local answer, err = one.change.known.try(call[1], call[2])
  if err and is_gone(one, call[1], err) then return "it is gone", true end
  if err then return err.message, false end
  if call.after then
    local fine, wrong = pcall(call.after, answer)
    if not fine then return "yes, but " .. tostring(wrong), false end
  end
  return "yes: " .. call[1], true
end

local function outcome(one)
  if one.older then return "with the older change of the same", true end
  if not one.entry then return "no: " .. one.why, nil end
  local ok, said, done = pcall(take_back, one)
  if not ok then said, done = tostring(said), false end
  if not done then return "NOT: " .. said, false end
  return said, true
end

--- Takes back all that can be, goes on after one that fails, and fails itself
--- then.
--- @param changes table[]
function undo.perform(changes)
  local rows, done, failed, left = {}, 0, 0, 0
  for i, one in ipairs(plan(changes)) do
    local said, fine = outcome(one)
    rows[i] = undone_row { change = one.what, ["taken back"] = said }
    if fine then done = done + 1
    elseif fine == nil then left = left + 1
    else failed = failed + 1 end
  end
  evidence.table(rows, { "change", "taken back" },
    "Taken back, the newest change first")
  local text = ("%d of %d changes"):format(done, #rows)
  if left > 0 then text = text .. (", %d cannot be"):format(left) end
  print(text)
  if failed > 0 then
    fail(("%d of %d changes could not be taken back: look at them"):format(
      failed, #rows), { final = true })
  end
end

return undo
