-- Builds the API of runbooks from the engine's primitives.

-- luacheck: globals http json sql time evidence check fail expect each parallel

local _, sys = ...

-- Each activity under its dotted name: rows["fs.read"] becomes fs.read.
for _, rows in ipairs { sys.rows, sys.late_rows } do
  for name, call in pairs(rows) do
    local space, verb = name:match("^(%w+)%.([%w_]+)$")
    if space ~= "door" then
      _G[space] = _G[space] or {}
      _G[space][verb] = call
    end
  end
end

local function demand(ok, message)
  if not ok then sys.raise("error", message) end
end

-- --- types: what activities take and give; read by engine/luadoc.c -----------

--- @class run.info
--- @field id string
--- @field runbook string its path in the repository
--- @field operator string who runs it
--- @field mode "sandbox"|"live"

--- @class fs.written
--- @field path string
--- @field bytes integer its length now
--- @field sha256 string of all of it
--- @field changed boolean false: it already held these bytes

--- @class git.commit
--- @field sha string
--- @field subject string
--- @field author string
--- @field email string
--- @field time integer Unix seconds

--- @class git.head : git.commit
--- @field short string the first digits of sha
--- @field branch string json.null when detached
--- @field dirty boolean tracked files differ; untracked ones do not count

--- @class git.change
--- @field path string an untracked folder is one row, with a slash at its end
--- @field state "new"|"modified"|"deleted"|"renamed"|"typechange"|"untracked"|"conflicted"

--- @class git.log.opts
--- @field from? string default HEAD
--- @field path? string commits that changed this file or folder
--- @field max? integer default 20

--- @class git.diff
--- @field files {path:string, status:string, added:integer, removed:integer}[]
--- @field text string the diff, cut at 256 KiB
--- @field truncated boolean

--- @class git.diff.opts
--- @field from? string default HEAD
--- @field to? string default the work tree
--- @field path? string this file or folder alone

--- @class git.match
--- @field path string
--- @field line integer
--- @field text string

--- @class git.grep.opts
--- @field regex? boolean the text is a POSIX extended expression
--- @field path? string this file or folder alone
--- @field max? integer default 1000

--- @class git.shown : git.commit
--- @field message string all of it
--- @field parents string[]

--- @class git.distance
--- @field ahead integer
--- @field behind integer

--- @class git.ref
--- @field name string of a remote's branch: "origin/main"
--- @field sha string

--- @class git.branches.opts
--- @field remote? boolean those that the last fetch found on the remotes

--- @class git.scan.opts
--- @field history? boolean every blob that a ref leads to, instead of the files
--- @field unreachable? boolean with history: what no ref leads to any more, too

--- @class git.leak
--- @field rule string "dsn-password"; "allowance-over" of an entry whose time is over
--- @field path string "" when nothing gives it a name
--- @field line integer
--- @field column integer in characters, from 1
--- @field message string what it is, the first four characters and the length
--- @field fingerprint? string for scan.allow of runproof.yaml
--- @field do? string what to do about it
--- @field commit? string in a history: the oldest that brought it
--- @field date? string of that commit's author
--- @field blob? string in a history
--- @field reachable? boolean in a history: a ref leads to it

--- @class git.tagged : git.ref
--- @field annotated boolean it has a message and an author of its own

--- @class git.moved : git.ref
--- @field changed boolean false: it was so

--- @class git.branch.opts
--- @field at? string default HEAD
--- @field force? boolean move it from where it is

--- @class git.delete_branch.opts
--- @field force? boolean though its commits are nowhere else

--- @class git.tag.opts
--- @field at? string default HEAD
--- @field message? string makes it annotated
--- @field force? boolean replace the one that is there

--- @class git.commit.opts
--- @field message string
--- @field paths? string[] files, and folders with all in them but what is ignored
--- @field all? boolean every tracked file that differs, instead of paths
--- @field author? string like "Ada <ada@example.com>", default git's user
--- @field branch? string made here and checked out first

--- @class git.picked
--- @field sha string of the commit at the branch's tip now
--- @field branch string
--- @field changed boolean false: the branch had the change

--- @class git.cherry_pick.opts
--- @field onto? string the branch, default the one that is checked out
--- @field mainline? integer which parent a merge is seen from, 1 the first
--- @field cite? boolean name the picked commit in the new one's message

--- @class git.fetched
--- @field updated {name:string, from:string, to:string}[] references; from is json.null for new ones
--- @field pruned string[]

--- @class git.fetch.opts
--- @field remote? string default origin
--- @field all? boolean every remote; the token is for the one above
--- @field prune? boolean false: keep what is gone there
--- @field refspecs? string[] default those of git's configuration
--- @field tags? boolean true: all tags, false: none; default those of what is fetched
--- @field token? secret sent to the remote's host alone, if its URL is https

--- @class git.pushed
--- @field refs {name:string, sha:string, old:string}[] json.null where there is or was none

--- @class git.push.opts
--- @field refs string[] branches and tags: "main", "main:other", "refs/tags/v1", ":deleted", "+forced"
--- @field remote? string default origin
--- @field token? secret sent to the remote's host alone, if its URL is https

--- @class sh.result
--- @field code integer
--- @field signal string its name without SIG; json.null when it ended itself
--- @field stdout string
--- @field stderr string
--- @field truncated boolean it wrote more than 16 MiB and was ended

--- @class sh.opts
--- @field stdin? string|secret
--- @field env? table<string,string|secret> added to PATH, HOME, TMPDIR, LANG, TZ
--- @field cwd? string folder of the repository
--- @field timeout? number|string seconds, or like "5m"
--- @field check? boolean false: give the code instead of raising
--- @field effect? "read"|"local"|"remote" the most the command may do
--- @field network? boolean it may open Internet sockets; the policy decides on it as on a remote change

--- @class sql.opts
--- @field effect? "read"|"local"|"remote" the most the statement may do
--- @field timeout? number|string seconds, or like "30s"
--- @field max_rows? integer more are an error; default 1000, up to 100000
--- @field role? string set for the statement, as by SET LOCAL ROLE

--- @class sql.result
--- @field columns string[] a second `id` is called id_2
--- @field rows table<string,any>[] integers, floats, booleans and JSON are
---   values, NULL is json.null, numeric a number where one holds it exactly;
---   all else is text
--- @field count integer rows given or changed
--- @field command string "SELECT", "UPDATE", "CREATE TABLE"

--- @class sql.migration by default of supabase/migrations, and of the table
---   supabase_migrations.schema_migrations
--- @field version string
--- @field name string
--- @field file string json.null when it is missing
--- @field applied boolean
--- @field state string "applied", "pending" or "missing file"

--- @class secret what it stands for cannot be printed, joined or compared here

--- @class secret.dsn
--- @field scheme? string
--- @field user? string
--- @field password? secret
--- @field host? string
--- @field port? string
--- @field database? string

--- @class ask.opts
--- @field id? string to answer with `--answer id=…`, default the question
--- @field default? string of ask.input and ask.choice
--- @field pattern? string POSIX extended, for all of ask.input's answer
--- @field secret? boolean ask.input gives a handle and shows nothing

--- @class evidence.opts
--- @field title? string default the path

--- @class evidence.file
--- @field path string in the bundle
--- @field title string
--- @field sha256 string
--- @field bytes integer

--- @class json.opts
--- @field indent? boolean for people, not canonical

--- @class each.opts
--- @field max? integer tasks at once, default 16, at most 256
--- @field collect? boolean a failure does not end the others

-- --- http ------------------------------------------------------------------

local REQUEST = {
  method = "string", url = "string", headers = "table", query = "table",
  body = "string", json = "any", timeout = "number",
  max_bytes = "number", idempotent = "boolean", row = "string",
  probe = "function",
}

--- @class http.opts
--- @field method? string default GET
--- @field url string|secret
--- @field headers? table<string,string|secret>
--- @field query? table<string,string|number|boolean> added to the URL
--- @field body? string
--- @field json? any sent as JSON, instead of body
--- @field timeout? number seconds for this request
--- @field max_bytes? integer the longest body taken
--- @field idempotent? boolean sending it twice is sending it once
--- @field probe? fun():http.response? asked after a crash, reads only: what the
---   lost request would have given, nil when it did not happen

--- @class http.earlier
--- @field method string
--- @field url string
--- @field json? any

--- @class http.response
--- @field status integer
--- @field headers table<string,string> names in lower case
--- @field body string
--- @field tries? integer how often it was sent, when that was more than once

local function check_option(name, value)
  local want = REQUEST[name]
  if not want then
    sys.raise("error",
      ("http.request: there is no option '%s'"):format(name))
  end
  local hidden = name == "url" and sys.is_secret(value)
  if want ~= "any" and type(value) ~= want and not hidden then
    sys.raise("error", ("http.request: %s must be a %s, not a %s")
      :format(name, want, type(value)))
  end
end

-- A copy, which is the callee's to change.
local function checked(opts)
  local args = {}
  for name, value in pairs(opts) do
    check_option(name, value)
    args[name] = value
  end
  return args
end

local function request(args)
  demand(args.url, "http.request: url is missing")
  demand(args.body == nil or args.json == nil,
    "http.request: body and json exclude each other")
  local probe = args.probe
  if probe then args.probe = nil end
  return sys.act("http.request", args, probe)
end

--- One request; every status is an answer.
--- @param opts http.opts
--- @return http.response
function http.request(opts)
  demand(type(opts) == "table", "http.request: a table of options expected")
  local args = checked(opts)
  args.method = (args.method or "GET"):upper()
  return request(args)
end

for _, verb in ipairs { "get", "head", "post", "put", "patch", "delete" } do
  local method = verb:upper()
  local no_table = ("http.%s: the options are a table"):format(verb)
  --- @param url string
  --- @param opts? http.opts
  --- @return http.response
  http[verb] = function(url, opts)
    demand(opts == nil or type(opts) == "table", no_table)
    if url ~= nil then check_option("url", url) end
    if not opts then return request { method = method, url = url } end
    local args = checked(opts)
    args.method, args.url = method, url
    return request(args)
  end
end

-- --- sql -------------------------------------------------------------------

local QUERY = { effect = "string", timeout = "any", max_rows = "number",
  role = "string" }

local VALUES = { string = true, number = true, boolean = true }

-- A list with a hole would end there, and $2 become $1.
local function check_params(params)
  local count = 0
  for _ in pairs(params) do count = count + 1 end
  demand(count == #params,
    "sql.query: params is a list; NULL in it is json.null")
  for i, value in ipairs(params) do
    demand(VALUES[type(value)] or value == json.null or sys.is_secret(value),
      ("sql.query: $%d is a %s; pass text, perhaps of json.encode")
        :format(i, type(value)))
  end
end

local function check_query(dsn, params, opts)
  demand(type(dsn) ~= "string" or not (dsn:find("://[^/@]*:[^@]*@")
    or dsn:lower():find("password%s*=")),
    "sql.query: a DSN with a password must be a secret, from secret.get")
  if type(params) == "table" then check_params(params) end
  for name, value in pairs(type(opts) == "table" and opts or {}) do
    local want = QUERY[name]
    demand(want, ("sql.query: there is no option '%s'"):format(name))
    demand(want == "any" or type(value) == want,
      ("sql.query: %s must be a %s, not a %s")
        :format(name, want, type(value)))
  end
end

--- One statement, with params for $1, $2 …
--- @param dsn secret|string
--- @param text string
--- @param params? any[]
--- @param opts? sql.opts
--- @return sql.result
function sql.query(dsn, text, params, opts, ...)
  check_query(dsn, params, opts)
  return sys.rows["sql.query"](dsn, text, params, opts, ...)
end

local APPLIED = "select version, name from " ..
  "supabase_migrations.schema_migrations order by version"

-- Before the first migration there is no such table.
local function applied_migrations(dsn)
  local ok, result = pcall(sql.query, dsn, APPLIED, nil,
    { effect = "read", max_rows = 100000 })
  if ok then return result.rows end
  if tostring(result):find("42P01", 1, true) then return {} end
  error(result, 0)
end

--- The migrations a database has applied (in the table that Supabase's tools
--- keep) against the files of a folder.
--- @param dsn secret|string
--- @param folder? string default supabase/migrations
--- @return sql.migration[]
function sql.migrations(dsn, folder)
  local known, list = {}, json.array()
  for _, row in ipairs(applied_migrations(dsn)) do
    local one = { version = row.version, name = row.name, file = json.null,
      applied = true, state = "missing file" }
    known[row.version], list[#list + 1] = one, one
  end
  for _, file in ipairs(fs.list(folder or "supabase/migrations")) do
    local version, name = file:match("^(%d+)_(.*)%.sql$")
    local one = version and known[version]
    if one then
      one.file, one.state = file, "applied"
    elseif version then
      list[#list + 1] = { version = version, name = name, file = file,
        applied = false, state = "pending" }
    end
  end
  table.sort(list, function(a, b) return a.version < b.version end)
  return list
end

-- --- time ------------------------------------------------------------------

--- Seconds as UTC text; without an argument, now.
--- @param seconds? number
--- @return string
function time.iso(seconds)
  return sys.time_iso(seconds or time.now())
end

--- Seconds of a UTC time or date.
--- @param text string
--- @return number
function time.parse(text)
  local seconds = type(text) == "string" and sys.time_parse(text)
  demand(seconds, "time.parse: neither a time nor a date: " .. tostring(text))
  return seconds
end

-- --- evidence --------------------------------------------------------------

local function cell(value)
  if value == nil or value == json.null then return "" end
  if type(value) ~= "table" then return tostring(value) end
  local ok, text = pcall(json.encode, value)
  return ok and text or tostring(value)
end

-- See provider/columns.
local function order_of(row)
  local meta = row and getmetatable(row)
  return type(meta) == "table" and meta.__columns or {}
end

local function union(rows)
  local seen, columns = {}, json.array()
  for _, row in ipairs(rows) do
    for name in pairs(row) do seen[name] = true end
  end
  for _, name in ipairs(order_of(rows[1])) do
    if seen[name] then columns[#columns + 1] = name end
    seen[name] = nil
  end
  for name in pairs(seen) do columns[#columns + 1] = name end
  return columns
end

-- Rows that are lists have no names to take columns from: these are numbers.
local function cells(row, columns, by_name)
  local line = json.array()
  for i, name in ipairs(columns) do
    line[i] = cell(row[by_name and name or i])
  end
  return line
end

local function is_list(row)
  return row[1] ~= nil or next(row) == nil
end

--- Shows a table. Rows are objects (columns named, or all: those of a helper's
--- rows in its order, others sorted) or lists.
--- @param rows table[]
--- @param columns? string[]
--- @param title? string
function evidence.table(rows, columns, title)
  demand(type(rows) == "table" and (rows[1] ~= nil or next(rows) == nil),
    "evidence.table: a list of rows expected, as in { row }")
  for i, row in ipairs(rows) do
    demand(type(row) == "table",
      ("evidence.table: row %d is a %s, not a table"):format(i, type(row)))
  end
  local by_name = rows[1] ~= nil and not is_list(rows[1])
  local names = columns or union(rows)
  local item = { kind = "table", title = title, columns = json.array(),
    rows = json.array() }
  for i, name in ipairs(names) do item.columns[i] = tostring(name) end
  for i, row in ipairs(rows) do item.rows[i] = cells(row, names, by_name) end
  sys.emit(item)
end

--- Shows a value as JSON.
--- @param value any
--- @param title? string
function evidence.json(value, title)
  if value == nil then value = json.null end
  sys.emit { kind = "json", value = value, title = title }
end

--- Shows a text, verbatim.
--- @param text string
--- @param title? string
function evidence.text(text, title)
  sys.emit { kind = "text", text = tostring(text), title = title }
end

--- Shows a link.
--- @param url string
--- @param title? string
function evidence.link(url, title)
  sys.emit { kind = "link", url = tostring(url), title = title or url }
end

--- Shows a figure.
--- @param name string
--- @param value number
--- @param unit? string
function evidence.metric(name, value, unit)
  demand(type(value) == "number", "evidence.metric: the value is no number")
  sys.emit { kind = "metric", name = tostring(name), value = value,
    unit = unit }
end

-- --- assertions ------------------------------------------------------------

--- Ticks the box `<!-- check: id -->`, or unticks it; the step fails at its
--- end if any check did.
--- @param id string
--- @param ok any
--- @param detail? string
--- @return boolean
function check(id, ok, detail)
  demand(type(id) == "string", "check: the id of a check box expected")
  local passed = ok and ok ~= json.null and true or false
  sys.emit { kind = "check", id = id, ok = passed,
    detail = detail and tostring(detail) }
  return passed
end

--- @class fail.opts
--- @field final? boolean no further attempt of the step can mend it

--- Fails the step.
--- @param message string
--- @param opts? fail.opts
function fail(message, opts)
  sys.raise(opts and opts.final and "final" or "fail", tostring(message))
end

expect = require "expect"(sys)
each, parallel = table.unpack(require "tasks"(sys))
