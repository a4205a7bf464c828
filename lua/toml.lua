-- Reads TOML files, and changes one value of them and no other byte.

local parse = require "toml/parse"
local scalar = require "toml/scalar"

local toml = {}

local function refuse(path, message, ...)
  error(path .. message:format(...), 0)
end

-- A node as a plain value; dates are their text.
local function plain(node)
  local value = {}
  if node.kind == "table" then
    for name, child in pairs(node.keys) do value[name] = plain(child) end
    return value
  end
  if node.kind ~= "array" then return node.value end
  for i, item in ipairs(node.items) do value[i] = plain(item) end
  return json.array(value)
end

local function document(path, text)
  local root, bad = parse.read(text)
  if not root then
    refuse(path, ":%d: %s: correct the file", bad.line, bad.message)
  end
  return root
end

local function check_path(call, path)
  if type(path) == "string" then return end
  error(("toml.%s takes the path of a file first, not a %s"):format(call,
    type(path)), 0)
end

local function path_of(call, key)
  if type(key) ~= "string" then
    error("toml." .. call .. ": a key is a text, not a " .. type(key), 0)
  end
  local names, bad = parse.path(key)
  if names then return names end
  error(("toml.%s: '%s' is no key: %s: write a.b, a[2].b or a.\"b.c\"")
    :format(call, key, bad.message), 0)
end

-- --- finding ---------------------------------------------------------------

-- The one table of an array of them. Of several, none is meant.
local function only(path, list, name)
  local first = list.items[1]
  if not first or first.kind ~= "table" then return nil end
  if #list.items > 1 then
    refuse(path, ": there are %d of %s: name one by its index, as in %s[%d]",
      #list.items, name, name, #list.items)
  end
  return first
end

local function child(path, node, names, i)
  local name = names[i]
  if type(name) == "number" then return node.items and node.items[name] end
  if node.kind == "array" then node = only(path, node, names[i - 1]) end
  return node and node.keys and node.keys[name]
end

-- The nodes on the way to a key, as many as are there; the root first.
local function way_to(path, root, names)
  local way = { root }
  for i in ipairs(names) do
    way[i + 1] = child(path, way[i], names, i)
    if not way[i + 1] then break end
  end
  return way
end

-- --- what a value becomes --------------------------------------------------

local KINDS = {
  string = function(value) return { kind = "string", value = value } end,
  boolean = function(value) return { kind = "boolean", value = value } end,
  number = function(value)
    return { kind = math.type(value), value = value }
  end,
}

local function bad_value(what)
  error("toml.set: " .. what .. " cannot be written: give a text, a number, " ..
    "a boolean or a list of these", 0)
end

local function scalar_node(value)
  local make = KINDS[type(value)]
  if not make then
    local kind = type(value)
    bad_value("a " .. (kind == "userdata" and "secret" or kind))
  end
  if type(value) == "string" and not utf8.len(value) then
    bad_value("a text that is not UTF-8")
  end
  return make(value)
end

local function node_of(value)
  if value == json.null then bad_value("null") end
  if type(value) ~= "table" then return scalar_node(value) end
  local node = { kind = "array", items = {} }
  for i in pairs(value) do
    if type(i) ~= "number" then
      bad_value("a table (set its keys one by one)")
    end
    node.items[#node.items + 1] = scalar_node(value[#node.items + 1])
  end
  return node
end

-- --- comparing -------------------------------------------------------------

local function same_tables(a, b, same)
  for name, node in pairs(a.keys) do
    if not b.keys[name] or not same(node, b.keys[name]) then return false end
  end
  for name in pairs(b.keys) do
    if not a.keys[name] then return false end
  end
  return true
end

local function same(a, b)
  if a.kind ~= b.kind then return false end
  if a.kind == "table" then return same_tables(a, b, same) end
  if a.kind ~= "array" then
    return a.value == b.value or a.value ~= a.value and b.value ~= b.value
  end
  if #a.items ~= #b.items then return false end
  for i, item in ipairs(a.items) do
    if not same(item, b.items[i]) then return false end
  end
  return true
end

-- --- editing ---------------------------------------------------------------

-- Only values with lines of their own are changed: within others the bytes
-- around belong to the person who wrote them.
local function check_way(at, way)
  for i = 2, #way - 1 do
    if way[i].from then
      refuse(at, "is inside %s on its line: change it by hand",
        way[i].kind == "table" and "an inline table" or "an array")
    end
  end
end

local function check_old(at, node, text)
  if node.kind == "table" or node.tables then
    refuse(at, "is a table: name one of its keys")
  end
  if node.kind == "array" and text:find("\n", 1, true) then
    refuse(at, "is an array over several lines: change it by hand")
  end
end

-- A date stays one.
local function keep_date(node, wanted)
  if node.kind == "date" and wanted.kind == "string"
    and scalar.is_date(wanted.value) then
    wanted.kind = "date"
  end
end

local function replace(at, text, node, wanted)
  local old = text:sub(node.from or 1, node.to or 0)
  check_old(at, node, old)
  keep_date(node, wanted)
  if same(node, wanted) then return text end
  return text:sub(1, node.from - 1) .. scalar.write(wanted, old) ..
    text:sub(node.to + 1)
end

local function dotted(names)
  local parts = {}
  for _, name in ipairs(names) do
    if type(name) == "string" then parts[#parts + 1] = scalar.key(name) end
  end
  return table.concat(parts, ".")
end

local function line_end(text)
  return text:match("\r?\n") or "\n"
end

-- Puts whole lines behind a byte; a missing final newline stays missing.
local function insert_lines(text, tail, lines)
  local head, eol = text:sub(1, tail), line_end(text)
  local body = table.concat(lines, eol)
  local open = head ~= "" and head:sub(-1) ~= "\n" and head ~= "\239\187\191"
  return head .. (open and eol .. body or body .. eol) .. text:sub(tail + 1)
end

-- The first key of a file goes below the comment that heads it.
local function below_title(text, tail)
  local at = tail + 1
  local after = text:match("^#[^\n]*\n()", at)
  while after do
    at, after = after, text:match("^#[^\n]*\n()", after)
  end
  return text:find("^\r?\n", at) and at - 1 or tail
end

local function add_line(text, owner, name, wanted)
  local names = table.move(owner.prefix or {}, 1, #(owner.prefix or {}), 1, {})
  names[#names + 1] = name
  local lines = {
    owner.indent .. dotted(names) .. " = " .. scalar.write(wanted),
  }
  local tail = owner.tail
  if owner.how == "root" and not owner.filled then
    tail = below_title(text, tail)
    local more = text:find("%S", tail + 1)
    if more and not text:find("^\r?\n", tail + 1) then lines[2] = "" end
  end
  return insert_lines(text, tail, lines)
end

local function add_table(text, names, wanted)
  local lines = {
    "[" .. dotted(table.move(names, 1, #names - 1, 1, {})) .. "]",
    scalar.key(names[#names]) .. " = " .. scalar.write(wanted),
  }
  local blank = text:find("\n\r?\n$") or not text:find("%S")
  if not blank then table.insert(lines, 1, "") end
  return insert_lines(text, #text, lines)
end

local function add(path, text, names, way, wanted)
  local owner, i = way[#way], #way
  if type(names[i]) == "string" and owner.tables then
    owner = only(path, owner, names[i - 1])
  end
  for k = i, #names do
    if type(names[k]) == "number" then
      refuse(path, ": there is no %s[%d]: add it by hand",
        dotted(table.move(names, 1, k - 1, 1, {})), names[k])
    end
  end
  local at = path .. ": " .. dotted(names) .. " "
  if owner.kind ~= "table" then
    refuse(at, "cannot be added: %s is no table", tostring(names[i - 1]))
  end
  if owner.how == "inline" then
    refuse(at, "would be inside an inline table: change it by hand")
  end
  if i == #names and owner.tail then
    return add_line(text, owner, names[i], wanted)
  end
  return add_table(text, names, wanted)
end

-- Makes in the tree the change that was meant for the text.
local function apply(path, way, names, wanted)
  local node = way[#names + 1]
  if node then
    node.kind, node.value, node.items = wanted.kind, wanted.value, wanted.items
    return
  end
  node = way[#way]
  if node.tables then node = only(path, node, names[#way - 1]) end
  for i = #way, #names - 1 do
    node.keys[names[i]] = { kind = "table", keys = {} }
    node = node.keys[names[i]]
  end
  node.keys[names[#names]] = wanted
end

local function edited(path, text, key, value)
  local names = path_of("set", key)
  local root, wanted = document(path, text), node_of(value)
  local way = way_to(path, root, names)
  local node = way[#names + 1]
  local before, result
  check_way(path .. ": " .. key .. " ", way)
  if node then
    before = plain(node)
    result = replace(path .. ": " .. key .. " ", text, node, wanted)
  else
    result = add(path, text, names, way, wanted)
  end
  if result == text then return result, before, before end
  apply(path, way, names, wanted)
  local now = parse.read(result)
  if not now or not same(root, now) then
    refuse(path, ": %s cannot be set without a change elsewhere: change it " ..
      "by hand", key)
  end
  return result, before, plain(wanted)
end

-- --- the API ---------------------------------------------------------------

--- What a change of toml.set did.
--- @class toml.change
--- @field changed boolean false: it was so already, nothing was written
--- @field before any nil when the key was not there
--- @field after any

--- The value of a TOML 1.0 document. Dates and times are their text. Raises
--- with the line.
--- @param text string
--- @return table<string,any>
function toml.decode(text)
  if type(text) ~= "string" then
    error("toml.decode: a text expected, not a " .. type(text), 0)
  end
  local root, bad = parse.read(text)
  if root then return plain(root) end
  error(("toml.decode: line %d: %s"):format(bad.line, bad.message), 0)
end

--- One value of a TOML file, nil when it is not there; without a key, all of
--- it. `vm.memory` means the one [[vm]]; of several, `vm[2].memory`.
--- @param path string
--- @param key? string dotted; a name with other characters in quotes
--- @return any
function toml.get(path, key)
  check_path("get", path)
  local names = key and path_of("get", key) or {}
  local root = document(path, fs.read(path))
  local node = way_to(path, root, names)[#names + 1]
  if node then return plain(node) end
  return nil
end

--- Changes one value of a TOML file; comments, blanks, order and line ends
--- stay. A missing key is added at the end of its table, a missing table at
--- the end of the file. Raises when the value stands in an inline table or an
--- array, when an array is over several lines, or when anything else would
--- change. Class: local; a file that holds the value already is not touched.
--- @param path string
--- @param key string as for toml.get
--- @param value string|number|boolean|any[] a list of texts, numbers, booleans
--- @return toml.change
function toml.set(path, key, value)
  check_path("set", path)
  local text = fs.read(path)
  local result, before, after = edited(path, text, key, value)
  fs.write(path, result) -- always: a further attempt asks for the same
  return { changed = result ~= text, before = before, after = after }
end

return toml
