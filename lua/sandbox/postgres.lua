-- Simulated Postgres: what a fixture says that each statement gives.
--
-- world.postgres = {NAME = {sql = {"select …" = answer}}}; NAME is that of the
-- DSN's secret, or of the database in it. An answer is a list of rows, for a
-- change also the count of rows it changes; or, to say more, an object:
--   rows, columns (else those of all rows, sorted), count, command
--   error, sqlstate: the server refuses

local rest = require "sandbox/rest"

local MAX_ROWS = 1000
local LOCAL_HOSTS = { [""] = true, localhost = true, ["[::1]"] = true }

-- Behind the comment that begins at start; block comments nest.
local function behind_comment(text, start)
  if text:sub(start, start + 1) == "--" then
    return text:find("[\r\n]", start) or #text + 1
  end
  local depth, at = 0, start
  while at <= #text do
    local pair = text:sub(at, at + 1)
    local step = pair == "/*" and 1 or pair == "*/" and -1 or 0
    depth = depth + step
    at = at + (step == 0 and 1 or 2)
    if depth == 0 then return at end
  end
  return at
end

-- Comments become a blank each, but not what looks like one in quotes.
local function without_comments(text)
  local parts, at = {}, 1
  while at <= #text do
    local quoted = text:match("^'[^']*'?", at) or text:match('^"[^"]*"?', at)
    local plain = quoted or text:match("^[^'\"/-]+", at)
    if plain then
      parts[#parts + 1] = plain
      at = at + #plain
    elseif text:find("^%-%-", at) or text:find("^/%*", at) then
      parts[#parts + 1] = " "
      at = behind_comment(text, at)
    else
      parts[#parts + 1] = text:sub(at, at)
      at = at + 1
    end
  end
  return table.concat(parts)
end

-- Comments, case, white space and semicolons around it do not count.
local function normal(text)
  return (without_comments(text):lower():gsub("%s+", " ")
    :gsub("^[ ;]+", ""):gsub("[ ;]+$", ""))
end

local function verb_of(words)
  return words:match("^[( ]*(%a+)") or ""
end

local READ_VERBS = {
  select = true, with = true, explain = true, show = true, table = true,
  values = true,
}

local WRITES = {
  { "insert into ", "INSERT" }, { "update [%w_.\"]+ ", "UPDATE" },
  { "delete from ", "DELETE" }, { "merge into ", "MERGE" },
  { "for update$", "SELECT FOR UPDATE" },
  { "for update ", "SELECT FOR UPDATE" },
  { "nextval ?%(", "nextval()" }, { "^select .* into ", "SELECT INTO" },
}

-- What a read-only transaction refuses of it, or nil. A word in a text of the
-- statement is none; EXPLAIN alone does nothing.
local function write_of(words)
  local bare = words:gsub("'[^']*'", "''")
  local verb = verb_of(bare)
  if not READ_VERBS[verb] then return verb:upper() end
  if verb == "explain" and not bare:find("analyze", 1, true) then return nil end
  for _, row in ipairs(WRITES) do
    -- Postgres speaks of the whole statement, not of the part that writes
    if bare:find(row[1]) then return verb == "with" and "SELECT" or row[2] end
  end
  return nil
end

local function host_of(dsn)
  local authority = dsn:match("^%a+://([^/?]*)")
  local host = (authority or dsn:match("host=(%S*)") or ""):gsub("^.*@", "")
  if host:sub(1, 1) == "[" then return host:match("^%[.-%]") or host end
  return (host:gsub(":%d+$", ""))
end

local function is_local(host)
  return LOCAL_HOSTS[host] or host:find("^127%.%d+%.%d+%.%d+$") ~= nil
    or host:find("^/") ~= nil
end

-- UPDATE, but CREATE TABLE.
local TWO_WORDS = { create = true, alter = true, drop = true }

local SELECTS = { with = true, values = true, table = true }

local function command_of(words)
  local verb = verb_of(words)
  if SELECTS[verb] then return "SELECT" end
  if TWO_WORDS[verb] then verb = words:match("^%a+ %a+") or verb end
  return verb:upper()
end

local function database_of(dsn)
  return dsn:match("^%a+://[^/]*/([^?]*)") or dsn:match("dbname=(%S*)") or ""
end

local function refused(message)
  return { error = message, refused = true, changed = false }
end

local function failed(message, state)
  if state then message = message .. " (SQLSTATE " .. state .. ")" end
  return { error = message, changed = false }
end

local function columns_of(answer, rows)
  if answer.columns then return answer.columns end
  local seen, names = {}, json.array()
  for _, row in ipairs(rows) do
    for name in pairs(row) do seen[name] = true end
  end
  for name in pairs(seen) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function as_object(answer)
  if type(answer) == "number" then return { count = answer } end
  if answer[1] ~= nil or rest.is_empty_array(answer) then
    return { rows = answer }
  end
  return answer
end

local function reply_of(req, words, answer, write)
  if answer.error then return failed(answer.error, answer.sqlstate) end
  local rows = rest.copy(answer.rows or json.array())
  local most = req.opts and req.opts.max_rows or MAX_ROWS
  if #rows > most then
    return failed(("the query gives more than %d rows: narrow it, or raise "
      .. "opts.max_rows"):format(most))
  end
  return {
    changed = write ~= nil, op = "postgres.query",
    value = {
      columns = columns_of(answer, rows), rows = rows,
      count = answer.count or #rows,
      command = answer.command or command_of(words),
    },
  }
end

local function out_of_reach(req, host)
  if req.class == "local" and not is_local(host) then
    return refused("a local change is one to a server of this machine, and "
      .. host .. " is another: give the step effect=remote")
  end
  return nil
end

local function unknown(req)
  if req.sql == "" and not req.dsn:find("://", 1, true)
    and not req.dsn:find("=", 1, true) then
    return "sql.query: the DSN is not like postgresql://user:password@host:" ..
      "5432/database; a secret that is one is secret.get(\"its name\")"
  end
  local name = req.sql ~= "" and req.sql or database_of(req.dsn)
  return "the fixture has no database " .. name ..
    ": add it to postgres in world.json"
end

--- Answers one query.
--- @param world table
--- @param req {sql:string, class:string, dsn:string, text:string, opts:table?}
--- @return table {value, changed, op} or {error, refused}
return function(world, req)
  local words = normal(req.text)
  local write = write_of(words)
  local far = out_of_reach(req, host_of(req.dsn))
  if far then return far end
  if write and req.class == "read" then
    return refused("this query may only read (cannot execute " .. write ..
      " in a read-only transaction): give it effect=remote")
  end
  local all = world.postgres or {}
  local base = all[req.sql] or all[database_of(req.dsn)]
  if not base then return failed(unknown(req)) end
  for text, answer in pairs(base.sql or {}) do
    if normal(text) == words then
      return reply_of(req, words, as_object(answer), write)
    end
  end
  return failed("the fixture has no answer to: " .. words)
end
