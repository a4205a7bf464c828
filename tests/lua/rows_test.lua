-- Every row of every provider is described, and says nothing that
-- contradicts another part of it.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test = support.test

local function files(pattern)
  local list, pipe = {}, assert(io.popen("ls " .. pattern))
  for path in pipe:lines() do list[#list + 1] = path end
  pipe:close()
  return list
end

-- --- what there is -----------------------------------------------------------

-- The modules whose text makes a provider, in order.
local function providers()
  local names = {}
  for _, path in ipairs(files "lua/*.lua") do
    local name = path:match("([^/]+)%.lua$")
    local text = support.read_file(path)
    if text:find("= provider.define", 1, true) then names[#names + 1] = name end
  end
  return names
end

-- What the module gave to provider.define.
local function spec_of(name)
  local provider, spec = require "provider", nil
  local plain = provider.define
  provider.define = function(given)
    spec = given
    return plain(given)
  end
  require(name)
  provider.define = plain
  return spec
end

local function classes()
  local known = {}
  for _, path in ipairs(files "lua/*.lua lua/*/*.lua") do
    for name in support.read_file(path):gmatch("%-%-%- @class ([%w_.]+)") do
      known[name] = true
    end
  end
  return known
end

local function set(words)
  local all = {}
  for word in words:gmatch("%S+") do all[word] = true end
  return all
end

-- --- one row -----------------------------------------------------------------

-- A rule gives what is wrong with a row, nil when nothing is. at: {spec, row,
-- args (by name: {optional, type}), holes (by name), change (it makes one)}.
local RULES = {}

-- The fields that lua/provider.lua documents.
local function members()
  local text = support.read_file "lua/provider.lua"
  local class = text:match("%-%-%- @class provider%.row.-\n\n")
  local known = {}
  for name in class:gmatch("@field %[?([%w_]+)") do known[name] = true end
  return known
end

local MEMBERS = members()

function RULES.members(at)
  for key in pairs(at.row) do
    if not MEMBERS[tostring(key)] then
      return "there is no member '" .. tostring(key) .. "'"
    end
  end
  return nil
end

function RULES.doc(at)
  local doc = at.row.doc
  if type(doc) ~= "string" or not doc:find("^%S.*%.$") then
    return "doc is not a sentence"
  end
  return doc:find("\n") and "doc is more than one line" or nil
end

function RULES.link(at)
  local link = at.row.link
  if type(link) ~= "string" or not link:find("^https://[%w.-]+%.%a+/%S+$") then
    return "link is not the https:// address of the service's documentation"
  end
  return nil
end

function RULES.args(at)
  if not at.row.args then return "args is missing" end
  local seen = {}
  for i, line in ipairs(at.row.args) do
    local name = line:match("^([%a_][%w_]*)%??: %S")
    if not name then return "args[" .. i .. "] is not 'name?: type'" end
    if line:find("\n") then return name .. " is more than one line" end
    if seen[name] then return name .. " stands twice in args" end
    seen[name] = true
  end
  return nil
end

-- What headers, query, body and notes speak of are arguments.
function RULES.uses(at)
  local row, used = at.row, {}
  if not row.args then return nil end
  for name in pairs(row.headers or {}) do used[#used + 1] = name end
  for _, name in ipairs(row.query or {}) do used[#used + 1] = name end
  for _, name in ipairs(row.notes or {}) do used[#used + 1] = name end
  used[#used + 1] = row.body
  for _, name in ipairs(used) do
    if not at.args[name] then return name .. " is used and not in args" end
    if at.holes[name] then return name .. " is used twice, in the path too" end
  end
  return nil
end

-- The whole body cannot share the request with members of one.
function RULES.body(at)
  local row = at.row
  if not row.body then return nil end
  local travels = { [row.body] = true }
  for name in pairs(row.headers or {}) do travels[name] = true end
  for _, name in ipairs(row.query or {}) do travels[name] = true end
  for _, name in ipairs(row.notes or {}) do travels[name] = true end
  for name in pairs(at.args) do
    if not travels[name] and not at.holes[name] then
      return name .. " would be lost beside the body " .. row.body
    end
  end
  return nil
end

local EFFECTS = { read = true, remote = true }
local FIXED = {
  GET = "read", HEAD = "read", PUT = "remote", PATCH = "remote",
  DELETE = "remote", POST = "",
}

function RULES.effect(at)
  local row, fixed = at.row, FIXED[at.row[2]]
  if not fixed then return "there is no method " .. tostring(row[2]) end
  if not row.effect then return nil end
  if not EFFECTS[row.effect] then return "effect is neither read nor remote" end
  if fixed ~= "" and fixed ~= row.effect then
    return "a " .. row[2] .. " is not " .. row.effect
  end
  return nil
end

function RULES.crash(at)
  local row = at.row
  local repeats = row.idempotent
  if repeats == nil then repeats = row[2] == "PUT" or row[2] == "DELETE" end
  local told = row.probe or row.doubt
  if row.probe and row.doubt then return "has a probe and a doubt" end
  if not at.change then
    return told and "a read needs no probe and no doubt" or nil
  end
  if repeats and told then
    return "is idempotent: its probe or doubt is never asked"
  end
  if not repeats and not told then
    return "is not idempotent: needs a probe, or else a doubt"
  end
  return nil
end

-- A change tells how it is taken back, or why it cannot be; a read does not.
function RULES.undo(at)
  local undo = at.spec.undos and require(at.spec.undos)[at.row[1]]
  if not at.change then
    return (undo or at.row.before) and "a read is not taken back" or nil
  end
  if undo == nil then return "undos tell neither a way back nor why not" end
  if type(undo) == "table" then
    return type(undo.call) ~= "function" and "its undo has no call" or nil
  end
  return at.row.before and "is read before for nothing" or nil
end

local PAGES = set "link cursor number offset"

function RULES.page(at)
  local row = at.row
  if not row.page then
    return row.page_size and "page_size without page" or nil
  end
  if not PAGES[row.page] then return "there is no page " .. row.page end
  if at.change then return "a change has no pages" end
  if row.page == "cursor" and not at.spec.cursor then
    return "the provider has no cursor"
  end
  return nil
end

function RULES.name(at)
  for part in (at.row[1] .. "."):gmatch("(.-)%.") do
    if not part:find("^[%a_][%w_]*$") then return "is no dotted name" end
    if not load("local " .. part) then return part .. " is a word of Lua" end
  end
  return nil
end

function RULES.path(at)
  local path = at.row[3]
  if not path:find("^/") then return "its path does not begin with /" end
  local rest = path:gsub("{[%a_][%w_]*}", "")
  return rest:find("[{}]") and "a hole of its path has no name" or nil
end

function RULES.other_api(at)
  local row = at.row
  if row.at and not (at.spec.bases or {})[row.at] then
    return "the provider has no base " .. row.at
  end
  if row.document and row[2] ~= "POST" then return "a document is a POST" end
  return nil
end

-- A GraphQL document's variables are the arguments, but for the notes.
function RULES.document(at)
  local document = at.row.document
  if not document or not at.row.args then return nil end
  local head, declared = document:match("^[^{]*"), {}
  for name, kind in head:gmatch("%$([%w_]+)%s*:%s*([%w_!%[%]]+)") do
    declared[name] = true
    local arg = at.args[name]
    if not arg then return "$" .. name .. " is not in args" end
    if arg.optional == (kind:sub(-1) == "!") then
      return "$" .. name .. " and args disagree whether it must be given"
    end
  end
  for _, name in ipairs(at.row.notes or {}) do declared[name] = true end
  for name in pairs(at.args) do
    if not declared[name] then return name .. " is not in the document" end
  end
  return nil
end

function RULES.undescribed(at)
  local why = at.row.undescribed
  if why == nil or (type(why) == "string" and #why > 10) then return nil end
  return "undescribed is no reason"
end

function RULES.hints(at)
  for status, text in pairs(at.row.hints or {}) do
    if math.type(status) ~= "integer" or type(text) ~= "string" then
      return "a hint is a text for a status"
    end
  end
  return nil
end

local KNOWN_CLASSES = classes()

-- Types that hold a dot are classes of lua/.
function RULES.types(at)
  local texts = { at.row.gives or "" }
  for _, arg in pairs(at.args) do texts[#texts + 1] = arg.type end
  for _, text in ipairs(texts) do
    for name in text:gsub('"[^"]*"', ""):gmatch("[%a_][%w_]*%.[%w_.]+") do
      if not KNOWN_CLASSES[name] then return "there is no class " .. name end
    end
  end
  return nil
end

-- The type ends at a blank outside of brackets.
local function type_of(text)
  local depth = 0
  for i = 1, #text do
    local c = text:sub(i, i)
    if c:find("[%(%[{<]") then depth = depth + 1 end
    if c:find("[%)%]}>]") then depth = depth - 1 end
    if c == " " and depth == 0 then return text:sub(1, i - 1) end
  end
  return text
end

local function view(spec, row)
  local at = { spec = spec, row = row, args = {}, holes = {} }
  for name in row[3]:gmatch("{([%w_]+)}") do at.holes[name] = true end
  for _, line in ipairs(row.args or {}) do
    local name, optional, rest = line:match("^([%w_]+)(%??): (.*)$")
    if name then
      at.args[name] = { optional = optional == "?", type = type_of(rest) }
    end
  end
  at.change = (row.effect or FIXED[row[2]]) ~= "read"
  return at
end

local function sorted_rules()
  local names = {}
  for name in pairs(RULES) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function faults_of(spec)
  local faults = {}
  for _, row in ipairs(spec.rows) do
    local at = view(spec, row)
    for _, name in ipairs(sorted_rules()) do
      local wrong = RULES[name](at)
      if wrong then
        faults[#faults + 1] = spec.name .. "." .. row[1] .. ": " .. wrong
      end
    end
  end
  return faults
end

-- --- all rows of a provider --------------------------------------------------

-- A name is used once, and is not the table of another one.
local function name_faults(spec)
  local faults = {}
  local taken = { try = "the provider", rows = "the provider",
    catalogue = "the provider" }
  for _, row in ipairs(spec.rows) do
    local name = row[1]
    if taken[name] then
      faults[#faults + 1] = ("%s.%s is taken by %s"):format(spec.name, name,
        taken[name])
    end
    taken[name] = name
  end
  for _, row in ipairs(spec.rows) do
    local table_name = row[1]:match("^(.*)%.[^.]+$")
    while table_name do
      if taken[table_name] then
        faults[#faults + 1] = ("%s.%s stands in %s, which is a call"):format(
          spec.name, row[1], table_name)
      end
      table_name = table_name:match("^(.*)%.[^.]+$")
    end
  end
  return faults
end

-- A prediction is a function, for a row that makes a change; what it patches
-- are reads.
local function prediction_faults(spec, all, text)
  local faults, effects = {}, {}
  for _, row in ipairs(spec.rows) do
    effects[row[1]] = view(spec, row).change
  end
  local function fault(name, wrong)
    faults[#faults + 1] = ("%s.%s: %s"):format(spec.name, name, wrong)
  end
  for name, predict in pairs(all) do
    if effects[name] == nil then
      fault(name, "predicted, and there is no such row")
    elseif not effects[name] then
      fault(name, "a read needs no prediction")
    elseif type(predict) ~= "function" then
      fault(name, "its prediction is no function")
    end
  end
  for name in text:gmatch('p:patch%("([%w_.]+)"') do
    if effects[name] ~= false then fault(name, "patched, and is no read") end
  end
  for _, member in ipairs { "one", "all" } do
    for name in text:gmatch("%f[%w]" .. member .. ' = "([%w_.]+)"') do
      if effects[name] ~= false then fault(name, "shows, and is no read") end
    end
  end
  return faults
end

local function must_be_none(faults)
  if #faults == 0 then return end
  error(#faults .. " faults:\n      " .. table.concat(faults, "\n      "), 0)
end

for _, name in ipairs(providers()) do
  test(name .. ": every row is described", function()
    must_be_none(faults_of(spec_of(name)))
  end)
  test(name .. ": names are apart", function()
    must_be_none(name_faults(spec_of(name)))
  end)
  test(name .. ": what is predicted is a change", function()
    local spec, text = spec_of(name), ""
    for _, path in ipairs(files(("lua/%s/predict.lua lua/%s/predict/*.lua " ..
      "2>/dev/null"):format(name, name))) do
      text = text .. support.read_file(path)
    end
    must_be_none(prediction_faults(spec, require(spec.predictions), text))
  end)
end

test("there are providers to look at", function()
  support.equal(#providers() >= 4, true)
end)

-- --- the rules find what is wrong --------------------------------------------

local function row(changes)
  local one = {
    "things.list", "GET", "/things/{id}", doc = "All things.",
    link = "https://things.example/api#list", args = { "id: integer" },
  }
  for key, value in pairs(changes) do one[key] = value end
  return one
end

local WRONG = {
  { row {}, nil },
  { row { idempotnet = true }, "there is no member 'idempotnet'" },
  { row { doc = "all things" }, "doc is not a sentence" },
  { row { link = "http://things.example/api" }, "link is not" },
  { row { args = { "id integer" } }, "args[1] is not 'name?: type'" },
  { row { args = { "id: string", "id?: string" } }, "id stands twice" },
  { row { headers = { nonce = "x-nonce" } }, "nonce is used and not in args" },
  { row { query = { "id" } }, "id is used twice" },
  { row { [2] = "PUT", args = { "list: table", "more: table" }, body = "list" },
    "more would be lost beside the body list" },
  { row { effect = "remote" }, "a GET is not remote" },
  { row { [2] = "PATCH", effect = "read" }, "a PATCH is not read" },
  { row { [2] = "SET" }, "there is no method SET" },
  { row { [2] = "POST" }, "is not idempotent: needs a probe" },
  { row { [2] = "PUT", doubt = "look" }, "is idempotent: its probe or doubt" },
  { row { doubt = "look" }, "a read needs no probe" },
  { row { page = "cursor" }, "the provider has no cursor" },
  { row { page_size = 5 }, "page_size without page" },
  { row { [1] = "things.end" }, "end is a word of Lua" },
  { row { [3] = "things" }, "its path does not begin with /" },
  { row { [3] = "/things/{}" }, "a hole of its path has no name" },
  { row { at = "elsewhere" }, "the provider has no base elsewhere" },
  { row { [2] = "POST", effect = "read", document = "query Q($id: Int) { x }" },
    "$id and args disagree" },
  { row { [2] = "POST", effect = "read", document = "query Q { x }" },
    "id is not in the document" },
  { row { undescribed = true }, "undescribed is no reason" },
  { row { gives = "things.thing[]" }, "there is no class things.thing" },
}

test("the rules find what is wrong", function()
  for _, case in ipairs(WRONG) do
    local faults = faults_of { name = "my", rows = { case[1] } }
    local told = table.concat(faults, "\n")
    if case[2] and not told:find(case[2], 1, true) then
      error(("%q is not found, but: %s"):format(case[2], told), 0)
    elseif not case[2] and told ~= "" then
      error(told, 0)
    end
  end
  local twice = { name = "my", rows = {
    row {}, row {}, row { [1] = "things.list.all" }, row { [1] = "try" },
  } }
  support.equal(#name_faults(twice), 3)
end)

test("the rules find what is predicted wrongly", function()
  local spec = { name = "my", rows = {
    row {}, row { [1] = "things.put", [2] = "PUT" },
  } }
  local function fine() end
  local function count(all, text)
    return #prediction_faults(spec, all, text)
  end
  support.equal(count({ ["things.put"] = fine },
    'p:patch("things.list", one = "things.list"'), 0)
  support.equal(count({ ["things.list"] = fine }, ""), 1)
  support.equal(count({ ["things.nosuch"] = fine }, ""), 1)
  support.equal(count({ ["things.put"] = true }, ""), 1)
  support.equal(count({}, 'p:patch("things.put"'), 1)
  support.equal(count({}, 'all = "things.nosuch"'), 1)
end)

support.finish()
