-- Simulated Fly.io apps: the apps themselves, their addresses and tokens.

local rest = require "sandbox/rest"
local common = require "sandbox/fly_common"
local problem = common.problem

local apps = {}

local function view(app)
  return {
    id = app.id, name = app.name, status = app.status,
    machine_count = #app.machines, volume_count = #app.volumes,
    network = app.network or "default",
    organization = { name = app.org.name, slug = app.org.slug },
  }
end

local function list_apps(request)
  local slug = rest.arg(request, "org_slug")
  if not slug then return problem(400, "org_slug is required") end
  local list = json.array {}
  for _, app in pairs(request.world.fly.apps) do
    if app.org.slug == slug then list[#list + 1] = view(app) end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  local page, cursor = common.page(request, list)
  if not page then return problem(400, "invalid cursor") end
  return 200, { total_apps = #list, apps = page, next_cursor = cursor }
end

local function get_app(_, app)
  return 200, view(app)
end

local function org_of(world, slug)
  for _, app in pairs(world.fly.apps) do
    if app.org.slug == slug then return app.org end
  end
  return nil
end
apps.org_of = org_of

-- Fly's description and its client call the member name, its documents
-- app_name.
local function create_app(request)
  local body, world = common.body(request), request.world
  local name = body.name or body.app_name
  if type(name) ~= "string" or not body.org_slug then
    return problem(400, "name and org_slug are required")
  end
  local org = org_of(world, body.org_slug)
  if not org then return problem(400, "organization not found") end
  if world.fly.apps[name] then
    return problem(422, "Validation failed: Name has already been taken")
  end
  if not name:find("^[a-z0-9][a-z0-9-]*$") or #name > 63 then
    return problem(422, "Validation failed: Name may only contain numbers, " ..
      "lowercase letters and dashes")
  end
  local n = rest.serial(world, "app")
  world.fly.apps[name] = {
    id = ("z4k69dxd8r%06x"):format(n), name = name, status = "pending",
    org = rest.copy(org), network = body.network,
    machines = json.array {}, releases = json.array {}, secrets = {},
  }
  apps.prepare(world.fly.apps[name])
  rest.touch(request)
  return 201, { id = world.fly.apps[name].id, created_at = request.now_ms }
end

--- The members that a fixture's app may leave out.
function apps.prepare(app)
  app.volumes = app.volumes or json.array {}
  app.ips = app.ips or json.array {}
  app.certificates = app.certificates or {}
  app.secret_keys = app.secret_keys or {}
end

local function delete_app(request, app)
  for _, machine in ipairs(app.machines) do
    if common.state_of(machine, request.now_ms) == "started" then
      return common.wrong_state("machine " .. machine.id ..
        " of the app is not stopped")
    end
  end
  request.world.fly.apps[app.name] = nil
  rest.touch(request)
  return 202, nil
end

local function deploy_token(request, app)
  local n = rest.serial(request.world, "deploy_token")
  rest.touch(request)
  return 200, { token = "FlyV1 fm2_" .. rest.digest(app.name .. n):rep(4) }
end

-- --- addresses ---------------------------------------------------------------

local ADDRESSES = {
  v4 = function(n) return ("37.16.9.%d"):format(52 + n) end,
  shared_v4 = function() return "66.241.124.1" end,
  v6 = function(n) return ("2a09:8280:1::37:%x"):format(n) end,
  private_v6 = function(n) return ("fdaa:0:a7b:0:1::%x"):format(n) end,
}

local function list_ips(_, app)
  return 200, { ips = rest.copy(app.ips) }
end

local function assign_ip(request, app)
  local body = common.body(request)
  local address = ADDRESSES[body.type or "v4"]
  if not address then
    return problem(400, "invalid type " .. tostring(body.type))
  end
  if body.region and not common.region_known(body.region) then
    return problem(400, "region " .. body.region .. " not found")
  end
  local ip = {
    ip = address(rest.serial(request.world, "ip")),
    region = body.region or "global", shared = body.type == "shared_v4",
    service_name = body.service_name or "",
    created_at = rest.iso(request.now_ms),
  }
  if not common.find(app.ips, "ip", ip.ip) then table.insert(app.ips, ip) end
  rest.touch(request)
  return 200, rest.copy(ip)
end

local function release_ip(request, app)
  local ip, i = common.find(app.ips, "ip", request.params.ip)
  if not ip then return problem(404, "ip assignment not found") end
  table.remove(app.ips, i)
  rest.touch(request)
  return 204, nil
end

local A = "/v1/apps/{app}"
local with_app = common.with_app

apps.routes = {
  { "GET", "/v1/apps", "fly.apps.list", list_apps },
  { "POST", "/v1/apps", "fly.apps.create", create_app },
  { "GET", A, "fly.apps.get", with_app(get_app) },
  { "DELETE", A, "fly.apps.delete", with_app(delete_app) },
  { "POST", A .. "/deploy_token", "fly.apps.deploy_token",
    with_app(deploy_token) },
  { "GET", A .. "/ip_assignments", "fly.ips.list", with_app(list_ips) },
  { "POST", A .. "/ip_assignments", "fly.ips.assign", with_app(assign_ip) },
  { "DELETE", A .. "/ip_assignments/{ip}", "fly.ips.release",
    with_app(release_ip) },
}

return apps
