-- What a GraphQL document selects, and an answer cut down to that.

local graphql = {}

-- Names, and the signs that matter here; strings and numbers are arguments'.
local function tokens_of(document)
  local text = document:gsub("#[^\n\r]*", ""):gsub('"[^"]*"', "")
  local list = {}
  for name, sign in text:gmatch("([%a_]?[%w_]*)([^%w_]?)") do
    if name ~= "" then list[#list + 1] = name end
    if sign:find("[{}():@.]") then list[#list + 1] = sign end
  end
  return list
end

-- The place behind the bracket that closes the one at i.
local function behind(tokens, i)
  local depth = 0
  repeat
    if tokens[i] == "(" then depth = depth + 1 end
    if tokens[i] == ")" then depth = depth - 1 end
    i = i + 1
  until depth == 0 or i > #tokens
  return i
end

-- Passes over arguments and directives.
local function behind_extras(tokens, i)
  while tokens[i] == "(" or tokens[i] == "@" do
    if tokens[i] == "@" then
      i = i + 2
    else
      i = behind(tokens, i)
    end
  end
  return i
end

local selection

-- `... on Type {…}` adds to the selection around it.
local function fragment(tokens, i, into)
  while tokens[i] == "." do i = i + 1 end
  if tokens[i] == "on" then i = i + 2 end
  i = behind_extras(tokens, i)
  if tokens[i] ~= "{" then
    error("the sandbox knows no named fragments: write it out", 0)
  end
  return selection(tokens, i, into)
end

-- Fills into with the selected names, of each a table of what is selected in
-- it; `true` takes the whole. Gives the place behind.
function selection(tokens, i, into)
  i = i + 1
  while tokens[i] and tokens[i] ~= "}" do
    if tokens[i] == "." then
      i = fragment(tokens, i, into)
    else
      local key = tokens[i]
      i = tokens[i + 1] == ":" and i + 3 or i + 1
      i = behind_extras(tokens, i)
      local inner = true
      if tokens[i] == "{" then
        inner = type(into[key]) == "table" and into[key] or {}
        i = selection(tokens, i, inner)
      end
      into[key] = inner
    end
  end
  return i + 1
end

--- What the document's first operation selects.
--- @param document string
--- @return table selected names, of each `true` or what is selected in it
function graphql.selected(document)
  local tokens, selected = tokens_of(document), {}
  local i = 1
  while tokens[i] and tokens[i] ~= "{" do
    i = tokens[i] == "(" and behind(tokens, i) or i + 1
  end
  if tokens[i] then selection(tokens, i, selected) end
  return selected
end

--- The part of data that is selected.
--- @param data any
--- @param selected table|true
--- @return any
function graphql.cut(data, selected)
  if selected == true or type(data) ~= "table" or data == json.null
    or next(data) == nil then
    return data
  end
  if data[1] ~= nil then
    local list = json.array {}
    for i, item in ipairs(data) do list[i] = graphql.cut(item, selected) end
    return list
  end
  local out = {}
  for key, value in pairs(data) do
    if selected[key] then out[key] = graphql.cut(value, selected[key]) end
  end
  return out
end

return graphql
