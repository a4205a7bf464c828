-- Predicts, in a plan, what changes would answer, and what reads would show
-- after them: live answers, patched.
--
-- The engine asks this of every change, and of every read that comes after
-- one. A prediction may need live answers itself: then the engine is told
-- which, reads it, and asks the same again, with all answers so far. So this
-- module has no state but the patches of the changes that were predicted to
-- their end, and the number of the last hole.

local provider = require "provider"
local copy = require "provider/copy"

-- A hole stands for what only the service knows. As a text it is rp-hole-7; as
-- a number this and 7, which no service gives and a double holds exactly.
local NUMBERS = 9007199254000000

local NEED, STOP, REFUSED = {}, {}, {} -- what errors carry that are none

local patches = {} -- in the order of the changes
local holes = 0
local current -- the question that is being answered

-- --- rows and their arguments --------------------------------------------------

local function row_of(name)
  local space, short = name:match("^([^.]+)%.(.+)$")
  local known = provider.known[space or ""]
  local row = known and known.rows[short]
  if not row then return nil end
  return row(), known.spec
end

local function split(text, separator)
  local parts = {}
  for part in (text .. separator):gmatch("(.-)" .. separator) do
    parts[#parts + 1] = part
  end
  return parts
end

-- How many parts of the row's path stand in a URL's word for word; nil when it
-- is another path.
local function likeness(spec, row, url)
  local found, base = pcall(provider.base_of, spec, row)
  if not found or url:sub(1, #base) ~= base then return nil end
  local have, same = split(url:sub(#base + 1):match("^[^?]*"), "/"), 0
  local want = split(row.path, "/")
  if #have ~= #want then return nil end
  for i, part in ipairs(want) do
    local hole = part:match("^{[%w_]+}$")
    if part == have[i] then
      same = same + 1
    elseif not hole or have[i] == "" then
      return nil
    end
  end
  return same
end

-- The row that a request made by hand could have been made by.
local function row_like(request)
  local best, row_found, spec_found = -1, nil, nil
  for _, known in pairs(provider.known) do
    for _, compiled in pairs(known.rows) do
      local row = compiled()
      local same = not row.document and row.method == request.method
        and likeness(known.spec, row, request.url)
      if same and same > best then
        best, row_found, spec_found = same, row, known.spec
      end
    end
  end
  return row_found, spec_found
end

local function row_for(request)
  if request.row then return row_of(request.row) end
  return row_like(request)
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end))
end

-- What the row says of an argument's type, so that "7" of a path is the 7 that
-- the caller gave.
local function typed(row, name, text)
  for _, line in ipairs(row.args or {}) do
    local kind = line:match("^" .. name .. "%??: (%w+)")
    if kind == "integer" or kind == "number" then
      return math.tointeger(tonumber(text)) or text
    end
    if kind == "boolean" then return text == "true" end
  end
  return text
end

local function take_path(row, path, args)
  local have = split(path, "/")
  for i, part in ipairs(split(row.path, "/")) do
    local name = part:match("^{([%w_]+)}$")
    if name and have[i] then
      args[name] = typed(row, name, unescape(have[i]))
    end
  end
end

local function take_query(row, query, args)
  for name, value in query:gmatch("([^&=]+)=([^&]*)") do
    local text = typed(row, name, unescape(value))
    if args[name] == nil then
      args[name] = text
    else
      if type(args[name]) ~= "table" then args[name] = { args[name] } end
      table.insert(args[name], text)
    end
  end
end

-- The arguments that a request was built from.
local function arguments_of(row, spec, request)
  local args = {}
  local base = provider.base_of(spec, row)
  local path, query = request.url:sub(#base + 1):match("^([^?]*)%??(.*)$")
  local body = request.json
  if row.document then body = type(body) == "table" and body.variables end
  if row.body then
    args[row.body] = body
  elseif type(body) == "table" then
    for name, value in pairs(body) do args[name] = value end
  end
  take_query(row, query, args)
  for name, value in pairs(request.query or {}) do args[name] = value end
  take_path(row, path, args)
  for name, header in pairs(row.headers or {}) do
    args[name] = (request.headers or {})[header]
  end
  return args
end

-- --- answers and the values in them ----------------------------------------------

local function decoded(response)
  local body = response.body
  if type(body) ~= "string" or body == "" then return body end
  local ok, value = pcall(json.decode, body)
  if ok then return value end
  return body
end

local function members(row)
  local dotted = {}
  if row.document then dotted[1] = "data" end
  for name in (row.items or ""):gmatch("[^.]+") do
    dotted[#dotted + 1] = name
  end
  return dotted
end

-- The part of the body that is the row's value.
local function inside(row, body)
  for _, name in ipairs(members(row)) do
    if type(body) ~= "table" then return nil end
    body = body[name]
  end
  if body == json.null then return nil end
  return body
end

local function put_inside(row, body, value)
  local names = members(row)
  if #names == 0 then return value end
  if type(body) ~= "table" then body = {} end
  local at = body
  for i = 1, #names - 1 do
    if type(at[names[i]]) ~= "table" then at[names[i]] = {} end
    at = at[names[i]]
  end
  at[names[#names]] = value
  return body
end

-- A list that says how long it is does so after the patch, too.
local function recount(body, before, after)
  if type(body) ~= "table" or type(before) ~= "table" then return end
  if math.type(body.total_count) ~= "integer" then return end
  body.total_count = body.total_count + #after - #before
end

local NOT_FOUND = { status = 404, headers = {
  ["content-type"] = "application/json" }, body = '{"message":"Not Found"}' }

-- The metatable of a response that is given instead of the row's value.
local RESPONSE = {}

local function respond(status, body)
  return setmetatable({
    status = status, headers = { ["content-type"] = "application/json" },
    body = body and json.encode(body) or "",
  }, RESPONSE)
end

local function with_value(row, response, value, before)
  if value == nil and not row.document then return NOT_FOUND end
  local body = copy(response and decoded(response))
  body = put_inside(row, body, value == nil and json.null or value)
  if row.items then recount(body, before, value) end
  local out = {
    status = response and response.status < 400 and response.status
      or row.ok and row.ok[1] or 200,
    headers = response and response.headers
      or { ["content-type"] = "application/json" },
  }
  local plain = response == nil or type(response.body) == "string"
  out.body = plain and type(body) == "table" and json.encode(body) or body
  return out
end

-- --- reads -----------------------------------------------------------------------

local function names_hole(value)
  if type(value) == "string" then
    return value:find("rp%-hole%-[1-9]") ~= nil -- not the run's own id
      or value:find("9007199254%d%d%d%d%d%d") ~= nil
  end
  if math.type(value) == "integer" then
    return value > NUMBERS and value < NUMBERS + 1000000
  end
  if type(value) ~= "table" then return false end
  for key, item in pairs(value) do
    if names_hole(key) or names_hole(item) then return true end
  end
  return false
end

local function asks_unknown(request)
  return names_hole(request.url) or names_hole(request.query)
    or names_hole(request.json) or names_hole(request.body)
end

local function stop(why)
  current.stop = current.stop or why
  error(STOP)
end

-- The next live answer that this question is given, or the need of it.
local function live(request)
  current.asked = current.asked + 1
  local known = current.known[current.asked]
  if known then return known end
  current.need = current.need or request
  error(NEED)
end

local function same(a, b)
  return tostring(a) == tostring(b)
end

local function applies(patch, row, args)
  if patch.row ~= row.name then return false end
  for name, value in pairs(patch.scope) do
    if not same(args[name], value) then return false end
  end
  return true
end

local function relevant(row, args)
  local list = {}
  for _, all in ipairs { patches, current.patches } do
    for _, patch in ipairs(all) do
      if patch.row and applies(patch, row, args) then
        list[#list + 1] = patch
      end
    end
  end
  return list
end

-- Whether the row shows a part of a thing that was changed, and nobody has told
-- what becomes of the part.
local function is_below(row, args)
  for _, all in ipairs { patches, current.patches } do
    for _, patch in ipairs(all) do
      local under = patch.under and patch.under .. "/"
      if under and row.path:sub(1, #under) == under
        and not patch.keeps[row.name]
        and applies({ row = row.name, scope = patch.scope }, row, args) then
        return true
      end
    end
  end
  return false
end

local function instead_of(list)
  for _, patch in ipairs(list) do
    if patch.instead then return true end
  end
  return false
end

-- A read of a row as it would be answered after the changes so far; nil when
-- none of them touches it.
local function patched(row, request, args)
  local list = relevant(row, args)
  local unknown = asks_unknown(request)
  if #list == 0 and unknown then
    stop("not predicted: nothing tells what " .. row.name ..
      " would answer about what is not there yet")
  end
  if #list == 0 and is_below(row, args) then
    stop("not predicted: " .. row.name .. " may show what was changed")
  end
  if #list == 0 then return nil end
  local response
  if not unknown and not instead_of(list) then response = live(request) end
  local status = response and response.status or 404
  if status >= 400 and status ~= 404 then return response end
  local value = status ~= 404 and inside(row, decoded(response)) or nil
  local before = value
  local given
  for _, patch in ipairs(list) do
    value, given = patch.fn(copy(value), args), nil
    if getmetatable(value) == RESPONSE then value, given = nil, value end
  end
  return given or with_value(row, response, value, before)
end

-- What a page of an app's own would answer.
local function patched_site(request)
  local host = request.url:match("^https?://([^/:?#]+)")
  local response
  for _, patch in ipairs(patches) do
    if patch.host and patch.host == host then
      response = patch.fn(response or live(request), request)
    end
  end
  if not response and asks_unknown(request) then
    stop("not predicted: it asks for what is not there yet")
  end
  return response
end

-- --- what a prediction is made with ------------------------------------------------

--- A change, for its row's `predict`.
--- @class overlay.change
--- @field args table as the caller gave them, those of the path too
--- @field now number s
--- @field object? string what is changed, for people
--- @field before? any of it, for people
--- @field after? any
local change = {}
change.__index = change

--- What only the service knows, as a text.
--- @return string
function change.hole()
  holes = holes + 1
  return "rp-hole-" .. holes
end

--- The same as an integer.
--- @return integer
function change.number()
  holes = holes + 1
  return NUMBERS + holes
end

--- When it happens, as a service writes times.
--- @return string
function change:iso()
  return time.iso(self.now)
end

--- Ends the prediction: nobody can tell.
--- @param why string
function change.stop(_, why)
  stop(why)
end

--- Ends the prediction: the service refuses the change.
--- @param status integer
--- @param message string in its words
function change.refuse(_, status, message)
  current.refused = respond(status, { message = message })
  error(REFUSED)
end

--- What a patch or a prediction gives instead of a value: a response.
--- @param status integer
--- @param body table
--- @return table
function change.respond(_, status, body)
  return respond(status, body)
end

--- The same without a body.
--- @param status integer
--- @return table
function change.empty(_, status)
  return respond(status, nil)
end

--- A read of the same provider as it would be answered before this change, nil
--- when it does not exist.
--- @param name string of the row, without the provider
--- @param args table
--- @return any
function change:get(name, args)
  local row, spec = row_of(self.spec.name .. "." .. name)
  local auth = spec.auth
  auth.handles = auth.handles or {}
  auth.handles[row.secret or auth.secret] =
    (self.request.headers or {})[auth.header]
  local request = provider.build(spec, row, provider.sized(row, args))
  local given = arguments_of(row, spec, request)
  local response = patched(row, request, given)
    or live(request)
  if response.status == 404 then return nil end
  if response.status >= 400 then
    self:stop(("%s %s: %d"):format(request.method, request.url,
      response.status))
  end
  local value = copy(inside(row, decoded(response)))
  if row.result and value ~= nil then return row.result(value) end
  return value
end

--- Patches the answers of a row: fn is given the value in the live one (nil:
--- not found) and the read's arguments, and gives the value afterwards (nil: not
--- found). The arguments of the change's path count for those of the read's that
--- are called alike, and so does scope. instead: it is not read live.
--- @param name string of the row, without the provider
--- @param scope table<string,any>
--- @param fn fun(value:any, args:table):any
--- @param instead? boolean
function change:patch(name, scope, fn, instead)
  local row = row_of(self.spec.name .. "." .. name)
  local all = {}
  for part in row.path:gmatch("{([%w_]+)}") do
    if self.row.path:find("{" .. part .. "}", 1, true) then
      all[part] = self.args[part]
    end
  end
  for key, value in pairs(scope) do all[key] = value end
  table.insert(current.patches, {
    row = row.name, scope = all, fn = fn, instead = instead,
  })
end

--- Patches what a site answers: fn is given the live response.
--- @param host string
--- @param fn fun(response:table, request:table):table
function change.site(_, host, fn)
  table.insert(current.patches, { host = host, fn = fn })
end

--- Where one kind of things is shown.
--- @class overlay.kind
--- @field one? string the row that shows one
--- @field all? string the row that lists them
--- @field key string its member that names it
--- @field arg? string the argument of `one` that names it, default key
--- @field last? boolean new ones come last in the list
--- @field fits? fun(thing:table, args:table):boolean whether a list shows it
--- @field scope? table<string,any> arguments that the reads must have
--- @field below? string[] rows whose path begins with that of `one`, and which
---   a change of the thing does not touch; others stop the prediction, unless
---   they are patched
--- @field shown? string[] the members that people are told of, default all

-- What stands below the thing that was just patched is not known any more.
local function guard(self, kind)
  local one = current.patches[#current.patches]
  local keeps = {}
  for _, name in ipairs(kind.below or {}) do
    keeps[self.spec.name .. "." .. name] = true
  end
  local row = row_of(one.row)
  table.insert(current.patches, {
    under = row.path, scope = one.scope, keeps = keeps,
  })
end

local function is_first_page(args)
  return not args.cursor and (not args.page or args.page == 1)
    and (not args.offset or args.offset == 0)
end

local function add_to(kind, list, thing, args)
  if not thing or not is_first_page(args) then return end
  if kind.fits and not kind.fits(thing, args) then return end
  table.insert(list, kind.last and #list + 1 or 1, thing)
end

--- Patches whatever shows one thing: fn is given it as it is (nil: it does not
--- exist) and gives what it becomes (nil: it is gone).
--- whole, if it is known what it becomes, is what lists show that did not
--- show it before.
--- @param kind overlay.kind
--- @param key any
--- @param fn fun(thing:table|nil):table|nil
--- @param whole? table
function change:set(kind, key, fn, whole)
  if kind.one then
    local scope = copy(kind.scope or {})
    scope[kind.arg or kind.key] = key
    self:patch(kind.one, scope, fn)
    guard(self, kind)
  end
  if not kind.all then return end
  self:patch(kind.all, kind.scope or {}, function(list, args)
    local out, found = json.array {}, false
    for _, thing in ipairs(list or {}) do
      local is_it = same(thing[kind.key], key)
      found = found or is_it
      if is_it then thing = fn(thing) end
      local shown = thing ~= nil
        and (not is_it or not kind.fits or kind.fits(thing, args))
      if shown then out[#out + 1] = thing end
    end
    if not found then add_to(kind, out, fn(nil) or copy(whole), args) end
    return out
  end)
end

--- The same for a thing that can be read alone: tells people what it was and
--- what it becomes, which is given, too.
--- @param kind overlay.kind
--- @param key any
--- @param fn fun(thing:table|nil):table|nil
--- @param args? table what else `one` takes
--- @return table|nil
function change:edit(kind, key, fn, args)
  local asked = { [kind.arg or kind.key] = key }
  local row = row_of(self.spec.name .. "." .. kind.one)
  for part in row.path:gmatch("{([%w_]+)}") do
    if asked[part] == nil then asked[part] = self.args[part] end
  end
  for name, value in pairs(args or {}) do asked[name] = value end
  local before = self:get(kind.one, asked)
  local after = fn(copy(before))
  self:set(kind, key, fn, kind.fits and after)
  self:show(kind, before, after)
  return copy(after)
end

--- What people are told of a thing before and after.
--- @param kind overlay.kind
--- @param before table|nil
--- @param after table|nil
function change:show(kind, before, after)
  local function picked(thing)
    if not kind.shown or thing == nil then return thing end
    local out = {}
    for _, name in ipairs(kind.shown) do out[name] = thing[name] end
    return out
  end
  self.before, self.after = picked(before), picked(after)
end

--- A response of the row that holds value.
local function answer_of(row, value)
  if getmetatable(value) == RESPONSE then return value end
  if value == nil then
    return { status = row.ok and row.ok[1] or 204, headers = {}, body = "" }
  end
  return with_value(row, nil, value)
end

-- --- the questions of the engine -----------------------------------------------------

local predictions = {}
for name, known in pairs(provider.known) do
  if known.spec.predictions then
    predictions[name] = require(known.spec.predictions)
  end
end

local function prediction_of(row, spec)
  return row.predict or (predictions[spec.name] or {})[row.short]
end

local function predict(request)
  local row, spec = row_for(request)
  local by = row and prediction_of(row, spec)
  if not by then stop("prediction stops here") end
  local p = setmetatable({
    row = row, spec = spec, request = request, now = current.now,
    args = arguments_of(row, spec, request),
  }, change)
  local value = by(p)
  if not p.object then
    p.object = p.request.method .. " " .. p.request.url
  end
  return {
    answer = answer_of(row, value), object = p.object, before = p.before,
    after = p.after,
  }
end

local function read(request)
  local row, spec = row_for(request)
  local response
  if row then
    response = patched(row, request, arguments_of(row, spec, request))
  else
    response = patched_site(request)
  end
  return response and { answer = response } or { pass = true }
end

--- Answers the engine: {change = a change is asked for, else a read, request,
--- known = the live answers so far}. Gives {need = a request to be read live},
--- {stop = why nobody can tell}, {pass = true} for a read that no change
--- touches, or {answer = response, object, before, after}; a change that is
--- refused has an answer alone.
return function(question, now_ms)
  local ask = {
    known = question.known or {}, asked = 0, patches = {},
    now = math.floor(now_ms / 1000),
  }
  current = ask
  local last = holes
  local ok, reply =
    pcall(question.change and predict or read, question.request)
  if ok and not ask.need and not ask.stop then
    for _, patch in ipairs(ask.patches) do patches[#patches + 1] = patch end
    return reply
  end
  holes = last
  if ask.refused and not ask.need and not ask.stop then
    return { answer = ask.refused }
  end
  if ask.need then return { need = ask.need } end
  return { stop = ask.stop or tostring(reply) }
end
