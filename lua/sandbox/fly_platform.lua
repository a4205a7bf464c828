-- Simulated Fly.io platform: organisations, regions, placements, tokens.

local rest = require "sandbox/rest"
local common = require "sandbox/fly_common"
local machines = require "sandbox/fly_machines"
local volumes = require "sandbox/fly_volumes"
local problem = common.problem

local platform = {}

-- --- organisations -----------------------------------------------------------

local function sorted_apps(world, slug)
  local list = {}
  for _, app in pairs(world.fly.apps) do
    if app.org.slug == slug then list[#list + 1] = app end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function machine_view(machine, app, now_ms)
  local one = machines.view(machine, now_ms)
  return {
    id = one.id, name = one.name, app_name = app.name, region = one.region,
    state = one.state, instance_id = one.instance_id,
    version = one.instance_id, private_ip = one.private_ip,
    created_at = one.created_at, updated_at = one.updated_at,
    config = {
      image = one.config.image, guest = one.config.guest,
      metadata = one.config.metadata,
    },
  }
end

-- Both overviews: the items of all apps that items_of(app) gives, a page.
local function overview(request, member, items_of)
  local apps = sorted_apps(request.world, request.params.org)
  if #apps == 0 then return problem(404, "organization not found") end
  local after = rest.arg(request, "updated_after")
  local all = json.array {}
  for _, app in ipairs(apps) do
    for _, item in ipairs(items_of(app)) do
      if not after or (item.updated_at or item.created_at) > after then
        all[#all + 1] = item
      end
    end
  end
  local page, cursor = common.page(request, all)
  if not page then return problem(400, "invalid cursor") end
  return 200, { [member] = page, next_cursor = cursor or "" }
end

local function org_machines(request)
  return overview(request, "machines", function(app)
    local list = {}
    for i, machine in ipairs(machines.chosen(request, app)) do
      list[i] = machine_view(machine, app, request.now_ms)
    end
    return list
  end)
end

local function org_volumes(request)
  local region = rest.arg(request, "region")
  return overview(request, "volumes", function(app)
    local list = {}
    for _, volume in ipairs(app.volumes) do
      if not region or volume.region == region then
        local one = volumes.view(volume)
        one.app_name, one.updated_at = app.name, one.created_at
        list[#list + 1] = one
      end
    end
    return list
  end)
end

-- --- regions -----------------------------------------------------------------

local function regions()
  local list = json.array {}
  for i, one in ipairs(common.REGIONS) do
    list[i] = {
      code = one[1], name = one[2], geo_region = one[3], latitude = one[4],
      longitude = one[5], gateway_available = true, deprecated = false,
      requires_paid_plan = false,
    }
  end
  return 200, { nearest = "fra", regions = list }
end

local function placements(request)
  local body, list = common.body(request), json.array {}
  if #sorted_apps(request.world, tostring(body.org_slug)) == 0 then
    return problem(400, "organization not found")
  end
  local wanted = "," .. (body.region or "fra") .. ","
  for _, one in ipairs(common.REGIONS) do
    local asked = wanted:find("," .. one[1] .. ",", 1, true)
      or wanted:find(",any,", 1, true)
    if asked and not common.is_full(request.world, one[1]) then
      list[#list + 1] = {
        region = one[1], count = body.count or 1, concurrency = 8,
      }
    end
  end
  return 200, { regions = list }
end

-- --- tokens ------------------------------------------------------------------

local function current_token(request)
  local names = {}
  for name in pairs(request.world.fly.apps) do names[#names + 1] = name end
  table.sort(names)
  local app = request.world.fly.apps[names[1]]
  local org = app and app.org or { name = "Personal", slug = "personal" }
  local token = {
    token_id = rest.digest(request.world.secrets.FLY_API_TOKEN),
    organization = org.name, org_slug = org.slug,
    user = request.world.fly.owner, apps = json.array { "*" },
  }
  return 200, { tokens = json.array { token } }
end

local function genuine(request)
  local token = request.world.secrets.FLY_API_TOKEN
  local header = common.body(request).header
  return header == "Bearer " .. token or header == "FlyV1 " .. token
    or header == token
end

local function verified(request)
  local id = rest.digest(request.world.secrets.FLY_API_TOKEN)
  local kid = json.array {}
  for hex in id:gmatch("%x%x") do kid[#kid + 1] = tonumber(hex, 16) end
  return {
    nonce = { kid = kid, proof = false, rnd = json.array {} },
    caveats = { caveats = json.array {} }, permission_token = json.array {},
  }
end

local function authenticate(request)
  if type(common.body(request).header) ~= "string" then
    return problem(400, "header is required")
  end
  if not genuine(request) then return problem(401, "token invalid") end
  return 200, json.array { verified(request) }
end

local function authorize(request)
  local body = common.body(request)
  if type(body.header) ~= "string" or type(body.access) ~= "table" then
    return problem(400, "header and access are required")
  end
  local app = request.world.fly.apps[body.access.app_name or ""]
  if not genuine(request) or (body.access.app_name and not app) then
    return problem(401, "token does not allow that access")
  end
  return 200, {
    access = { action = body.access.action or 1 },
    verified_token = verified(request),
  }
end

local TEXT = { ["content-type"] = "text/plain; charset=utf-8" }

local function oidc(request)
  local audience = common.body(request).aud or "https://fly.io/acme"
  local id = rest.digest(audience .. request.now_ms // 1000)
  return 200, "eyJhbGciOiJSUzI1NiJ9." .. id .. "." .. id:rep(2), TEXT
end

local function kms(request)
  return 200, "petsem_" .. rest.digest("kms" .. request.now_ms // 1000), TEXT
end

local T = "/v1/tokens"

platform.routes = {
  { "GET", "/v1/orgs/{org}/machines", "fly.orgs.machines", org_machines },
  { "GET", "/v1/orgs/{org}/volumes", "fly.orgs.volumes", org_volumes },
  { "GET", "/v1/platform/regions", "fly.platform.regions", regions },
  { "POST", "/v1/platform/placements", "fly.platform.placements",
    placements },
  { "GET", T .. "/current", "fly.tokens.current", current_token },
  { "POST", T .. "/authenticate", "fly.tokens.authenticate", authenticate },
  { "POST", T .. "/authorize", "fly.tokens.authorize", authorize },
  { "POST", T .. "/oidc", "fly.tokens.oidc", oidc },
  { "POST", T .. "/kms", "fly.tokens.kms", kms },
}

return platform
