-- TOML: what is read, what is refused, and that a change changes one value.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises
local toml = require "toml"

local FLY = [=[
# fly.toml of the shop.   Do not sort.
app = "shop-staging"   # its name
primary_region = 'fra'

[build]
  dockerfile = "Dockerfile"

[env]
  APP_ENV = "staging"
  # LOG = "debug"

[[vm]]
  memory = "1gb"
  cpu_kind = "shared"
  cpus = 1
]=]

-- A file system of one file; says what was written.
local function one_file(text)
  local file = { text = text, writes = 0 }
  fs.read = function(path)
    assert(path == "f.toml", path)
    return file.text
  end
  fs.write = function(path, new)
    assert(path == "f.toml", path)
    file.text, file.writes = new, file.writes + 1
  end
  return file
end

local function set(text, key, value)
  local file = one_file(text)
  local change = toml.set("f.toml", key, value)
  return file.text, change, file.writes
end

-- Sets a key; all else than from → to must stay. from must be there once.
local function replaces(text, key, value, from, to)
  local new, change, writes = set(text, key, value)
  local at, stop = text:find(from, 1, true)
  assert(at and not text:find(from, stop + 1, true), "one place: " .. from)
  support.equal(new, text:sub(1, at - 1) .. to .. text:sub(stop + 1), key)
  equal({ change.changed, writes }, { true, 1 }, key)
  return change
end

local function refuses(text, key, value, ...)
  local file = one_file(text)
  raises(function() toml.set("f.toml", key, value) end, "f.toml", ...)
  equal({ file.text, file.writes }, { text, 0 })
end

-- --- reading ---------------------------------------------------------------

local READ = {
  { "", "{}" },
  { "\239\187\191a = 1\r\n", '{"a":1}' },
  { "a = 1", '{"a":1}' },
  { 'a = "\\t\\"\\\\\\u00e4\\U0001F600"', '{"a":"\\t\\"\\\\ä😀"}' },
  { "a = 'c:\\n'\nb = ''", '{"a":"c:\\\\n","b":""}' },
  { 'a = """\nx\r\n  y"""', '{"a":"x\\n  y"}' },
  { 'a = """x \\\n\n   y\\\r\n z"""', '{"a":"x yz"}' },
  { 'a = """"x"" y"""""', '{"a":"\\"x\\"\\" y\\"\\""}' },
  { "a = '''\n'x''\n'''''", '{"a":"\'x\'\'\\n\'\'"}' },
  { "a = 1_000\nb = -0x_1" },
  { "a = 1_000\nb = 0xFf\nc = 0o17\nd = 0b1_1\ne = +7\nf = -9",
    '{"a":1000,"b":255,"c":15,"d":3,"e":7,"f":-9}' },
  { "a = -9223372036854775808", '{"a":-9223372036854775808}' },
  { "a = 1.5\nb = -125e-2\nc = 6.5E-1\nd = 1_0.2_5",
    '{"a":1.5,"b":-1.25,"c":0.65,"d":10.25}' },
  { "a = true\nb = false", '{"a":true,"b":false}' },
  { "a = 2026-11-23T13:00:00Z\nb = 2026-11-23 13:00:00.25+01:00\n" ..
    "c = 2024-02-29\nd = 07:32:00",
    '{"a":"2026-11-23T13:00:00Z","b":"2026-11-23 13:00:00.25+01:00",' ..
    '"c":"2024-02-29","d":"07:32:00"}' },
  { "a = [ # list\n 1, [ 'x', ], # y\n]\nb = []",
    '{"a":[1,["x"]],"b":[]}' },
  { "a = { b = 1, c.d = [2], e = {} }",
    '{"a":{"b":1,"c":{"d":[2]},"e":{}}}' },
  { 'a.b.c = 1\na . "d.e" = 2', '{"a":{"b":{"c":1},"d.e":2}}' },
  { "[a.b]\nx = 1\n[a]\ny = 2\n[ a . c ]", '{"a":{"b":{"x":1},"c":{},"y":2}}' },
  { "[[a]]\nx = 1\n[a.b]\ny = 2\n[[a]]\n[[a.c]]\nz = 3",
    '{"a":[{"b":{"y":2},"x":1},{"c":[{"z":3}]}]}' },
  { "[f]\na.b = 1\n[f.a.c]\nd = 2", '{"f":{"a":{"b":1,"c":{"d":2}}}}' },
}

test("every form of a value is read", function()
  for _, row in ipairs(READ) do
    if row[2] then
      equal(json.encode(toml.decode(row[1])), row[2], row[1])
    else
      raises(function() toml.decode(row[1]) end, "toml.decode: line 2")
    end
  end
  raises(function() toml.decode(1) end, "a text expected, not a number")
  local odd = toml.decode("a = inf\nb = -inf\nc = nan\nd = 3.0")
  equal({ odd.a == math.huge, odd.b == -math.huge, odd.c ~= odd.c,
    math.type(odd.d) }, { true, true, true, "float" })
end)

local WRONG = {
  { "a = 1\na = 2", 2, "'a' is defined twice: line 1 does already" },
  { "[a]\nb = 1\n[c]\n[a]", 4, "'a' is defined twice: line 1" },
  { "a.b = 1\n[a]", 2, "'a' is defined twice" },
  { "a = {b = 1}\na.c = 2", 2, "'a' is defined twice" },
  { "a = {b = 1}\n[a.c]", 2, "'a' is defined twice" },
  { "a = [1]\n[[a]]", 2, "'a' is defined twice" },
  { "[[a]]\n[a]", 2, "'a' is defined twice" },
  { "[a.b.c]\nz = 1\n[a]\nb.c.t = 2", 4, "'c' is defined twice" },
  { "a = {b = 1, b = 2}", 1, "'b' is defined twice" },
  { "\na = x", 2, "'x' is no value: a text needs quotes" },
  { "a = 01", 1, "no value" }, { "a = 1__0", 1, "no value" },
  { "a = 1_", 1, "no value" }, { "a = .5", 1, "no value" },
  { "a = 5.", 1, "no value" }, { "a = 1.e5", 1, "no value" },
  { "a = 0x", 1, "no value" }, { "a = -0x1", 1, "no value" },
  { "a = 0b2", 1, "no value" },
  { "a = 9223372036854775808", 1, "at most 64 bits" },
  { "a = 0xFFFFFFFFFFFFFFFF", 1, "at most 64 bits" },
  { "a = 2026-02-29", 1, "no value" }, { "a = 2026-13-01", 1, "no value" },
  { "a = 24:00:00", 1, "no value" }, { "a = 07:32:00Z", 1, "no value" },
  { "a =", 1, "the end of the line is no value" },
  { "a", 1, "'=' was expected behind the key" },
  { "= 1", 1, "a key was expected, not '='" },
  { "a. = 1", 1, "a key was expected" },
  { "a = 1 b = 2", 1, "'b' stands behind the value: begin a new line" },
  { "[a] b = 1", 1, "'b' stands behind the name of a table" },
  { "[a", 1, "']' was expected behind the name of a table" },
  { "[[a]", 1, "']]' was expected" }, { "[]", 1, "a key was expected" },
  { 'a = "x\nb = 1', 1, "a string is not closed" },
  { 'a = 1\nb = """x\ny', 2, "a string is not closed" },
  { "a = '\1'", 1, "a string holds a control character" },
  { 'a = "\\x41"', 1, "no such escape: '\\x'" },
  { 'a = "\\uD800"', 1, "no such escape" },
  { 'a = "\\U00110000"', 1, "no such escape" },
  { "a = 1 # \1", 1, "a comment holds a control character" },
  { "a = [1\n2]", 2, "an array goes on with ',' or ends with ']', not '2]'" },
  { "\na = [1,\n", 2, "an array is not closed" },
  { "a = {b = 1,\nc = 2}", 1, "a key was expected" },
  { "a = {b = 1\n}", 1, "an inline table goes on" },
  { "a = {b = 1,}", 1, "a key was expected" },
  { "a = 1\rb = 2", 1, "a carriage return stands without a line feed" },
  { "a = 1\n\255 = 2", 2, "the file is not UTF-8 text" },
  { "a = 1\nb\0 = 2", 2, "'=' was expected" },
}

test("what is wrong is told with its line", function()
  for _, row in ipairs(WRONG) do
    raises(function() toml.decode(row[1]) end,
      ("toml.decode: line %d: "):format(row[2]), row[3])
  end
end)

test("get takes one value", function()
  one_file(FLY .. '[x]\n"a.b" = [{ c = 1 }, { c = 2 }]\n')
  equal(toml.get("f.toml", "app"), "shop-staging")
  equal(toml.get("f.toml", "vm.memory"), "1gb")
  equal(toml.get("f.toml", "vm[1].cpus"), 1)
  equal(toml.get("f.toml", 'x."a.b"[2].c'), 2)
  equal(toml.get("f.toml", "env"), { APP_ENV = "staging" })
  equal(toml.get("f.toml").build.dockerfile, "Dockerfile")
  for _, key in ipairs { "none", "vm[2].cpus", "app.x", "env[1]", "none.x" } do
    equal(toml.get("f.toml", key) == nil, true, key)
  end
  raises(function() toml.get("f.toml", 'x."a.b".c') end, "f.toml: there are 2",
    "a.b[2]")
  for _, key in ipairs { "", "a..b", "a b", "vm[x]", "a.", "[1]" } do
    raises(function() toml.get("f.toml", key) end,
      "toml.get: '" .. key .. "' is no key")
  end
  raises(function() toml.get("f.toml", 1) end, "a key is a text")
  raises(function() toml.set { path = "f.toml", key = "a", value = 1 } end,
    "toml.set takes the path of a file first, not a table")
  one_file("a = 1\nb = ")
  raises(function() toml.get("f.toml", "a") end, "f.toml:2: ",
    "correct the file")
end)

-- --- changing a value ------------------------------------------------------

test("a value is changed, and no byte around it", function()
  local change = replaces(FLY, "vm.memory", "2048mb", '"1gb"', '"2048mb"')
  equal(change, { changed = true, before = "1gb", after = "2048mb" })
  replaces(FLY, "vm[1].cpus", 2, "cpus = 1", "cpus = 2")
  replaces(FLY, "app", 'a"b\\\n', '"shop-staging"', [["a\"b\\\n"]])
  replaces(FLY, "primary_region", "ams", "'fra'", "'ams'")
  replaces(FLY, "primary_region", "l'est", "'fra'", '"l\'est"')
  replaces(FLY, "vm.cpus", true, "cpus = 1", "cpus = true")
  replaces(FLY, "vm.cpus", 1.0, "cpus = 1", "cpus = 1.0")
  replaces(FLY, "vm.cpus", 1e300, "cpus = 1", "cpus = 1e+300")
  replaces("a = 0.5 # x", "a", 0.1, "0.5", "0.1")
  replaces("a = 1", "a", -math.huge, "1", "-inf")
  replaces("a = [1,\t2] # x", "a", { 80, "b" }, "[1,\t2]", '[80, "b"]')
  replaces("a = [1]", "a", {}, "[1]", "[]")
  replaces("a.b.c=1", "a.b.c", 2, "=1", "=2")
  replaces('"a b".c = "\\u0041"', '"a b".c', "B", '"\\u0041"', '"B"')
  replaces('a = """\nx\n"""\nb = 1', "a", "y\n", '"""\nx\n"""', '"y\\n"')
  replaces("a = 2026-11-23", "a", "2026-11-24", "2026-11-23", "2026-11-24")
  replaces("a = 2026-11-23", "a", "soon", "2026-11-23", '"soon"')
end)

test("line ends, a BOM and a missing final newline stay", function()
  local windows = "\239\187\191" .. FLY:gsub("\n", "\r\n"):gsub("\r\n$", "")
  replaces(windows, "vm.memory", "2gb", '"1gb"', '"2gb"')
  replaces(windows, "vm.cpus", 2, "cpus = 1", "cpus = 2")
  replaces(windows, "vm.gpu", "a", "cpus = 1", 'cpus = 1\r\n  gpu = "a"')
  replaces(windows, "deploy.strategy", "rolling", "cpus = 1",
    'cpus = 1\r\n\r\n[deploy]\r\nstrategy = "rolling"')
end)

-- It is written all the same: a further attempt of a block must ask for what
-- the one before asked for.
test("the same value changes nothing", function()
  for _, row in ipairs {
    { FLY, "vm.memory", "1gb" }, { "a = 0x10", "a", 16 },
    { "a = [1,2]", "a", { 1, 2 } }, { "a = nan", "a", 0 / 0 },
    { "a = 2026-11-23", "a", "2026-11-23" }, { "a = '''x'''", "a", "x" },
  } do
    local new, change, writes = set(row[1], row[2], row[3])
    equal({ new, change.changed, writes }, { row[1], false, 1 }, row[2])
    equal(json.encode(change.before == change.after or change.before),
      json.encode(change.before == change.after or change.after))
  end
end)

-- --- adding ----------------------------------------------------------------

local ADDED = {
  -- at the end of its table, as deep as its neighbours
  { "[a]\n  x = 1 # c\n\n# of b\n[b]\n", "a.y", "[a]\n  x = 1 # c\n  y = 7\n" ..
    "\n# of b\n[b]\n" },
  { "[a]\n# nothing\n[b]\n", "a.y", "[a]\ny = 7\n# nothing\n[b]\n" },
  { "[a]", "a.y", "[a]\ny = 7" },
  { "x = 1\n\n[b]\n", "y", "x = 1\ny = 7\n\n[b]\n" },
  { "a.b = 1\nc = 2\n", "a.d", "a.b = 1\na.d = 7\nc = 2\n" },
  { "[t]\na.b.c = 1\nz = 2\n", "t.a.b.d",
    "[t]\na.b.c = 1\na.b.d = 7\nz = 2\n" },
  { "[[v]]\nm = 1\n[[v]]\nm = 2\n", "v[1].n",
    "[[v]]\nm = 1\nn = 7\n[[v]]\nm = 2\n" },
  { "[[v]]\nm = 1\n[z]\n", "v.n", "[[v]]\nm = 1\nn = 7\n[z]\n" },
  { "[a]\nx = [\n 1,\n]\n", "a.y", "[a]\nx = [\n 1,\n]\ny = 7\n" },
  { "[a]\nx = 1\n", 'a."b c"', '[a]\nx = 1\n"b c" = 7\n' },
  -- the first key of the file, below the comment that heads it
  { "", "y", "y = 7\n" }, { "\239\187\191", "y", "\239\187\191y = 7\n" },
  { "# title\n\n[a]\n", "y", "# title\ny = 7\n\n[a]\n" },
  { "# of a\n[a]\n", "y", "y = 7\n\n# of a\n[a]\n" },
  -- a table that is not there yet
  { "x = 1\n", "a.b.y", "x = 1\n\n[a.b]\ny = 7\n" },
  { "x = 1\n\n", "a.y", "x = 1\n\n[a]\ny = 7\n" },
  { "x = 1", "a.y", "x = 1\n\n[a]\ny = 7" },
  { "", "a.y", "[a]\ny = 7\n" },
  { "[a.b]\nx = 1\n", "a.y", "[a.b]\nx = 1\n\n[a]\ny = 7\n" },
  { "[[v]]\n", 'v."k k".y', '[[v]]\n\n[v."k k"]\ny = 7\n' },
  { "[[v]]\n[[v]]\n", "v[2].t.y", "[[v]]\n[[v]]\n\n[v.t]\ny = 7\n" },
  { "[t]\na.b = 1\n", "t.a.c.y", "[t]\na.b = 1\n\n[t.a.c]\ny = 7\n" },
}

test("a missing key and a missing table are added", function()
  for _, row in ipairs(ADDED) do
    local new, change, writes = set(row[1], row[2], 7)
    equal(new, row[3], row[1] .. " + " .. row[2])
    equal({ change.changed, change.before == nil, change.after, writes },
      { true, true, 7, 1 })
    one_file(new)
    equal(toml.get("f.toml", row[2]), 7)
  end
end)

-- --- refusing --------------------------------------------------------------

test("what cannot be changed safely is refused, and nothing written",
  function()
    local two = "[[vm]]\nm = 1\n[[vm]]\nm = 2\n"
    refuses(two, "vm.m", 3, "there are 2 of vm: name one by its index",
      "vm[2]")
    refuses(two, "vm.n", 3, "there are 2 of vm")
    refuses(two, "vm[3].m", 3, "there is no vm[3]: add it by hand")
    refuses(two, "vm[0].m", 3, "there is no vm[0]")
    refuses(two, "vm[1].t.x", 3, "without a change elsewhere")
    refuses(two, "vm", 3, "vm is a table: name one of its keys")
    refuses(two, "vm[1]", 3, "is a table")
    refuses("a = { b = 1 }", "a.b", 2, "a.b is inside an inline table")
    refuses("a = { b = 1 }", "a.c", 2, "would be inside an inline table")
    refuses("a = { b.c = 1 }", "a.b.d", 2, "is inside an inline table")
    refuses("a = { b = 1 }", "a", 2, "is a table")
    refuses("a = [1, 2]", "a[1]", 3, "is inside an array")
    refuses("a = [{ b = 1 }]", "a.b", 3, "is inside an array")
    refuses("a = [\n1, # one\n]", "a", { 2 }, "an array over several lines")
    refuses("[a]\nx = 1", "a", 2, "is a table")
    refuses("a = 1", "a.b", 2, "cannot be added: a is no table")
    refuses("a = 1\nb = ", "a", 2, "f.toml:2: ", "correct the file")
    refuses("a = 1\n\nb = 1\nb = 2", "a", 2, "f.toml:4: 'b' is defined twice")
  end)

test("only values that TOML has are written", function()
  local file = one_file("a = 1")
  for _, value in ipairs { json.null, { x = 1 }, { { 1 } }, "\255",
    function() end, { 1, [3] = 2 } } do
    raises(function() toml.set("f.toml", "a", value) end,
      "toml.set: ", "cannot be written")
  end
  raises(function() toml.set("f.toml", "a", nil) end, "cannot be written")
  raises(function() toml.set("f.toml", "a b", 1) end, "toml.set: 'a b' is no")
  equal(file.writes, 0)
end)

-- --- generated documents ---------------------------------------------------

local random -- a generator of its own: the same documents everywhere

local function seed(state)
  random = function(n)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % n + 1
  end
end

local function pick(list)
  return list[random(#list)]
end

local VALUES = {
  "1", "0x1F", "-1_000", "1.5", "true", '"text"', "'literal'", '"""\nm\n"""',
  "'''q'''", "2026-11-23", "2026-11-23T13:00:00Z", "[1, 2]", "[]", '"# no"',
  '"a = 1"', "'[t]'", "nan", '"\\u00e4 ä"',
}
local FIXED = { "{ a = 1, b = [2] }", "[\n  1, # c\n  2,\n]", "[{ x = 1 }]" }
local NEW = { "new", "it's \"q\"", 42, -1, 2.5, true, { "a", 1 }, "", "\n\t" }
local HEADS = { "[%s]", "[ %s ] # c", "  [%s]", "[[%s]]" }
local NOISE = { "", "", "# a comment = 1\n", "\n", "  # deep\n", "\t\n" }

-- Pieces of text; of each value that can be set, its key and its piece.
local function document()
  local pieces, keys = {}, {}
  local function put(text) pieces[#pieces + 1] = text end
  local function lines(prefix, n)
    for i = 1, n do
      local name = pick { "k%d", "d.k%d", '"q %d"', "'l.%d'" }:format(i)
      put(pick(NOISE))
      put(pick { "", "  " } .. name .. pick { "=", " = ", "\t=  " })
      local fixed = random(6) == 1
      put(pick(fixed and FIXED or VALUES))
      if not fixed then
        keys[#keys + 1] = { key = prefix .. name, piece = #pieces }
      end
      put(pick { "", " # c", "  " } .. "\n")
    end
  end
  lines("", random(4) - 1)
  for i = 1, random(5) do
    local name = pick { "t%d", "t%d.u", "'x y'.t%d" }:format(i)
    local head = pick(HEADS)
    local twice = head == "[[%s]]" and random(2) or 1
    for n = 1, twice do
      put(pick(NOISE))
      put(head:format(name) .. "\n")
      lines(name .. (twice > 1 and "[" .. n .. "]." or "."), random(4) - 1)
    end
  end
  return pieces, keys
end

test("of generated documents, set changes exactly one value", function()
  seed(20261123)
  local changed = 0
  for _ = 1, 1500 do
    local pieces, keys = document()
    local crlf, bom = random(3) == 1, random(5) == 1 and "\239\187\191" or ""
    local function text()
      local all = bom .. table.concat(pieces)
      return crlf and all:gsub("\n", "\r\n") or all
    end
    local before = text()
    local target = #keys > 0 and pick(keys) or nil
    if target then
      local value = pick(NEW)
      local old = pieces[target.piece]
      local new, change, writes = set(before, target.key, value)
      pieces[target.piece] = "\0"
      local frame = text()
      local at = frame:find("\0", 1, true)
      equal(new:sub(1, at - 1), frame:sub(1, at - 1), before)
      equal(new:sub(at - #frame), frame:sub(at + 1), before)
      equal(change.changed, new ~= before)
      equal(writes, 1)
      one_file(new)
      equal(toml.get("f.toml", target.key), value, before)
      if new ~= before then changed = changed + 1 end
      pieces[target.piece] = old
      equal(text(), before)
    end
  end
  assert(changed > 1000, changed)
end)

-- --- hostile ---------------------------------------------------------------

test("nesting is bounded", function()
  for _, text in ipairs {
    "a = " .. ("["):rep(100000), "a = " .. ("{a="):rep(100000),
    "[" .. ("a."):rep(100000) .. "a]", ("a."):rep(100000) .. "a = 1",
    "a = " .. ("[{a.a="):rep(60),
  } do
    raises(function() toml.decode(text) end, "line 1: nested over 100 deep")
  end
  toml.decode("a = " .. ("["):rep(90) .. ("]"):rep(90))
end)

test("large and binary files end soon", function()
  local long = ("z"):rep(1 << 20)
  equal(#toml.decode("a = '" .. long .. "'").a, 1 << 20)
  local text = "[a]\nb = 1 # " .. long .. "\nc = 2\n"
  replaces(text, "a.c", 3, "c = 2", "c = 3")
  raises(function() toml.decode("a = " .. long) end, "line 1: 'zzz", "…")
  raises(function() toml.decode(long) end, "'=' was expected")
  raises(function() toml.decode(("\0"):rep(1000)) end, "line 1: a key")
  raises(function() toml.decode(("#\n"):rep(100000) .. "a = \0") end,
    "line 100001: ")
  local many = {}
  for i = 1, 20000 do many[i] = ("k%d = %d\n"):format(i, i) end
  replaces(table.concat(many), "k20000", 0, "= 20000", "= 0")
end)

support.finish()
