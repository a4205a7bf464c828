-- What the simulated services share: URLs, routes, answers, pages, ids.

local rest = {}

--- @class rest.request
--- @field world table the state of the whole simulated cloud
--- @field params table<string,string> from the path
--- @field query table<string,string[]>
--- @field body any decoded JSON, nil when there is none
--- @field headers table<string,string> names in lower case
--- @field now_ms integer
--- @field origin string scheme, host and prefix that the caller used
--- @field path string behind the prefix
--- @field changed boolean set by rest.touch

local function unescape(s)
  return (s:gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

--- @param url string
--- @return string origin "https://host:port"
--- @return string host
--- @return string path still percent-encoded
--- @return table<string,string[]> query
function rest.split(url)
  local origin, host, tail = url:match("^(%a[%w+.-]*://([^/?#]+))([^#]*)")
  if not origin then return "", "", url, {} end
  local path, text = tail:match("^([^?]*)%??(.*)$")
  local query = {}
  for pair in text:gmatch("[^&]+") do
    local key, value = pair:match("^([^=]*)=?(.*)$")
    key, value = unescape(key), unescape((value:gsub("+", " ")))
    query[key] = query[key] or {}
    table.insert(query[key], value)
  end
  return origin, host, path, query
end

local function segments(path)
  local list = {}
  for part in path:gmatch("[^/]+") do list[#list + 1] = part end
  return list
end

-- A last hole `{name*}` takes all that is left, with its slashes.
local function take_tail(want, have)
  local name = want[#want] and want[#want]:match("^{([%w_]+)%*}$")
  if not name or #have < #want then return nil end
  local tail = table.concat(have, "/", #want)
  return name, unescape(tail)
end

local function match(template, path)
  local want, have = segments(template), segments(path)
  local tail, text = take_tail(want, have)
  if not tail and #want ~= #have then return nil end
  local params = {}
  for i, part in ipairs(want) do
    local name = part:match("^{([%w_]+)}$")
    if name then
      params[name] = unescape(have[i])
    elseif tail and i == #want then
      params[tail] = text
    elseif part ~= have[i] then
      return nil
    end
  end
  return params
end

--- The route {method, template, op, handler} for a request, its parameters,
--- and whether the path exists at all.
--- @return table|nil route
--- @return table|nil params
--- @return boolean known the path exists, maybe with another method
function rest.route(routes, method, path)
  local known = false
  for _, route in ipairs(routes) do
    local params = match(route[2], path)
    if params then
      known = true
      if route[1] == method then return route, params, true end
    end
  end
  return nil, nil, known
end

--- The first value of a query parameter.
function rest.arg(request, name)
  local values = request.query[name]
  return values and values[1]
end

--- Notes that the request changed the state of the world.
function rest.touch(request)
  request.changed = true
end

--- A new number of a kind: 1, 2, 3, … so that ids are the same everywhere.
--- @param world table
--- @param kind string
--- @param first? integer
--- @return integer
function rest.serial(world, kind, first)
  world.serials = world.serials or {}
  local n = (world.serials[kind] or (first or 1) - 1) + 1
  world.serials[kind] = n
  return n
end

--- FNV-1a, 64 bits, as 16 hex digits: a digest that tells values apart.
--- @param text string
--- @return string
function rest.digest(text)
  local h = 0xcbf29ce484222325
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(h)
end

--- Unix milliseconds as "2026-11-20T09:00:00Z".
function rest.iso(ms)
  return time.iso(ms // 1000)
end

--- A copy that shares nothing with the original.
function rest.copy(value)
  if type(value) ~= "table" or value == json.null then return value end
  if value[1] ~= nil or rest.is_empty_array(value) then
    local list = {}
    for i, item in ipairs(value) do list[i] = rest.copy(item) end
    return json.array(list)
  end
  local out = {}
  for key, item in pairs(value) do out[key] = rest.copy(item) end
  return out
end

--- True for an empty table that is written as [] and not as {}.
function rest.is_empty_array(value)
  return next(value) == nil and json.encode(value) == "[]"
end

--- The value, or json.null for nil: a member that must be there.
function rest.or_null(value)
  if value == nil then return json.null end
  return value
end

--- The value, or nil for json.null.
function rest.or_nil(value)
  if value == json.null then return nil end
  return value
end

local function link_url(request, page)
  local parts = {}
  local names = {}
  for name in pairs(request.query) do
    if name ~= "page" then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    parts[#parts + 1] = name .. "=" .. rest.arg(request, name)
  end
  parts[#parts + 1] = "page=" .. page
  return "<" .. request.origin .. request.path .. "?" ..
    table.concat(parts, "&") .. ">"
end

--- One page of a list by `page` and `per_page`, and its Link header.
--- @param request rest.request
--- @param list table[]
--- @return table[] page
--- @return table<string,string> headers
function rest.page(request, list)
  local size = math.tointeger(tonumber(rest.arg(request, "per_page"))) or 30
  local page = math.tointeger(tonumber(rest.arg(request, "page"))) or 1
  size, page = math.max(1, math.min(100, size)), math.max(1, page)
  local last = math.max(1, (#list + size - 1) // size)
  local items = json.array {}
  for i = (page - 1) * size + 1, math.min(page * size, #list) do
    items[#items + 1] = list[i]
  end
  local links = {}
  if page < last then
    links[1] = link_url(request, page + 1) .. '; rel="next"'
    links[2] = link_url(request, last) .. '; rel="last"'
  end
  if page > 1 then
    links[#links + 1] = link_url(request, page - 1) .. '; rel="prev"'
    links[#links + 1] = link_url(request, 1) .. '; rel="first"'
  end
  if #links == 0 then return items, {} end
  return items, { link = table.concat(links, ", ") }
end

--- Counts requests per window: never more than limit in window_s. The count
--- is of this process alone and no part of the world.
--- @param limit integer
--- @param window_s integer
--- @return fun(now_ms:integer):integer,integer used, and the window's end (s)
function rest.meter(limit, window_s)
  local window, used = -1, 0
  return function(now_ms)
    local current = now_ms // 1000 // window_s
    if current ~= window then window, used = current, 0 end
    used = math.min(used + 1, limit + 1)
    return used, (current + 1) * window_s
  end
end

--- State that moves with time: the last entry of timeline (in order of time)
--- that has come. Nothing is stored, so looking changes nothing.
--- @param timeline {at:integer, state:string}[]
--- @param now_ms integer
--- @return table entry
function rest.at(timeline, now_ms)
  local current = timeline[1]
  for _, entry in ipairs(timeline) do
    if entry.at <= now_ms then current = entry end
  end
  return current
end

return rest
