-- Reads TOML 1.0 into a tree that knows where each value stands in the text.

local scalar = require "toml/scalar"

local parse = {}

local MAX_DEPTH = 100
local MAX_SHOWN = 8 -- bytes: it may be half of a secret
local BOM = "\239\187\191"

-- A node: kind (table, array, string, integer, float, boolean, date) and
--   keys   of a table: its nodes by name; `how` it came to be: root, header,
--          dotted, inline, implicit (named by a header below it alone)
--   items  of an array: its nodes; `tables` for [[name]]
--   value  of all others
--   from, to   the bytes of a value, at: where it is defined
--   tail, indent   of a table with lines of its own: the last byte of the
--          last of them, and what stands before that one's key
--   prefix of a dotted table: its name as seen from its header

local function line_of(text, at)
  local line = 1
  for _ in text:sub(1, at - 1):gmatch("\n") do line = line + 1 end
  return line
end

-- A table as the error, so that parse.read tells it from a bug.
local function wrong(p, at, message, ...)
  error({ line = line_of(p.text, at), message = message:format(...) }, 0)
end

local function new_table(p, how, depth, at)
  if depth > MAX_DEPTH then
    wrong(p, at, "nested over %d deep", MAX_DEPTH)
  end
  return { kind = "table", how = how, keys = {}, depth = depth, at = at }
end

-- --- blanks, comments, line ends -------------------------------------------

local function at_char(p)
  return p.text:sub(p.pos, p.pos)
end

local function skip_blank(p)
  p.pos = p.text:find("[^ \t]", p.pos) or #p.text + 1
end

local function skip_comment(p)
  if at_char(p) ~= "#" then return end
  local stop = p.text:find("[\0-\8\10-\31\127]", p.pos) or #p.text + 1
  if not p.text:find("^\r?\n", stop) and stop <= #p.text then
    wrong(p, stop, "a comment holds a control character")
  end
  p.pos = stop
end

local function skip_space(p)
  repeat
    p.pos = p.text:find("[^ \t\r\n]", p.pos) or #p.text + 1
    local comment = at_char(p) == "#"
    skip_comment(p)
  until not comment
end

local function shown(p)
  local token = p.text:match("^[^%c ]+", p.pos)
  if not token then return "the end of the line" end
  if #token > MAX_SHOWN then
    token = token:sub(1, MAX_SHOWN):gsub("[\192-\255][\128-\191]*$", "") .. "…"
  end
  return "'" .. token .. "'"
end

local function end_line(p, after)
  skip_blank(p)
  skip_comment(p)
  if p.pos > #p.text then return end
  p.pos = p.text:match("^\r?\n()", p.pos)
    or wrong(p, p.pos, "%s stands behind %s: begin a new line", shown(p),
      after)
end

-- --- strings ---------------------------------------------------------------

local QUOTES = {
  ['"'] = { quote = '"', stop = '["\\\0-\8\10-\31\127]' },
  ["'"] = { quote = "'", stop = "['\0-\8\10-\31\127]" },
  ['"""'] = {
    quote = '"', stop = '["\\\0-\8\11\12\14-\31\127]', multi = true,
  },
  ["'''"] = { quote = "'", stop = "['\0-\8\11\12\14-\31\127]", multi = true },
}

local ESCAPES = {
  b = "\b", t = "\t", n = "\n", f = "\f", r = "\r", ['"'] = '"', ["\\"] = "\\",
}

-- What the escape at a backslash stands for, and where it ends.
local function escape(p, at, multi)
  local text = p.text
  local c = text:sub(at + 1, at + 1)
  if ESCAPES[c] then return ESCAPES[c], at + 2 end
  local next_line = multi and text:match("^[ \t]*\r?\n[ \t\r\n]*()", at + 1)
  if next_line then return "", next_line end
  local digits = c == "u" and text:match("^%x%x%x%x", at + 2)
    or c == "U" and text:match("^%x%x%x%x%x%x%x%x", at + 2)
  local code = digits and tonumber(digits, 16)
  if not code or code > 0x10FFFF or code >= 0xD800 and code <= 0xDFFF then
    wrong(p, at, "a string holds no such escape: '\\%s'",
      c:find("%g") and c or "")
  end
  return utf8.char(code), at + 2 + #digits
end

-- Quotes inside a string or at its end: whether it ends, what they add to it,
-- where they end. A multi-line string may end in two quotes of its own.
local function quotes(p, at, kind)
  if not kind.multi then return true, "", at + 1 end
  local n = math.min(5, #p.text:match("^" .. kind.quote .. "+", at))
  if n < 3 then return false, kind.quote:rep(n), at + n end
  return true, kind.quote:rep(n - 3), at + n
end

local function read_string(p, mark)
  local kind, out, closed = QUOTES[mark], {}, false
  local at = p.pos + #mark
  if kind.multi then at = p.text:match("^\r?\n()", at) or at end
  while not closed do
    local stop = p.text:find(kind.stop, at)
    local c = stop and p.text:sub(stop, stop)
    if not stop or not kind.multi and c:find("[\r\n]") then
      wrong(p, p.pos, "a string is not closed")
    end
    out[#out + 1] = p.text:sub(at, stop - 1):gsub("\r\n", "\n")
    local piece
    if c == kind.quote then
      closed, piece, at = quotes(p, stop, kind)
    elseif c == "\\" then
      piece, at = escape(p, stop, kind.multi)
    else
      wrong(p, stop, "a string holds a control character: escape it")
    end
    out[#out + 1] = piece
  end
  p.pos = at
  return table.concat(out)
end

-- --- keys ------------------------------------------------------------------

local function read_name(p)
  local c = at_char(p)
  if c == '"' or c == "'" then return read_string(p, c) end
  local name, after = p.text:match("^([A-Za-z0-9_-]+)()", p.pos)
  if not name then
    wrong(p, p.pos, "a key was expected, not %s", shown(p))
  end
  p.pos = after
  return name
end

local function read_key(p)
  local names = {}
  repeat
    skip_blank(p)
    if #names == MAX_DEPTH then
      wrong(p, p.pos, "nested over %d deep", MAX_DEPTH)
    end
    names[#names + 1] = read_name(p)
    skip_blank(p)
    local dot = at_char(p) == "."
    if dot then p.pos = p.pos + 1 end
  until not dot
  return names
end

local function twice(p, at, name, first)
  wrong(p, at, "'%s' is defined twice: line %d does already", name,
    line_of(p.text, first.at))
end

-- The table that a dotted key goes through. One that dotted keys made can be
-- reached by lines of the same header only: no other gets past that header.
local function through(p, tree, name, at)
  local node = tree.keys[name]
  if not node then
    node = new_table(p, "dotted", tree.depth + 1, at)
    tree.keys[name] = node
  elseif node.how == "implicit" then
    node.how = "dotted"
  elseif node.how ~= "dotted" then
    twice(p, at, name, node)
  end
  return node
end

-- Puts a value below owner; gives the tables on the way, the owner first.
local function assign(p, owner, names, node, at)
  local way = { owner }
  for i = 1, #names - 1 do
    way[i + 1] = through(p, way[i], names[i], at)
  end
  local keys, name = way[#names].keys, names[#names]
  if keys[name] then twice(p, at, name, keys[name]) end
  node.at = at
  keys[name] = node
  return way
end

-- --- values ----------------------------------------------------------------

local read_value

local function read_array(p, depth)
  local from = p.pos
  local node = { kind = "array", items = {}, at = from }
  if depth > MAX_DEPTH then
    wrong(p, from, "nested over %d deep", MAX_DEPTH)
  end
  p.pos = from + 1
  skip_space(p)
  while at_char(p) ~= "]" do
    if p.pos > #p.text then wrong(p, from, "an array is not closed") end
    node.items[#node.items + 1] = read_value(p, depth + 1)
    skip_space(p)
    if at_char(p) == "," then
      p.pos = p.pos + 1
      skip_space(p)
    elseif p.pos <= #p.text and at_char(p) ~= "]" then
      wrong(p, p.pos, "an array goes on with ',' or ends with ']', not %s",
        shown(p))
    end
  end
  p.pos = p.pos + 1
  return node
end

local function read_pair(p, owner)
  local at = p.pos
  local names = read_key(p)
  if at_char(p) ~= "=" then
    wrong(p, p.pos, "'=' was expected behind the key, not %s", shown(p))
  end
  p.pos = p.pos + 1
  skip_blank(p)
  local node = read_value(p, owner.depth + #names)
  return assign(p, owner, names, node, at), names
end

local function read_inline(p, depth)
  local node = new_table(p, "inline", depth, p.pos)
  p.pos = p.pos + 1
  skip_blank(p)
  local more = at_char(p) ~= "}"
  while more do
    read_pair(p, node)
    skip_blank(p)
    more = at_char(p) == ","
    if not more and at_char(p) ~= "}" then
      wrong(p, p.pos, "an inline table goes on with ',' or ends with '}' on " ..
        "its line, not %s", shown(p))
    end
    if more then
      p.pos = p.pos + 1
      skip_blank(p)
    end
  end
  p.pos = p.pos + 1
  return node
end

local function read_bare(p)
  local token = p.text:match("^[A-Za-z0-9_.:+-]+", p.pos)
  if token and token:find("^%d%d%d%d%-%d%d%-%d%d$") then
    token = token .. (p.text:match("^ %d%d:[%d:.Zz+-]+", p.pos + #token) or "")
  end
  local kind, value = scalar.read(token or "")
  if not kind then
    wrong(p, p.pos, "%s is no value: a text needs quotes, an integer has " ..
      "at most 64 bits", shown(p))
  end
  p.pos = p.pos + #token
  return { kind = kind, value = value }
end

function read_value(p, depth)
  local from = p.pos
  local node
  local mark = p.text:match('^"""', from) or p.text:match("^'''", from)
    or p.text:match("^[\"'%[{]", from)
  if mark == "[" then
    node = read_array(p, depth)
  elseif mark == "{" then
    node = read_inline(p, depth)
  elseif mark then
    node = { kind = "string", value = read_string(p, mark) }
  else
    node = read_bare(p)
  end
  node.from, node.to = from, p.pos - 1
  return node
end

-- --- lines -----------------------------------------------------------------

-- The table that the last name of a header stands in.
local function parent_of(p, names, at)
  local tree = p.root
  for i = 1, #names - 1 do
    local node = tree.keys[names[i]]
    if not node then
      node = new_table(p, "implicit", tree.depth + 1, at)
      tree.keys[names[i]] = node
    elseif node.tables then
      node = node.items[#node.items]
    elseif node.kind ~= "table" or node.how == "inline" then
      twice(p, at, names[i], node)
    end
    tree = node
  end
  return tree
end

local function open_table(p, tree, name, at)
  local node = tree.keys[name]
  if not node then
    node = new_table(p, "header", tree.depth + 1, at)
    tree.keys[name] = node
  elseif node.how ~= "implicit" then
    twice(p, at, name, node)
  end
  node.how, node.at = "header", at
  return node
end

local function append_table(p, tree, name, at)
  local list = tree.keys[name]
  if not list then
    list = { kind = "array", items = {}, tables = true, at = at }
    tree.keys[name] = list
  elseif not list.tables then
    twice(p, at, name, list)
  end
  local node = new_table(p, "header", tree.depth + 2, at)
  list.items[#list.items + 1] = node
  return node
end

local function read_header(p)
  local at = p.pos
  local double = p.text:find("^%[%[", at)
  p.pos = at + (double and 2 or 1)
  local names = read_key(p)
  local close = double and "]]" or "]"
  if p.text:sub(p.pos, p.pos + #close - 1) ~= close then
    wrong(p, p.pos, "'%s' was expected behind the name of a table, not %s",
      close, shown(p))
  end
  p.pos = p.pos + #close
  local open = double and append_table or open_table
  return open(p, parent_of(p, names, at), names[#names], at)
end

local function read_line(p)
  local start = p.pos
  skip_blank(p)
  local indent = p.text:sub(start, p.pos - 1)
  local c = at_char(p)
  if c == "[" then
    p.section = read_header(p)
    end_line(p, "the name of a table")
    p.section.tail, p.section.indent = p.pos - 1, indent
  elseif c == "" or c:find("[#\r\n]") then
    end_line(p)
  else
    local way, names = read_pair(p, p.section)
    end_line(p, "the value")
    for i, tree in ipairs(way) do
      tree.tail, tree.indent, tree.filled = p.pos - 1, indent, true
      tree.prefix = table.move(names, 1, i - 1, 1, {})
    end
  end
end

local function read(text)
  local p = { text = text, pos = 1, root = nil, section = nil }
  local valid, bad = utf8.len(text)
  if not valid then wrong(p, bad, "the file is not UTF-8 text") end
  local stray = text:find("\r%f[^\r\n]") or text:find("\r\r")
  if stray then
    wrong(p, stray, "a carriage return stands without a line feed")
  end
  if text:sub(1, #BOM) == BOM then p.pos = 1 + #BOM end
  p.root = new_table(p, "root", 0, 1)
  p.root.tail, p.root.indent, p.root.prefix = p.pos - 1, "", {}
  p.section = p.root
  while p.pos <= #text do read_line(p) end
  return p.root
end

local function caught(fn, ...)
  local ok, result = pcall(fn, ...)
  if ok then return result end
  if type(result) ~= "table" then error(result, 0) end
  return nil, result
end

--- The tree of a document; or nil and what is wrong: {line, message}.
function parse.read(text)
  return caught(read, text)
end

local function read_path(text)
  local p, path, more = { text = text, pos = 1 }, {}, true
  while more do
    path[#path + 1] = read_name(p)
    local index, after = text:match("^%[(%d+)%]()", p.pos)
    while index do
      path[#path + 1] = math.tointeger(tonumber(index)) or 0
      p.pos = after
      index, after = text:match("^%[(%d+)%]()", p.pos)
    end
    more = at_char(p) == "."
    if more then p.pos = p.pos + 1 end
  end
  if p.pos <= #text then
    wrong(p, p.pos, "'.' was expected, not %s", shown(p))
  end
  return path
end

--- `vm[2]."a.b"` as { "vm", 2, "a.b" }; or nil and what is wrong.
function parse.path(text)
  return caught(read_path, text)
end

return parse
