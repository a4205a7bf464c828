-- The worker's globals for tests in plain Lua: http goes straight to the
-- simulators, the clock is virtual, fs sees the fixture's tree.

package.path = "lua/?.lua;tests/lua/?.lua;" .. package.path

json = require "jsontext"
hash = { sha256 = require "sha256" }

-- The worker's next tells whether a table is empty, and no more.
local first = next
next = function(t) -- luacheck: ignore
  return first(t) ~= nil or nil
end

local support = { FIXTURE = "runbooks/fixtures/shop" }

local DAYS = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 }

local function days_to(year, month, day)
  local before = year - 1970
  local leaps = (year - 1) // 4 - (year - 1) // 100 + (year - 1) // 400 - 477
  local leap = (year % 4 == 0 and year % 100 ~= 0) or year % 400 == 0
  local own = leap and month > 2 and 1 or 0
  return before * 365 + leaps + DAYS[month] + own + day - 1
end

local function parse_time(text)
  local y, mo, d, h, mi, s =
    text:match("^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)")
  return days_to(tonumber(y), tonumber(mo), tonumber(d)) * 86400
    + tonumber(h) * 3600 + tonumber(mi) * 60 + tonumber(s)
end

local function read_file(path)
  local file = assert(io.open(path, "rb"), "cannot read " .. path)
  local text = file:read("a")
  file:close()
  return text
end
support.read_file = read_file

--- A fresh copy of the fixture's state; the commits get invented SHAs.
function support.world()
  local world = json.decode(read_file(support.FIXTURE .. "/world.json"))
  local shas = json.array {}
  for i in ipairs(world.commits) do shas[i] = ("%x"):format(9 + i):rep(40) end
  world.git = { head = shas[#shas], shas = shas }
  return world
end

-- A value with the bytes of its secrets, as the engine sends it.
local function reveal(value, secrets)
  if type(value) ~= "table" or value == json.null then return value end
  if value.secret and value.template then
    return (value.template:gsub("{}", secrets[value.secret]))
  end
  local out = {}
  for key, item in pairs(value) do out[key] = reveal(item, secrets) end
  return json.encode(value):find("^%[") and json.array(out) or out
end

-- Makes the globals of a worker over a world. Gives a session: the clock, the
-- handler, every request made, and what the code under test showed.
function support.start(world)
  world = world or support.world()
  local session = {
    world = world, now_ms = parse_time(world.epoch) * 1000, requests = {},
    shown = {}, checks = {}, written = {}, printed = {}, lose = nil,
  }
  time = {
    now = function() return session.now_ms // 1000 end,
    sleep = function(s) session.now_ms = session.now_ms + s * 1000 end,
    iso = function(t) return os.date("!%Y-%m-%dT%H:%M:%SZ", t) end,
    parse = parse_time,
  }
  session.handler = require "sandbox/init"(world)
  secret = {
    get = function(name) return { secret = name, template = "{}" } end,
    template = function(template, s)
      return { secret = s.secret, template = template }
    end,
    -- base64 of as many bytes as a sealed box of 8 has
    seal = function(key, s)
      session.sealed = (session.sealed or 0) + 1
      local name = type(s) == "table" and s.secret or s
      local text = key:sub(1, 8) .. ("%-66s"):format(name):gsub("[^%w]", "A")
      return text:sub(1, 73) .. "A=="
    end,
  }
  env, params = world.env, {}
  run = { id = "sbx-0123456789abcdef" }
  http = { request = function(r) return support.request(session, r) end }
  http.earlier = function() return false end
  http.get = function(url) return http.request { method = "GET", url = url } end
  support.show_globals(session)
  return session
end

-- A redirect is followed without the token, as the engine does.
local function follow(session, sent)
  local response = session.handler(sent, session.now_ms)
  local where = response.headers.location
  if response.status ~= 302 or sent.method ~= "GET" then return response end
  session.followed = where
  return session.handler({ method = "GET", url = where, headers = {} },
    session.now_ms)
end

-- One request as the engine would carry it out. With session.lose set to a
-- row's name, that change happens but its answer is lost, as in a crash: then
-- the probe is asked, and without its answer the request goes out again.
function support.request(session, r)
  local headers = {}
  for name, value in pairs(r.headers or {}) do
    headers[name] = reveal(value, session.world.secrets)
  end
  session.now_ms = session.now_ms + 40
  table.insert(session.requests, r)
  local sent = {
    method = r.method, url = r.url, headers = headers,
    body = r.json and json.encode(reveal(r.json, session.world.secrets))
      or r.body,
  }
  local response = follow(session, sent)
  if session.lose and session.lose == r.row then
    session.lose = nil
    local answer = r.probe and r.probe()
    if answer then return answer end
    response = session.handler(sent, session.now_ms)
  end
  return response
end

function support.show_globals(session)
  local function note(kind)
    return function(...)
      table.insert(session.shown, { kind = kind, ... })
    end
  end
  evidence = {
    table = note "table", json = note "json", text = note "text",
    link = note "link", metric = note "metric", file = note "file",
  }
  check = function(id, ok, detail)
    table.insert(session.checks, { id = id, ok = ok, detail = detail })
  end
  print = function(...) -- luacheck: ignore
    table.insert(session.printed, table.concat({ ... }, "\t"))
  end
  fail = function(message, opts)
    session.final = opts ~= nil and opts.final == true
    error(message, 0)
  end
  support.tree_globals(session)
end

-- fs, git and sh over the fixture's tree; what is written stays in memory.
function support.tree_globals(session)
  local tree, written = support.FIXTURE .. "/tree/", session.written
  local folders = {
    ["supabase/migrations"] = {
      "20261102081000_catalogue.sql",
      "20261117100000_orders_by_customer.sql",
    },
  }
  fs = {
    read = function(path) return written[path] or read_file(tree .. path) end,
    exists = function(path)
      local file = io.open(tree .. path)
      if file then file:close() end
      return file ~= nil or written[path] ~= nil
    end,
    list = function(path) return assert(folders[path], path) end,
    write = function(path, text) written[path] = text end,
    append = function(path, text)
      written[path] = (written[path] or "") .. text
    end,
    mkdir = function() end,
  }
  git = { head = function() return { sha = session.world.git.head } end }
  sh = {
    run = function(argv) -- the one command that is used: names of a vault
      assert(argv[1] == "sed", argv[1])
      local names = {}
      for name in read_file(tree .. argv[#argv]):gmatch("([%a_][%w_]*)=") do
        names[#names + 1] = name
      end
      return { code = 0, stdout = table.concat(names, "\n") .. "\n" }
    end,
  }
end

-- Drops the loaded modules, so that a test starts with fresh meters.
function support.fresh()
  for name in pairs(package.loaded) do
    if name:find("^sandbox/") or name:find("^fly/") or name:find("^github/")
      or ({
      provider = 1, fly = 1, github = 1, supabase = 1, chatwoot = 1,
      envmatrix = 1,
    })[name] then
      package.loaded[name] = nil
    end
  end
end

local failed = 0
local out = io.stdout

--- Runs one test in a fresh world; its failure is told and counted.
function support.test(name, fn)
  support.fresh()
  local session = support.start()
  local ok, message = xpcall(fn, debug.traceback, session)
  if not ok then failed = failed + 1 end
  out:write(ok and "ok    " or "FAIL  ", name, "\n")
  if not ok then out:write("      ", tostring(message), "\n") end
end

function support.equal(have, want, what)
  local left, right = json.encode(have), json.encode(want)
  if left ~= right then
    error(("%s: have %s, want %s"):format(what or "value", left, right), 2)
  end
end

--- fn must raise a message that holds every given piece.
function support.raises(fn, ...)
  local ok, message = pcall(fn)
  if ok then
    error("no error, but one holding: " .. table.concat({ ... }, " "), 2)
  end
  for _, piece in ipairs { ... } do
    if not tostring(message):find(piece, 1, true) then
      error(("message %q does not hold %q"):format(message, piece), 2)
    end
  end
end

function support.finish()
  os.exit(failed == 0)
end

return support
