-- The generator and the scanner of tests/fault/leak.sh.
--
--   lua5.4 leak.lua world           the simulated world, with the canaries
--   lua5.4 leak.lua page            a page that tries to show them everywhere
--   lua5.4 leak.lua scan FILE…      exit 1 and a line for each that holds one
--   lua5.4 leak.lua plant N         a file that holds canary and form number N
--   lua5.4 leak.lua count           placements on the page; forms
--
-- A placement is a place (row of `places`) in which one form (row of `forms`)
-- of one canary is put by a block that has put it together itself, or by a
-- command that was given the handle.

local canaries = {
  { "API_TOKEN", "c4nary-5up3r/secret+value=42" },
  { "HARD_TOKEN", "h@rd \"w0rd\" <x>&'y' 99\\z~q" },
  { "PEM_KEY", "-----BEGIN PRIVATE KEY-----\nMIIcanaryBADANBgkqhkiG9w0BAQEFAASC\n"
    .. "c4n4rysecondline0fthek3yXYZabcdef\n-----END PRIVATE KEY-----\n" },
}

-- Runs in the worker as well: the page holds this text.
local FORMS = [==[
local STD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
function b64(s)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = s:byte(i, i + 2)
    local n = a << 16 | (b or 0) << 8 | (c or 0)
    for k = 0, 3 do
      local at = (n >> (18 - 6 * k) & 63) + 1
      out[#out + 1] = (k < 2 or k == 2 and b or k == 3 and c)
        and STD:sub(at, at) or "="
    end
  end
  return table.concat(out)
end
function wrap(s, n) return (s:gsub(("."):rep(n), "%0\n")) end
local function each_byte(fmt, keep)
  return function(s)
    return (s:gsub(".", function(c)
      if keep and c:find(keep) then return c end
      return fmt:format(c:byte())
    end):gsub("\n", function(c) return fmt:format(c:byte()) end))
  end
end
local function by(map)
  return function(s) return (s:gsub(".", map):gsub("\n", map)) end
end
local url_safe = { ["+"] = "-", ["/"] = "_" }
forms = {
  { "plain", function(s) return s end },
  { "base64", b64 },
  { "base64, 1 before", function(s) return b64("x" .. s .. "y") end },
  { "base64, 2 before", function(s) return b64("xy" .. s .. "z") end },
  { "base64url", function(s) return (b64("xyz" .. s):gsub(".", url_safe)) end },
  { "base64url, no padding", function(s)
    return (b64("x" .. s):gsub(".", url_safe):gsub("=", ""))
  end },
  { "base64, 64 wide", function(s) return wrap(b64(("p"):rep(40) .. s), 64) end },
  { "base64, 76 wide", function(s) return wrap(b64(("p"):rep(50) .. s), 76) end },
  { "base64, CRLF", function(s)
    return (wrap(b64(("p"):rep(41) .. s), 64):gsub("\n", "\r\n"))
  end },
  { "percent", each_byte("%%%02X", "[%w._~-]") },
  { "percent, lower", each_byte("%%%02x", "[%w._~-]") },
  { "percent, all", each_byte("%%%02X") },
  { "form", function(s) return (each_byte("%%%02X", "[%w._~ -]")(s):gsub(" ", "+")) end },
  { "percent twice", function(s) return (each_byte("%%%02X", "[%w._~-]")(s):gsub("%%", "%%25")) end },
  { "JSON", by { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n" } },
  { "JSON, slashes", by { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["/"] = "\\/" } },
  { "JSON, all", each_byte("\\u%04x") },
  { "JSON in JSON", by { ['"'] = '\\\\\\"', ["\\"] = "\\\\\\\\", ["\n"] = "\\\\n" } },
  { "hex", each_byte("%02x") },
  { "hex, upper", each_byte("%02X") },
  { "hex, colons", function(s) return (each_byte("%02x:")(s):gsub(":$", "")) end },
  { "hex, blanks", each_byte("%02x ") },
  { "hex, C", each_byte("\\x%02x") },
  { "HTML", by { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" } },
  { "HTML, numbers", each_byte("&#%d;") },
  { "shell", function(s) return "'" .. s:gsub("'", "'\\''") .. "'" end },
  { "backslashes", function(s) return (s:gsub("[^%w\n]", "\\%0")) end },
}
]==]

-- What a block does with v, one form; i is another number each time. `fails`:
-- the step ends so, with the form of that number.
local places = {
  { "print", "print(v)" },
  { "print, halves", "for line in (v .. '\\n'):gmatch('(.-)\\n') do print(line) end" },
  { "text", "evidence.text(v, v)" },
  { "cell", "evidence.table({ { v } }, { 'a' }, 't')" },
  { "column", "evidence.table({ { 1 } }, { v }, v)" },
  { "key of a row", "evidence.table({ { [v] = 1 } })" },
  { "json", "evidence.json({ [v] = { v } }, v)" },
  { "link", "evidence.link('http://a.example/' .. v, v)" },
  { "metric", "evidence.metric(v, i, v)" },
  { "check", "check('c' .. i, true, v)" },
  { "name of a check", "check(v, true, 'd')" },
  { "error", "print(pcall(error, v))" },
  { "error, key", "print(json.encode(select(2, pcall(error, { [v] = v }))))" },
  { "fail", "print(pcall(fail, v))" },
  { "expect", "print(pcall(function() expect(v):equals('x') end))" },
  { "expect, member", "print(pcall(function() expect({ [v] = 1 }):equals({}) end))" },
  { "error of Lua", "print(pcall(function() return ('%d'):format(v) end))" },
  { "error of json", "print(pcall(json.decode, v))" },
  { "error of time", "print(pcall(time.parse, v))" },
  { "error of toml", "print(pcall(toml.decode or tostring, v))" },
  { "task", "print(pcall(each, { 1 }, { max = 2 }, function() error(v) end))" },
  { "url", "print(pcall(http.get, 'http://a.example/' .. v))" },
  { "query", "print(pcall(http.get, 'http://a.example/', { query = { [v] = v } }))" },
  { "header", "print(pcall(http.get, 'http://a.example/', { headers = { authorization = v } }))" },
  { "header's name", "print(pcall(http.get, 'http://a.example/', { headers = { [v] = 'x' } }))" },
  { "body", "print(pcall(http.post, 'http://a.example/', { body = v }))" },
  { "json body", "print(pcall(http.post, 'http://a.example/', { json = { [v] = { v } } }))" },
  { "method", "print(pcall(http.request, { url = 'http://a.example/', method = v }))" },
  { "fs.read", "print(pcall(fs.read, v))" },
  { "fs.write", "print(pcall(fs.write, 'f' .. i, v))" },
  { "file's name", "print(pcall(fs.write, v, 'x'))" },
  { "fs.list", "print(pcall(fs.list, v))" },
  { "fs.mkdir", "print(pcall(fs.mkdir, v))" },
  { "argument", "print(pcall(sh.run, { 'echo', v }))" },
  { "command", "print(pcall(sh.run, { v }))" },
  { "env", "print(pcall(sh.run, { 'env' }, { env = { V = v } }))" },
  { "env's name", "print(pcall(sh.run, { 'env' }, { env = { [v] = 'x' } }))" },
  { "stdin", "print(pcall(sh.run, { 'cat' }, { stdin = v }))" },
  { "cwd", "print(pcall(sh.run, { 'pwd' }, { cwd = v }))" },
  { "commit", "print(pcall(git.commit, { message = v }))" },
  { "branch", "print(pcall(git.branch, v))" },
  { "tag", "print(pcall(git.tag, v, { message = v }))" },
  { "git.grep", "print(pcall(git.grep, v))" },
  { "git.show", "print(pcall(git.show, v, v))" },
  { "remote", "print(pcall(git.fetch, { remote = 'https://u:' .. v .. '@127.0.0.1:1/x' }))" },
  { "statement", "print(pcall(sql.query, s, v))" },
  { "sql parameter", "print(pcall(sql.query, s, 'select $1', { v }))" },
  { "dsn", "print(pcall(sql.query, 'postgresql://u:' .. v .. '@127.0.0.1:1/x', 'select 1'))" },
  { "secret's name", "print(pcall(secret.get, v))" },
  { "template", "print(pcall(secret.template, v .. '{}', s))" },
  { "equal", "print(pcall(secret.equal, v, s))" },
  { "seal", "print(pcall(secret.seal, v, s))" },
  { "secret.dsn", "print(pcall(secret.dsn, v))" },
  { "attachment's name", "print(pcall(evidence.file, v))" },
  { "attachment's title", "print(pcall(evidence.file, 'a.txt', { title = v }))" },
  { "question", "print(pcall(ask.input, v, { id = 'q' .. i, default = v }))" },
  { "question's id", "print(pcall(ask.confirm, 'q?', { id = v }))" },
  { "choice", "print(pcall(ask.choice, v, { v, 'b' }, { id = 'c' .. i, default = v }))" },
  { "stdout", "print(sh.run({ 'cat' }, { stdin = h }).stdout)" },
  { "stderr", "print(sh.run({ 'sh', '-c', 'cat >&2' }, { stdin = h }).stderr)" },
  { "exit message", "print(pcall(sh.run, { 'sh', '-c', 'cat >&2; exit 3' }, { stdin = h }))" },
  { "cut message", "print(pcall(sh.run, { 'sh', '-c', 'printf %0' .. (180 + i % 30) "
    .. ".. 'd 0 >&2; cat >&2; exit 3' }, { stdin = h }))" },
  { "child's env", "print(sh.run({ 'env' }, { env = { V = h }, check = false }).stdout)" },
  { "file of a command", "sh.run({ 'sh', '-c', 'cat >given' }, { stdin = h }) "
    .. "print(fs.read('given')) print(evidence.file('given').path) fs.remove('given')" },
  { "file's name, listed", "sh.run({ 'sh', '-c', 'mkdir d; "
    .. "n=$(cat); case $n in */*) ;; *) touch \"d/$n\" || true; esac' }, "
    .. "{ stdin = h }) print(table.concat(fs.list('d'), ' ')) sh.run({ 'rm', '-r', 'd' })" },
  { "uncaught error", "error(v)", fails = true },
  { "uncaught in a function", "local function f() error({ [v] = v }) end f()", fails = true },
  { "failed", "fail(('x'):rep(470) .. v)", fails = true },
  { "failed check", "check('x', false, v)", fails = true },
  { "unmet expectation", "expect({ v }):equals({ 'x' })", fails = true },
  { "failed command", "sh.run({ 'sh', '-c', 'cat >&2; exit 9' }, { stdin = h })", fails = true },
  { "refused request", "http.get('http://a.example/?t=' .. v)", fails = true },
  { "wrong type", "local t = { [v] = {} } local _ = t[v] + 1", fails = true },
}

local load_forms = assert(load(FORMS .. " return forms"))
local forms = load_forms()

-- No form that the program knows: each byte is another.
local function hidden(s)
  return '"' .. s:gsub(".", function(c) return ("\\%03d"):format(c:byte() ~ 0x15) end)
    :gsub("\n", function(c) return ("\\%03d"):format(c:byte() ~ 0x15) end) .. '"'
end

local function block(id, attributes, code)
  return ("```lua {#%s effect=remote retries=1 %s}\n%s\n```\n"):format(id, attributes, code)
end

local function page()
  local out = { "---\ntitle: Leaks\nowner: ops\n---\n\n# Leaks\n\n" }
  local setup = { FORMS, "canaries = {" }
  for _, c in ipairs(canaries) do
    setup[#setup + 1] = ("  { %q, %s },"):format(c[1], hidden(c[2]))
  end
  setup[#setup + 1] = [[
}
function placed(fn, only)
  local i = 0
  for _, c in ipairs(canaries) do
    local plain = c[2]:gsub(".", function(x) return string.char(x:byte() ~ 0x15) end)
      :gsub("\31", "\n")
    local s = secret.get(c[1])
    for k, form in ipairs(forms) do
      i = i + 1
      local v = form[2](plain)
      if not only or only == i then fn(v, i, s, handle(s, plain, v)) end
    end
  end
end
-- the same form as a handle: the value stands in it once
function handle(s, plain, v)
  local at, to = v:find(plain, 1, true)
  if at then return secret.template(v:sub(1, at - 1) .. "{}" .. v:sub(to + 1), s) end
  return s
end]]
  out[#out + 1] = block("setup", "", table.concat(setup, "\n"))
  local n = #canaries * #forms
  for k, p in ipairs(places) do
    local only = p.fails and tostring((k * 7) % n + 1) or "nil"
    out[#out + 1] = block("p" .. k, "needs=setup timeout=10m",
      ("placed(function(v, i, s, h)\n%s\nend, %s)"):format(p[2], only))
  end
  out[#out + 1] = [[
```lua {#cond needs=setup if="error(canaries[1][2])"}
print(1)
```
]]
  return table.concat(out, "\n")
end

local function count()
  local n = 0
  for _, p in ipairs(places) do
    n = n + (p.fails and 1 or #canaries * #forms)
  end
  return n
end

local function json_text(s)
  return '"' .. s:gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"'
end

local function world()
  local out = {}
  for i, c in ipairs(canaries) do
    out[i] = ("%s: %s"):format(json_text(c[1]), json_text(c[2]))
  end
  return ('{"epoch": "2026-11-23T13:00:00Z", "env": {}, "secrets": {%s}}\n')
    :format(table.concat(out, ", "))
end

-- What may be in no file: each form, without what depends on its neighbours,
-- and every piece of twelve bytes of the plain value.
local needles = {}
for _, c in ipairs(canaries) do
  for _, form in ipairs(forms) do
    local text = form[2](c[2]):gsub("[\r\n]", "")
    local core = form[1]:find("base64") and text:gsub("^.-", "") or text
    if form[1]:find("base64") then
      local bare = b64("xyz" .. c[2]):gsub("=", "")
      core = #text > 60 and text:sub(-26, -6) or text:sub(5, -6)
      needles[#needles + 1] = { bare:sub(5, -3), c[1] .. ", " .. form[1] }
    end
    needles[#needles + 1] = { core, c[1] .. ", " .. form[1] }
  end
  for line in c[2]:gmatch("[^\n]+") do
    if not line:find("^%-%-%-%-%-") then
      for at = 1, #line - 11 do
        needles[#needles + 1] = { line:sub(at, at + 11), c[1] .. ", a piece" }
      end
    end
  end
end

local function scan(paths)
  local found = false
  for _, path in ipairs(paths) do
    local f = io.open(path, "rb")
    local text = f and f:read("a") or ""
    if f then f:close() end
    local flat = text:gsub("\\[rn]", ""):gsub("[\r\n]", "")
    for _, n in ipairs(needles) do
      if text:find(n[1], 1, true) or flat:find(n[1], 1, true) or path:find(n[1], 1, true) then
        print(("%s holds %s"):format(path, n[2]))
        found = true
        break
      end
    end
  end
  return not found
end

local verbs = {
  world = function() io.write(world()) end,
  page = function() io.write(page()) end,
  count = function() print(count(), #canaries * #forms) end,
  plant = function(n)
    local k = tonumber(n) - 1
    local form = forms[k % #forms + 1]
    io.write("before ", form[2](canaries[k // #forms + 1][2]), " behind\n")
  end,
  scan = function(...)
    local paths = { ... }
    if paths[1] == "-" then
      paths = {}
      for path in io.lines() do paths[#paths + 1] = path end
    end
    os.exit(scan(paths))
  end,
}
verbs[arg[1]](table.unpack(arg, 2))
