-- The simulated cloud: routes each request to the service it is for.

local rest = require "sandbox/rest"
local graphql = require "sandbox/graphql"
local postgres = require "sandbox/postgres"

local SERVICES = { "chatwoot", "fly", "github", "supabase" }

-- Each is loaded when a world first needs it: a fixture holds the services
-- that its runbooks use, and no others.
local services = setmetatable({}, { __index = function(loaded, name)
  loaded[name] = require("sandbox/" .. name)
  return loaded[name]
end })

local JSON_TYPE = "application/json; charset=utf-8"

-- By host on the real names, by first path segment on loopback.
local HOSTS = {
  ["api.machines.dev"] = { "fly", "machines" },
  ["api.fly.io"] = { "fly", "graphql" },
  ["api.github.com"] = { "github", "rest" },
  ["pipelines.actions.githubusercontent.com"] = { "github", "files" },
  ["api.supabase.com"] = { "supabase", "rest" },
}
local PREFIXES = {
  ["fly"] = { "fly", "machines" },
  ["fly_graphql"] = { "fly", "graphql" },
  ["site"] = { "fly", "site" },
  ["github"] = { "github", "rest" },
  ["github_files"] = { "github", "files" },
  ["supabase"] = { "supabase", "rest" },
  ["chatwoot"] = { "chatwoot", "rest" },
}

-- A value is written as JSON, but a text of another content-type as it is.
local function answer(status, value, headers)
  local out = { ["content-type"] = JSON_TYPE }
  for name, text in pairs(headers or {}) do out[name] = text end
  local body = ""
  local is_json = out["content-type"]:find("json", 1, true)
  if value ~= nil then body = is_json and json.encode(value) or value end
  return { status = status, headers = out, body = body, changed = false }
end

-- The commits of the fixture stand for `HEAD`, `HEAD~1`, …: their SHAs are
-- known only when the repository has been made. `{HEAD~1}` in any text of the
-- world becomes the SHA, `{HEAD~1:12}` its first 12 digits.
local function sha_of(world, back)
  local shas = world.git.shas
  local sha = shas[#shas - back]
  if not sha then error("the fixture has no commit HEAD~" .. back, 0) end
  return sha
end

local function fill(world, text)
  text = text:gsub("{HEAD~?(%d*):?(%d*)}", function(back, digits)
    local sha = sha_of(world, tonumber(back) or 0)
    return sha:sub(1, tonumber(digits) or -1)
  end)
  return text
end

local function fill_all(world, value)
  for key, item in pairs(value) do
    if type(item) == "string" then
      value[key] = fill(world, item)
    elseif type(item) == "table" then
      fill_all(world, item)
    end
  end
end

-- Without a repository the commits get names all the same.
local function invented(world)
  local shas = json.array {}
  for i, commit in ipairs(world.commits or {}) do
    shas[i] = rest.digest(commit.message .. i):rep(3):sub(1, 40)
  end
  return { head = shas[#shas], shas = shas }
end

local function prepare(world)
  world.counters = world.counters or {}
  world.git = world.git or invented(world)
  if world.prepared then return end
  world.env = world.env or {}
  world.secrets = world.secrets or {}
  if world.postgres then fill_all(world, world.postgres) end
  for _, name in ipairs(SERVICES) do
    if world[name] then
      fill_all(world, world[name])
      local prepare_service = services[name].prepare
      if prepare_service then prepare_service(world) end
    end
  end
  world.prepared = true
end

local function blanked(world)
  local out = rest.copy(world)
  for name in pairs(out.secrets or {}) do out.secrets[name] = "" end
  return out
end

local BACKSTAGE = {
  ["/_sandbox/counters"] = function(world) return world.counters end,
  ["/_sandbox/state"] = blanked,
}

-- Which service and which of its surfaces a URL means, the origin to build
-- links with and the path behind the prefix.
local function target(world, origin, host, path)
  if HOSTS[host] then return HOSTS[host], origin, path end
  local desk = world.env.chatwoot and world.env.chatwoot.base
  if desk and desk == origin then
    return { "chatwoot", "rest" }, origin, path
  end
  if world.fly and services.fly.site_of(world, host) then
    return { "fly", "site" }, origin, "/" .. host .. path
  end
  local first, tail = path:match("^/([^/]+)(.*)$")
  local loopback = host:match("^127%.0%.0%.1:%d+$")
    or host:match("^localhost:%d+$")
  if loopback and first and PREFIXES[first] then
    return PREFIXES[first], origin .. "/" .. first, tail
  end
  return nil
end

local function lower_keys(headers)
  local out = {}
  for name, value in pairs(headers or {}) do out[name:lower()] = value end
  return out
end

-- A body that is no JSON and does not say that it is stays a text.
local function decode_body(body, headers)
  if body == nil or body == json.null or body == "" then return true, nil end
  local ok, value = pcall(json.decode, body)
  local kind = headers["content-type"]
  if not ok and kind and not kind:find("json", 1, true) then
    return true, body
  end
  return ok, value
end

local function nowhere(req)
  return answer(501, {
    error = "the sandbox does not simulate " .. req.method .. " " .. req.url,
  })
end

local function dispatch(world, service, surface, request)
  local refused, status, value, headers
  local route, params, known =
    rest.route(service.routes[surface], request.method, request.path)
  if not route then return nil, known end
  request.params = params
  refused, status, value, headers = service.guard(request, surface, route)
  if not refused then status, value, headers = route[4](request) end
  local reply = answer(status, value, headers)
  for name, text in pairs(service.headers(request)) do
    reply.headers[name] = text
  end
  reply.op = route[3]
  reply.changed = request.changed == true
  if reply.changed then
    world.counters[route[3]] = (world.counters[route[3]] or 0) + 1
  end
  return reply
end

local function answer_query(world, req)
  local reply = postgres(world, req)
  if reply.changed then
    world.counters[reply.op] = (world.counters[reply.op] or 0) + 1
  end
  return reply
end

-- Who is told of failures: a POST of JSON is kept in world.hooks.
local function is_hook(host, path)
  return host == "hooks.example" or (host:find("^127%.0%.0%.1:%d+$")
    and path:find("^/hooks")) ~= nil
end

local function take_hook(world, req)
  local ok, body = pcall(json.decode, req.body or "")
  if req.method ~= "POST" or not ok then
    return answer(400, { error = "POST JSON" })
  end
  world.hooks = world.hooks or json.array {}
  table.insert(world.hooks, body)
  world.counters["hooks.post"] = (world.counters["hooks.post"] or 0) + 1
  local reply = answer(200, {})
  reply.op, reply.changed = "hooks.post", true
  return reply
end

--- Makes the handler of a world: every simulated request goes through it, and
--- every SQL query {sql = name of the DSN, class, dsn, text, params, opts}.
--- world.git = {head, shas} names the commits, oldest first; without it
--- their names are made up.
--- @param world table decoded fixture; the handler changes it
--- @return fun(req:{method:string,url:string,headers:table,body:string?}, now_ms:integer):table
local function sandbox(world)
  prepare(world)
  return function(req, now_ms)
    if req.sql then return answer_query(world, req) end
    local origin, host, path, query = rest.split(req.url)
    for name, value in pairs(req.query or {}) do
      query[name] = { tostring(value) }
    end
    if is_hook(host, path) then return take_hook(world, req) end
    if BACKSTAGE[path] then return answer(200, BACKSTAGE[path](world)) end
    local where, base, tail = target(world, origin, host, path)
    if not where or not world[where[1]] then return nowhere(req) end
    local service = services[where[1]]
    local headers = lower_keys(req.headers)
    local ok, body = decode_body(req.body, headers)
    if not ok then return answer(400, service.problem(400, "invalid JSON")) end
    local reply, known = dispatch(world, service, where[2], {
      world = world, method = req.method, path = tail, query = query,
      headers = headers, body = body, now_ms = now_ms, origin = base,
    })
    if reply then return reply end
    if known then
      return answer(405, service.problem(405, "method not allowed"))
    end
    return nowhere(req)
  end
end

-- POST {seconds} to this puts the cloud's clock forward, so that nobody need
-- wait for it.
local CLOCK = "/_sandbox/clock"

local function put_forward(world, req)
  local ok, body = pcall(json.decode, req.body)
  local seconds = ok and type(body) == "table" and body.seconds
  if req.method ~= "POST" or type(seconds) ~= "number" or seconds < 0 then
    return answer(400, { error = "POST {seconds: 0 or more}" })
  end
  world.ahead_ms = (world.ahead_ms or 0) + math.floor(seconds * 1000)
  local reply = answer(200, { ahead_ms = world.ahead_ms })
  reply.changed = true
  return reply
end

-- What every service does alike: nothing at all is no JSON, and a GraphQL
-- answer holds what was asked for.
local function polish(req, reply)
  if reply.body == "" and reply.headers["content-type"] == JSON_TYPE then
    reply.headers["content-type"] = nil
  end
  if reply.status ~= 200 or not req.url:find("/graphql$") then return reply end
  local asked, answered = json.decode(req.body), json.decode(reply.body)
  if type(answered.data) == "table" and answered.data ~= json.null then
    answered.data =
      graphql.cut(answered.data, graphql.selected(asked.query or ""))
    reply.body = json.encode(answered)
  end
  return reply
end

--- The same with a clock that can be put forward.
local function tended(world)
  local handler = sandbox(world)
  return function(req, now_ms)
    local at_ms = now_ms + (world.ahead_ms or 0)
    if req.sql then return handler(req, at_ms) end
    local _, _, path = rest.split(req.url)
    if path == CLOCK then return put_forward(world, req) end
    return polish(req, handler(req, at_ms))
  end
end

return tended
