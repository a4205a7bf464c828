-- Simulated Fly.io GraphQL: the named documents of lua/fly/releases.lua.

local rest = require "sandbox/rest"
local common = require "sandbox/fly_common"
local secrets = require "sandbox/fly_secrets"

local releases = {}

local STATUSES = { pending = true, running = true, complete = true,
  failed = true, interrupted = true, succeeded = true }
local STRATEGIES = { BLUEGREEN = true, CANARY = true, IMMEDIATE = true,
  ROLLING = true, ROLLING_ONE = true, SIMPLE = true }

local function view(release)
  return {
    id = release.id, version = release.version, status = release.status,
    imageRef = release.imageRef, stable = release.status == "complete",
    createdAt = release.createdAt,
  }
end

local function current(app)
  for _, release in ipairs(app.releases) do
    if release.status == "complete" then return release end
  end
  return nil
end

-- The definition an app was deployed with, the fixture's or the least one.
local function definition_of(app)
  return rest.copy(app.definition or { app = app.name })
end

local QUERIES = {
  Releases = function(app, variables)
    local nodes = json.array {}
    local limit = math.min(variables.limit or 25, #app.releases)
    for i = 1, limit do nodes[i] = view(app.releases[i]) end
    return { releases = { nodes = nodes } }
  end,
  CurrentRelease = function(app)
    local release = current(app)
    return { currentRelease = release and view(release) or json.null }
  end,
  Definition = function(app)
    return { config = { definition = definition_of(app) } }
  end,
  Secrets = function(app)
    local list = json.array {}
    for name, one in pairs(app.secrets) do
      list[#list + 1] = {
        name = name, digest = one.digest, createdAt = one.created_at,
      }
    end
    table.sort(list, function(a, b) return a.name < b.name end)
    return { secrets = list }
  end,
}

-- --- mutations ---------------------------------------------------------------

local function graphql_error(message)
  return 200, { data = json.null, errors = { { message = message } } }
end

local function invalid(kind, member)
  return graphql_error("Variable $input of type " .. kind .. "Input! was " ..
    "provided invalid value for " .. member ..
    " (Expected value to not be null)")
end

local function add(request, app, image, status)
  local newest = app.releases[1]
  local n = rest.serial(request.world, "release")
  local release = {
    id = "rel_new" .. n, version = (newest and newest.version or 0) + 1,
    status = status, imageRef = image, createdAt = rest.iso(request.now_ms),
  }
  table.insert(app.releases, 1, release)
  rest.touch(request)
  return release
end

local function brief(release)
  return { id = release.id, version = release.version,
    status = release.status }
end

local CREATE_NEEDS =
  { "appId", "definition", "image", "platformVersion", "strategy" }

local function create(request, input)
  for _, name in ipairs(CREATE_NEEDS) do
    if input[name] == nil or input[name] == json.null then
      return invalid("CreateRelease", name)
    end
  end
  if not STRATEGIES[input.strategy] then
    return graphql_error("Variable $input of type CreateReleaseInput! was " ..
      "provided invalid value for strategy (Expected \"" ..
      tostring(input.strategy) .. "\" to be one of: BLUEGREEN, CANARY, " ..
      "IMMEDIATE, ROLLING, ROLLING_ONE, SIMPLE)")
  end
  local app = request.world.fly.apps[input.appId]
  if not app then return graphql_error("Could not find App") end
  app.definition = rest.copy(input.definition)
  return { release = brief(add(request, app, input.image, "pending")) }
end

local function update(request, input)
  if not input.releaseId then return invalid("UpdateRelease", "releaseId") end
  if input.status and not STATUSES[input.status] then
    return graphql_error("Status is not included in the list")
  end
  for _, app in pairs(request.world.fly.apps) do
    local release = common.find(app.releases, "id", input.releaseId)
    if release then
      local changed = input.status and input.status ~= release.status
      release.status = input.status or release.status
      if changed then rest.touch(request) end
      return { release = brief(release) }
    end
  end
  return graphql_error("Could not find Release")
end

-- Changed secrets make a release of the image that runs.
local function changed_secrets(request, app, changed)
  local release = current(app)
  if changed then
    secrets.bump(request, app)
    release = add(request, app, release and release.imageRef or json.null,
      "complete")
  end
  return { release = release and brief(release) or json.null }
end

local function set_secrets(request, input)
  local app = request.world.fly.apps[input.appId or ""]
  if type(input.secrets) ~= "table" then
    return invalid("SetSecrets", "secrets")
  end
  if not app then return graphql_error("Could not find App") end
  local changed = false
  if input.replaceAll == true then
    changed, app.secrets = next(app.secrets) ~= nil, {}
  end
  for i, one in ipairs(input.secrets) do
    if type(one.key) ~= "string" or type(one.value) ~= "string" then
      return invalid("SetSecrets", "secrets." .. i - 1)
    end
    changed = secrets.put(request, app, one.key, one.value) or changed
  end
  return changed_secrets(request, app, changed)
end

local function unset_secrets(request, input)
  local app = request.world.fly.apps[input.appId or ""]
  if type(input.keys) ~= "table" then return invalid("UnsetSecrets", "keys") end
  if not app then return graphql_error("Could not find App") end
  local changed = false
  for _, key in ipairs(input.keys) do
    changed = secrets.put(request, app, key, json.null) or changed
  end
  return changed_secrets(request, app, changed)
end

-- By the name of the document: its member of the answer, what does it.
local MUTATIONS = {
  CreateRelease = { "createRelease", create },
  UpdateRelease = { "updateRelease", update },
  SetSecrets = { "setSecrets", set_secrets },
  UnsetSecrets = { "unsetSecrets", unset_secrets },
}

local function mutate(mutation, request, variables)
  local payload, refusal = mutation[2](request, variables.input or {})
  if payload == 200 then return payload, refusal end
  return 200, { data = { [mutation[1]] = payload } }
end

local function graphql(request)
  local body = common.body(request)
  local document = type(body.query) == "string" and body.query or ""
  local variables = body.variables or {}
  local kind, name = document:match("^%s*(%a+)%s+(%w+)")
  if kind == "mutation" and MUTATIONS[name] then
    return mutate(MUTATIONS[name], request, variables)
  end
  if kind ~= "query" or not QUERIES[name] then
    return graphql_error("the sandbox answers the named documents of " ..
      "lua/fly/releases.lua")
  end
  local app = request.world.fly.apps[variables.app or ""]
  if not app then
    return 200, { data = { app = json.null },
      errors = { { message = "Could not find App" } } }
  end
  return 200, { data = { app = QUERIES[name](app, variables) } }
end

releases.routes = { { "POST", "/graphql", "fly.graphql", graphql } }

return releases
