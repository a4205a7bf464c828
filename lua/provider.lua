-- Turns a table of API rows into functions: one row is one remote call.

local answers = require "provider/answer"
local multipart = require "provider/multipart"

--- Every provider that was defined, by its name: {spec, rows, get, try}, for
--- the overlay of a plan and the undo of a step.
local provider = { known = {} }

--- One call of a provider's API. Positional: name, method, path template.
--- @class provider.row
--- @field [1] string dotted name below the provider: "machines.list"
--- @field [2] string HTTP method
--- @field [3] string path template; `{x}` is filled from the arguments
--- @field doc string what it does
--- @field link string where the service documents it
--- @field args? string[] its arguments, "name?: type what it is"; those of the path need no line
--- @field gives? string type of the answer, default table
--- @field effect? "read"|"remote" default: by method; a POST that reads says so
--- @field idempotent? boolean default: by method; doing it twice equals once
--- @field ok? integer[] accepted statuses, default every 2xx
--- @field headers? table<string,string> argument name to request header
--- @field preset? table<string,any> arguments the caller may leave out
--- @field query? string[] arguments of a change that travel in the query
--- @field body? string the argument that is the whole body
--- @field empty? boolean without arguments the body is an empty object
--- @field parts? fun(body:table):multipart.part[] the body as a form's parts
--- @field notes? string[] arguments for the probe alone, not sent
--- @field accept_gone? boolean 404 means: it was already done
--- @field public? boolean sent without the secret
--- @field secret? string another secret than the provider's, for this call
--- @field raw? boolean the answer is bytes, not JSON
--- @field page? "link"|"cursor"|"number"|"offset" how the lists of all pages
---   are joined; an argument that asks for one page gets that one
--- @field page_size? integer of "number" and "offset": a shorter page is the last
--- @field size? string the argument for another page_size; always sent
--- @field items? string member of the answer that holds the list, dotted
--- @field document? string GraphQL document; the arguments are its variables
--- @field at? string another API of the provider, with its base in `bases`
--- @field secret_fields? string[] members of the answer that are secrets
--- @field timeout_s? integer for calls that block by design
--- @field hints? table<integer,string> status to what to do about it
--- @field result? fun(body:any):any picks the useful part of the answer
--- @field probe? fun(args:table, get:fun(name:string, args:table):any):any
---   asked after a crash, reads only: the answer the lost change would have
---   given, or nil when it did not happen
--- @field before? string of a change: the read, with its arguments, that tells
---   how it is now; done just before the change, for its undo
--- @field predict? fun(p:overlay.change):any what it would answer, and what
---   reads would show afterwards; see provider/overlay.lua. Most stand in the module
---   that the provider names in `predictions`
--- @field doubt? string without a probe: where a person sees whether a change
---   happened whose answer a crash lost
--- @field undescribed? string why the service's own description lacks the call

--- @class provider.spec
--- @field name string
--- @field base? string default base URL; `env[name].base` overrides it
--- @field bases? table<string,string> of its further APIs, by their name;
---   `env[that name].base` overrides
--- @field auth {secret:string, header:string, scheme:string}
--- @field hosts? string[] "https://host": beside the bases, where the secret may
---   go; `env[name].hosts` overrides
--- @field headers? table<string,string> sent with every request
--- @field defaults? fun(settings:table):table arguments taken from `env[name]`
--- @field cursor? {arg:string, header?:string, member?:string} of page = "cursor"
--- @field limits? {at_once?:integer, per_second?:number} what the service
---   bears; `env[name].limits` overrides it, as {} to have none
--- @field undos? string module that tells, by the row's name, how a change is
---   taken back, or why it cannot be; see errand/undo.lua. Loaded when it is needed
--- @field predictions? string module with the rows' `predict`, by their names;
---   loaded by plans alone
--- @field rows provider.row[]

local READS = { GET = true, HEAD = true }
local REPEATABLE = { GET = true, HEAD = true, PUT = true, DELETE = true }

local MAX_PAGES = 100

local function settings_of(name)
  return env and env[name] or {}
end

local function base_of(spec, row)
  local default = row.at and spec.bases[row.at] or spec.base
  local base = settings_of(row.at or spec.name).base or default
  if not base then
    error(spec.name .. ": no base URL: set " .. spec.name ..
      ".base in this environment of runproof.yaml", 0)
  end
  return (base:gsub("/+$", ""))
end
provider.base_of = base_of

--- Percent-encodes everything but the unreserved characters of RFC 3986.
--- @param value string|number|boolean
--- @return string
function provider.escape(value)
  return (tostring(value):gsub("[^%w%-%._~]", function(c)
    return ("%%%02X"):format(c:byte())
  end))
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function query_string(args)
  local parts = {}
  for _, key in ipairs(sorted_keys(args)) do
    local value = args[key]
    local values = type(value) == "table" and value or { value }
    for _, one in ipairs(values) do
      parts[#parts + 1] = key .. "=" .. provider.escape(one)
    end
  end
  if #parts == 0 then return "" end
  return "?" .. table.concat(parts, "&")
end

-- arguments leaves out the notes; fill_path, take_headers and take_query each
-- remove what they use from args;
-- the rest is the body of a change.
local function fill_path(row, args)
  return (row.path:gsub("{([%w_]+)}", function(name)
    local value = args[name]
    if value == nil or value == "" then
      error(row.name .. ": argument '" .. name .. "' is missing", 0)
    end
    args[name] = nil
    return provider.escape(value)
  end))
end

-- The token's handle, fetched by the first call that needs it.
local function credential(spec, row)
  local auth, name = spec.auth, row.secret or spec.auth.secret
  auth.handles = auth.handles or {}
  auth.handles[name] = auth.handles[name]
    or secret.template(auth.scheme, secret.get(name))
  return auth.handles[name]
end

local function take_headers(spec, row, args)
  local headers = {}
  for name, value in pairs(spec.headers or {}) do headers[name] = value end
  for arg, header in pairs(row.headers or {}) do
    headers[header] = args[arg]
    args[arg] = nil
  end
  if not row.public then headers[spec.auth.header] = credential(spec, row) end
  return headers
end

local function take_query(row, args)
  if READS[row.method] then return args, nil end
  local query = {}
  for _, name in ipairs(row.query or {}) do
    query[name] = args[name]
    args[name] = nil
  end
  if row.body then return query, args[row.body] end
  return query, (next(args) ~= nil or row.empty) and args or nil
end

-- What a row takes, by name: whether it must be given. Read once, when the
-- row is first called.
local function known_arguments(row)
  if row.known then return row.known end
  row.known = {}
  for name in row.path:gmatch("{([%w_]+)}") do row.known[name] = false end
  for _, line in ipairs(row.args or {}) do
    local name, optional = line:match("^([%w_]+)(%??):")
    row.known[name] = optional == "" and row.known[name] == nil
  end
  return row.known
end

local function table_of(row, args)
  if args == nil then return {} end
  if type(args) == "table" then return args end
  error(("%s takes named arguments, as in %s { %s = … }, not a %s"):format(
    row.name, row.name, sorted_keys(known_arguments(row))[1] or "name",
    type(args)), 0)
end

local function check_arguments(row, args)
  local known = known_arguments(row)
  for name in pairs(args) do
    if known[name] == nil then
      error(("%s: there is no argument '%s'; it takes: %s"):format(row.name,
        tostring(name), table.concat(sorted_keys(known), ", ")), 0)
    end
  end
  for name, needed in pairs(known) do
    if needed and args[name] == nil then
      error(row.name .. ": argument '" .. name .. "' is missing", 0)
    end
  end
end

-- A copy of the caller's arguments; those the path needs and the caller left
-- out come from the environment, others from the row.
local function arguments(spec, row, args)
  local all = {}
  for key, value in pairs(table_of(row, args)) do all[key] = value end
  check_arguments(row, all)
  local defaults = spec.defaults and spec.defaults(settings_of(spec.name)) or {}
  for name in row.path:gmatch("{([%w_]+)}") do
    if all[name] == nil then all[name] = defaults[name] end
  end
  for name, value in pairs(row.preset or {}) do
    if all[name] == nil then all[name] = value end
  end
  for _, name in ipairs(row.notes or {}) do all[name] = nil end
  return all
end

local function build(spec, row, args)
  local rest = arguments(spec, row, args)
  local url = base_of(spec, row) .. fill_path(row, rest)
  local headers = take_headers(spec, row, rest)
  local query, body = take_query(row, rest)
  if row.document then
    body = { query = row.document, variables = rest }
  end
  local request = {
    method = row.method,
    url = url .. query_string(query),
    headers = headers,
    timeout = row.timeout_s,
    row = row.name,
  }
  if row.parts then
    request.body, headers["Content-Type"] = multipart(row.parts(body or {}))
  else
    request.json = body
  end
  return request
end
provider.build = build

--- What `try` gives for an answer that is not accepted.
--- @class provider.failure
--- @field status integer
--- @field message string one line: what failed, what to do

-- One request and its decoded answer; nil and a provider.failure when the
-- service did not do it.
local function exchange(row, request)
  return answers.read(row, http.request(request))
end

-- --- pages -------------------------------------------------------------------

local function member(value, dotted)
  for name in dotted:gmatch("[^.]+") do
    if type(value) ~= "table" then return nil end
    value = value[name]
  end
  return value
end

local function items_of(row, body)
  local items = body
  if row.items then items = member(body, row.items) end
  return type(items) == "table" and items or {}
end

-- RFC 8288: <url>; rel="next". Followed verbatim, but never to another host:
-- the token goes along.
local function next_link(spec, row, response)
  local header = answers.header(response, "link") or ""
  for url, rest in header:gmatch("<([^>]*)>([^,]*)") do
    if rest:find('rel="?next"?') then
      local origin = base_of(spec, row):match("^%a+://[^/]+")
      if url:sub(1, #origin + 1) ~= origin .. "/" then
        error(row.name .. ": the next page is on another host: " .. url, 0)
      end
      return url
    end
  end
  return nil
end

-- How the next page is asked for, by the row's `page`: gives a request, or nil
-- behind the last one. at: {spec, row, args, page (this one's number), got
-- (items of it), sum (items so far), response, body}.
local PAGES = {}

function PAGES.link(at)
  local url = next_link(at.spec, at.row, at.response)
  if not url then return nil end
  local request = build(at.spec, at.row, at.args)
  request.url = url
  return request
end

local function with(at, name, value)
  local args = {}
  for key, item in pairs(at.args) do args[key] = item end
  args[name] = value
  return build(at.spec, at.row, args)
end

function PAGES.cursor(at)
  local cursor = at.spec.cursor
  local value = cursor.header and answers.header(at.response, cursor.header)
    or cursor.member and member(at.body, cursor.member)
  if type(value) ~= "string" or value == "" then return nil end
  return with(at, cursor.arg, value)
end

local function is_last(at)
  local size = at.row.size and at.args[at.row.size] or at.row.page_size
  return at.got == 0 or (size and at.got < size)
end

function PAGES.number(at)
  if is_last(at) then return nil end
  return with(at, "page", at.page + 1)
end

function PAGES.offset(at)
  if is_last(at) then return nil end
  return with(at, "offset", at.sum)
end

local function asks_one_page(spec, row, args)
  local name = row.page == "cursor" and spec.cursor.arg
    or row.page == "offset" and "offset" or "page"
  return args[name] ~= nil
end

local function collect(spec, row, args, first)
  local all, answer = json.array({}), first
  for page = 1, MAX_PAGES do
    local items = items_of(row, answer.body)
    for _, item in ipairs(items) do all[#all + 1] = item end
    local request = PAGES[row.page] {
      spec = spec, row = row, args = args, page = page, got = #items,
      sum = #all, response = answer.response, body = answer.body,
    }
    if not request then return all end
    local err
    answer, err = exchange(row, request)
    if not answer then return nil, err end
  end
  error(row.name .. ": over " .. MAX_PAGES .. " pages: narrow the query", 0)
end

local function pick(row, body)
  if row.document then body = body.data end
  if row.items then body = member(body, row.items) end
  if row.result then return row.result(body) end
  return body
end
provider.pick = pick

-- The size of a page is asked for even where the service has a default: by it
-- the last one is known.
local function sized(row, args)
  if not row.size or args[row.size] then return args end
  local all = { [row.size] = row.page_size }
  for key, value in pairs(args) do all[key] = value end
  return all
end
provider.sized = sized

local function attempt(spec, row, args)
  args = sized(row, args or {})
  local request = build(spec, row, args)
  if row.probe then request.probe = row.probe_request(args) end
  local answer, err = exchange(row, request)
  if not answer then return nil, err end
  if row.page and not asks_one_page(spec, row, args) then
    return collect(spec, row, args, answer)
  end
  if answer.body == nil then return {} end
  return pick(row, answer.body)
end

-- How the object of a change is before it. What cannot be read is not known:
-- the change is made all the same.
local function look_before(spec, row, args, by_name)
  local read, asked = by_name[row.before](), {}
  for name in read.path:gmatch("{([%w_]+)}") do asked[name] = args[name] end
  pcall(attempt, spec, read, asked)
end

local function effect_of(raw)
  return raw.effect or (READS[raw[2]] and "read" or "remote")
end

local function is_idempotent(raw)
  if raw.idempotent ~= nil then return raw.idempotent end
  return REPEATABLE[raw[2]] or effect_of(raw) == "read"
end

-- The probe as the engine calls it: no arguments, an HTTP response or nil.
local function probe_maker(row, get)
  return function(args)
    return function()
      local answer = row.probe(args or {}, get)
      if answer == nil then return nil end
      local status = row.ok and row.ok[1] or 200
      return { status = status, headers = {}, body = json.encode(answer) }
    end
  end
end

local function compile(spec, raw, get)
  local row = {}
  for key, value in pairs(raw) do
    if type(key) == "string" then row[key] = value end
  end
  row.short, row.method, row.path = raw[1], raw[2], raw[3]
  row.provider = spec.name
  row.name = spec.name .. "." .. row.short
  row.effect = effect_of(raw)
  row.idempotent = is_idempotent(raw)
  if row.probe then row.probe_request = probe_maker(row, get) end
  return row
end

-- A run uses few of the hundreds of rows: each is compiled when it is first
-- needed.
local function compiler(spec, raw, get)
  local row
  return function()
    row = row or compile(spec, raw, get)
    return row
  end
end

local function reader(spec, by_name)
  return function(name, args)
    local row = by_name[name]
    if not row or row().effect ~= "read" then
      error(spec.name .. ": a probe may only read, not " .. name, 0)
    end
    local value, err = attempt(spec, row(), args)
    if err then error(err.message, 0) end
    return value
  end
end

-- A row's two functions, one that raises and one that gives nil and why.
local function place(module, dotted, call, try)
  local at, at_try = module, module.try
  local head, last = dotted:match("^(.*)%.([^.]+)$")
  for part in (head or ""):gmatch("[^.]+") do
    at[part], at_try[part] = at[part] or {}, at_try[part] or {}
    at, at_try = at[part], at_try[part]
  end
  at[last or dotted], at_try[last or dotted] = call, try
end

-- The base of a row's API, nil without one. known: those found out before.
local function known_base(spec, raw, known)
  local api = raw.at or spec.name
  if known[api] == nil then
    local found, base = pcall(base_of, spec, raw)
    known[api] = found and base
  end
  return known[api] or nil
end

-- What the engine must know of a row to decide on its requests.
local function export(spec, raw, base, limits)
  return {
    name = spec.name .. "." .. raw[1],
    provider = raw.at or spec.name,
    base = base,
    method = raw[2],
    path = raw[3],
    effect = effect_of(raw),
    idempotent = is_idempotent(raw),
    probe = raw.probe and true or nil,
    before = raw.before and spec.name .. "." .. raw.before,
    doubt = raw.doubt,
    document = raw.document,
    secret_fields = raw.secret_fields,
    secret = raw.secret or spec.auth.secret,
    hosts = settings_of(spec.name).hosts or spec.hosts,
    at_once = limits.at_once,
    per_second = limits.per_second,
  }
end

-- The names that an environment may fill in a path: those that `defaults`
-- finds when every setting is there.
local function fillable(spec)
  local every = setmetatable({}, { __index = function() return "a/b" end })
  return spec.defaults and spec.defaults(every) or {}
end

-- All arguments of a row, those of the path too, which need no line there.
local function all_arguments(row, filled)
  if not row.args then return nil end
  local all, own = json.array({}), {}
  for _, line in ipairs(row.args) do own[line:match("^[%w_]*")] = true end
  for name in row.path:gmatch("{([%w_]+)}") do
    if not own[name] then
      all[#all + 1] = name .. (filled[name]
        and "?: string  default: the environment's" or ": string")
    end
  end
  for _, line in ipairs(row.args) do
    local name, rest = line:match("^([%w_]+)(:.*)$")
    local hole = name and row.path:find("{" .. name .. "}", 1, true)
    if hole and filled[name] then line = name .. "?" .. rest end
    all[#all + 1] = line
  end
  return all
end

-- What people must know of it, for `runproof lua`.
local function describe(row, filled, undo, predicted)
  return {
    undo = row.effect ~= "read" and (undo or "nobody has said how") or nil,
    predict = (row.predict or predicted[row.short]) and true or nil,
    name = row.name, method = row.method, path = row.path,
    effect = row.effect, idempotent = row.idempotent, page = row.page,
    probe = row.probe and true or nil, doubt = row.doubt,
    doc = row.doc, link = row.link, args = all_arguments(row, filled),
    gives = row.gives, undescribed = row.undescribed,
  }
end

-- What only the engine's own workers load: a block that asks for the catalogue
-- goes without.
local function beside(name)
  if not name then return {} end
  local ok, found = pcall(require, name)
  return ok and found or {}
end

--- Makes a provider. `m.machines.list{…}` raises one line on failure;
--- `m.try.machines.list{…}` gives nil and a provider.failure instead.
--- @param spec provider.spec
--- @return table module with one function a row, `try`, `rows` and `catalogue`
function provider.define(spec)
  local module = { rows = json.array({}), try = {} }
  local by_name, list, bases = {}, {}, {}
  local get = reader(spec, by_name)
  local limits = settings_of(spec.name).limits or spec.limits or {}
  for i, raw in ipairs(spec.rows) do
    local row = compiler(spec, raw, get)
    by_name[raw[1]], list[i] = row, row
    local function try(args)
      if raw.before then look_before(spec, row(), args or {}, by_name) end
      return attempt(spec, row(), args)
    end
    place(module, raw[1], function(args)
      local value, err = try(args)
      if err then error(err.message, 0) end
      return value
    end, try)
    module.rows[i] = export(spec, raw, known_base(spec, raw, bases), limits)
  end
  provider.known[spec.name] = {
    spec = spec, rows = by_name, get = get,
    try = function(name, args) return attempt(spec, by_name[name](), args) end,
  }
  function module.catalogue()
    local all, filled = json.array({}), fillable(spec)
    local undos, predicted = beside(spec.undos), beside(spec.predictions)
    for i, row in ipairs(list) do
      local undo = undos[row().short]
      all[i] = describe(row(), filled, type(undo) == "table" and "yes" or undo,
        predicted)
    end
    return all
  end
  return module
end

return provider
