-- What changes of Supabase do, as its reads would show it afterwards.

local copy = require "provider/copy"

local function about(p, what)
  p.object = ("%s of project %s"):format(what, p.args.project)
end

-- --- secrets -------------------------------------------------------------------

-- Values are only known by their digests: that of a new one is a hole.
local function set_secrets(p)
  local set = {}
  for _, one in ipairs(p.args.secrets) do
    set[one.name] = { name = one.name, value = p:hole(), updated_at = p:iso() }
  end
  local names = json.array {}
  for name in pairs(set) do names[#names + 1] = name end
  about(p, "secrets")
  p.after = { set = names }
  p:patch("secrets.list", {}, function(list)
    local out = json.array {}
    for _, one in ipairs(list or {}) do
      if not set[one.name] then out[#out + 1] = one end
    end
    for _, one in pairs(set) do out[#out + 1] = copy(one) end
    table.sort(out, function(a, b) return a.name < b.name end)
    return out
  end)
  return p:empty(201)
end

local function delete_secrets(p)
  local gone = {}
  for _, name in ipairs(p.args.names) do gone[name] = true end
  about(p, "secrets")
  p.before = { names = p.args.names }
  p:patch("secrets.list", {}, function(list)
    local out = json.array {}
    for _, one in ipairs(list or {}) do
      if not gone[one.name] then out[#out + 1] = one end
    end
    return out
  end)
  return p:empty(200)
end

-- --- settings ------------------------------------------------------------------

local function merged(into, values)
  local out = copy(into)
  for name, value in pairs(values) do out[name] = copy(value) end
  return out
end

-- Settings that are read by one row, and of which a change gives some new
-- values. shown: those that the change's answer does not hold.
local function settings(row, what, values_of, hidden)
  return function(p)
    local before = p:get(row, { project = p.args.project })
    if not before then p:refuse(404, "Not Found") end
    local values = values_of(p.args)
    about(p, what)
    p.before, p.after = {}, values
    for name in pairs(values) do p.before[name] = before[name] end
    p:patch(row, {}, function(now) return now and merged(now, values) end)
    local answer = merged(before, values)
    for _, name in ipairs(hidden or {}) do answer[name] = nil end
    return answer
  end
end

local function without_project(args)
  local out = copy(args)
  out.project = nil
  return out
end

local function set_ssl(p)
  local on = p.args.requestedConfig.database
  local before = p:get("ssl.get", { project = p.args.project })
  if not before then p:refuse(404, "Not Found") end
  about(p, "TLS enforcement")
  local function fn(one)
    if one then one.currentConfig.database = on end
    return one
  end
  p.before, p.after = before.currentConfig, { database = on }
  p:patch("ssl.get", {}, fn)
  return fn(before)
end

-- All ranges there shall be.
local function apply_network(p)
  local before = p:get("network.get", { project = p.args.project })
  if not before then p:refuse(404, "Not Found") end
  about(p, "network restrictions")
  local function fn(one)
    if not one then return nil end
    one.config = {
      dbAllowedCidrs = copy(p.args.dbAllowedCidrs) or json.array {},
      dbAllowedCidrsV6 = copy(p.args.dbAllowedCidrsV6) or json.array {},
    }
    one.status = "applied"
    return one
  end
  p.before, p.after = before.config, fn(copy(before)).config
  p:patch("network.get", {}, fn)
  return fn(before)
end

-- --- edge functions --------------------------------------------------------------

local FUNCTION = { one = "functions.get", all = "functions.list",
  key = "slug", last = true, shown = { "name", "version", "verify_jwt" } }

local function create_function(p)
  local args = p.args
  about(p, "function " .. args.slug)
  if p:get("functions.get", { project = args.project, slug = args.slug }) then
    p:refuse(400, "Duplicated function slug")
  end
  local one = {
    id = p:hole(), slug = args.slug, name = args.name, status = "ACTIVE",
    version = 1, verify_jwt = args.verify_jwt ~= false,
    created_at = p.now * 1000, updated_at = p.now * 1000,
    ezbr_sha256 = p:hole(),
  }
  p:show(FUNCTION, nil, one)
  p:set(FUNCTION, args.slug, function() return copy(one) end)
  return p:respond(201, one)
end

local function update_function(p)
  about(p, "function " .. p.args.slug)
  local digest = p:hole()
  local after = p:edit(FUNCTION, p.args.slug, function(one)
    if not one then return nil end
    if p.args.name ~= nil then one.name = p.args.name end
    if p.args.verify_jwt ~= nil then one.verify_jwt = p.args.verify_jwt end
    if p.args.body ~= nil then one.ezbr_sha256 = digest end
    one.version, one.updated_at = one.version + 1, p.now * 1000
    return one
  end)
  if not after then p:refuse(404, "Function not found") end
  if p.args.body ~= nil then
    p:patch("functions.body", {}, function()
      p:stop("not predicted: what the service makes of a function's source")
    end)
  end
  return after
end

local function delete_function(p)
  about(p, "function " .. p.args.slug)
  local before = p:get("functions.get",
    { project = p.args.project, slug = p.args.slug })
  if not before then p:refuse(404, "Function not found") end
  p:show(FUNCTION, before, nil)
  p:set(FUNCTION, p.args.slug, function() return nil end)
  return { message = "ok" }
end

return {
  ["secrets.set"] = set_secrets,
  ["secrets.delete"] = delete_secrets,
  ["auth.update"] = settings("auth.get", "auth settings", function(args)
    return args.settings
  end),
  ["postgrest.update"] = settings("postgrest.get", "PostgREST settings",
    without_project, { "jwt_secret" }),
  ["ssl.update"] = set_ssl,
  ["network.apply"] = apply_network,
  ["functions.create"] = create_function,
  ["functions.update"] = update_function,
  ["functions.delete"] = delete_function,
}
