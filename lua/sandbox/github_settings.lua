-- Simulated GitHub: environments, their secrets and variables, the
-- repository's.

local base64 = require "base64"
local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"
local shapes = require "sandbox/github_shapes"

local settings = {}

local SEAL_BYTES = 48 -- what a sealed box is longer than its text
local MAX_VALUE = 48 * 1024
local MAX_WAIT, MAX_REVIEWERS = 43200, 6

-- Secrets and variables of an environment, or of the repository.
local function holder_of(request)
  local name = request.params.environment
  if not name then return request.world.github end
  return request.world.github.environments[name]
end

-- Handlers get the holder; an environment that is not there is a 404.
local function held(handler)
  return function(request)
    local holder = holder_of(request)
    if not holder then return kit.not_found() end
    return handler(request, holder)
  end
end

-- Any 32 bytes are a point of X25519; a fixture may bring a pair's.
local function key_of(request, holder)
  if holder.public_key then return rest.copy(holder.public_key) end
  local name = request.params.environment or ""
  local bytes = ""
  for i = 1, 4 do
    local hex = rest.digest("key " .. i .. name)
    bytes = bytes .. hex:gsub("%x%x", function(two)
      return string.char(tonumber(two, 16))
    end)
  end
  local id = tonumber(rest.digest("id" .. name):sub(1, 12), 16)
  return { key_id = ("%018d"):format(id), key = base64.encode(bytes) }
end

local function name_problem(name)
  if name:match("^[%a_][%w_]*$") and not name:upper():find("^GITHUB_") then
    return nil
  end
  return kit.problem(422, "Name must only contain alphanumeric characters " ..
    "([a-z], [A-Z], [0-9]) or underscores (_), and may not start with a " ..
    "number or GITHUB_.")
end

-- --- secrets -----------------------------------------------------------------

local function shown_secret(one)
  return {
    name = one.name, created_at = one.created_at, updated_at = one.updated_at,
  }
end

local function list_secrets(request, holder)
  local list = {}
  for i, one in ipairs(holder.secrets) do list[i] = shown_secret(one) end
  return kit.counted(request, list, "secrets")
end

local function get_key(request, holder)
  return 200, key_of(request, holder)
end

local function get_secret(request, holder)
  local one = kit.find(holder.secrets, "name", request.params.name:upper())
  if not one then return kit.not_found() end
  return 200, shown_secret(one)
end

local function secret_problem(request, holder)
  local body = request.body
  if type(body) ~= "table" or not kit.text(body.encrypted_value)
    or not kit.text(body.key_id) then
    return kit.malformed('"encrypted_value" and "key_id" must be supplied.')
  end
  if body.key_id ~= key_of(request, holder).key_id then
    return kit.problem(422, "The public key is not valid any more.")
  end
  local ok, box = pcall(base64.decode, body.encrypted_value)
  if not ok or #box < SEAL_BYTES then
    return kit.problem(422, "Improperly encrypted secret")
  end
  if #box > MAX_VALUE + SEAL_BYTES then
    return kit.problem(422, "Secret must have at most 48 KB.")
  end
  return name_problem(request.params.name)
end

local function put_secret(request, holder)
  local status, value = secret_problem(request, holder)
  if status then return status, value end
  local name, now = request.params.name:upper(), rest.iso(request.now_ms)
  local one = kit.find(holder.secrets, "name", name)
  rest.touch(request)
  local digest = rest.digest(request.body.encrypted_value)
  if one then
    one.updated_at, one.sealed = now, digest
    return 204, nil
  end
  table.insert(holder.secrets, {
    name = name, created_at = now, updated_at = now, sealed = digest,
  })
  return 201, {}
end

local function delete_from(member)
  return function(request, holder)
    local name = request.params.name:upper()
    local one, i = kit.find(holder[member], "name", name)
    if not one then return kit.not_found() end
    table.remove(holder[member], i)
    rest.touch(request)
    return 204, nil
  end
end

-- --- variables ---------------------------------------------------------------

local function list_variables(request, holder)
  return kit.counted(request, rest.copy(holder.variables), "variables")
end

local function find_variable(request, holder)
  return kit.find(holder.variables, "name", request.params.name:upper())
end

local function get_variable(request, holder)
  local one = find_variable(request, holder)
  if not one then return kit.not_found() end
  return 200, rest.copy(one)
end

local function value_problem(value)
  if type(value) ~= "string" then
    return kit.malformed('"value" wasn\'t supplied.')
  end
  if #value > MAX_VALUE then
    return kit.problem(422, "Variable must have at most 48 KB.")
  end
  return nil
end

local function create_variable(request, holder)
  local body = request.body
  if type(body) ~= "table" or not kit.text(body.name) then
    return kit.malformed('"name" wasn\'t supplied.')
  end
  local status, value = value_problem(body.value)
  if not status then status, value = name_problem(body.name) end
  if status then return status, value end
  if kit.find(holder.variables, "name", body.name:upper()) then
    return kit.problem(409, "Variable already exists")
  end
  local now = rest.iso(request.now_ms)
  table.insert(holder.variables, {
    name = body.name:upper(), value = body.value, created_at = now,
    updated_at = now,
  })
  rest.touch(request)
  return 201, {}
end

local function update_variable(request, holder)
  local one, body = find_variable(request, holder), request.body
  if not one then return kit.not_found() end
  local status, value = value_problem(type(body) == "table" and body.value)
  if status then return status, value end
  one.value, one.updated_at = body.value, rest.iso(request.now_ms)
  rest.touch(request)
  return 204, nil
end

-- --- environments ------------------------------------------------------------

local function rules_of(request, name, one)
  local rules = json.array {}
  local function add(kind, rule)
    rule.id = 3700 + #rules + 1
    rule.node_id, rule.type = kit.node_id("GA", name .. kind), kind
    rules[#rules + 1] = rule
  end
  if (one.wait_timer or 0) > 0 then
    add("wait_timer", { wait_timer = one.wait_timer })
  end
  if one.reviewers and #one.reviewers > 0 then
    add("required_reviewers", {
      prevent_self_review = one.prevent_self_review or false,
      reviewers = settings.reviewers(request, one),
    })
  end
  if one.branch_policy then add("branch_policy", {}) end
  return rules
end


--- An environment's reviewers as answers show them.
function settings.reviewers(request, one)
  local list = json.array {}
  for i, reviewer in ipairs(one.reviewers or {}) do
    local user = shapes.user(request, request.world.github.actor)
    user.id = reviewer.id
    list[i] = { type = reviewer.type, reviewer = user }
  end
  return list
end

--- The id of an environment, by its name.
function settings.environment_id(name)
  return tonumber(rest.digest(name):sub(1, 7), 16)
end

local function shown_environment(request, name)
  local one = request.world.github.environments[name]
  local created = one.created_at or "2026-11-05T14:30:00Z"
  return {
    id = settings.environment_id(name),
    node_id = kit.node_id("EN", name), name = name,
    url = kit.api(request) .. "/environments/" .. name,
    html_url = kit.web(request) .. "/deployments/activity_log?" ..
      "environments_filter=" .. name,
    created_at = created, updated_at = one.updated_at or created,
    protection_rules = rules_of(request, name, one),
    deployment_branch_policy = rest.or_null(rest.copy(one.branch_policy)),
  }
end

local function list_environments(request)
  local names, list = {}, {}
  for name in pairs(request.world.github.environments) do
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do list[i] = shown_environment(request, name) end
  return kit.counted(request, list, "environments")
end

local function get_environment(request)
  return 200, shown_environment(request, request.params.environment)
end

local function rule_problem(body)
  local wait = body.wait_timer or 0
  if math.type(wait) ~= "integer" or wait < 0 or wait > MAX_WAIT then
    return kit.invalid("Environment", "wait_timer", "invalid")
  end
  local reviewers = rest.or_nil(body.reviewers) or {}
  if #reviewers > MAX_REVIEWERS then
    return kit.invalid("Environment", "reviewers", "invalid")
  end
  local policy = rest.or_nil(body.deployment_branch_policy)
  if policy and policy.protected_branches == policy.custom_branch_policies then
    return kit.invalid("Environment", "deployment_branch_policy", "invalid")
  end
  return nil
end

local function put_environment(request)
  local world, name = request.world, request.params.environment
  local body = request.body or {}
  local status, value = rule_problem(body)
  if status then return status, value end
  local now = rest.iso(request.now_ms)
  local one = world.github.environments[name]
  if not one then
    one = {
      created_at = now, secrets = json.array {}, variables = json.array {},
    }
    world.github.environments[name] = one
  end
  one.updated_at = now
  one.wait_timer = body.wait_timer or 0
  one.prevent_self_review = body.prevent_self_review or false
  one.reviewers = rest.copy(rest.or_nil(body.reviewers) or json.array {})
  one.branch_policy = rest.copy(rest.or_nil(body.deployment_branch_policy))
  rest.touch(request)
  return 200, shown_environment(request, name)
end

local function delete_environment(request)
  request.world.github.environments[request.params.environment] = nil
  rest.touch(request)
  return 204, nil
end

local R = "/repos/{owner}/{repo}"
local E = R .. "/environments/{environment}"

local function kept_below(base, secrets, variables)
  local s, v = base .. "/secrets", base .. "/variables"
  return {
    { "GET", s, secrets .. ".list", held(list_secrets) },
    { "GET", s .. "/public-key", secrets .. ".key", held(get_key) },
    { "GET", s .. "/{name}", secrets .. ".get", held(get_secret) },
    { "PUT", s .. "/{name}", secrets .. ".set", held(put_secret) },
    { "DELETE", s .. "/{name}", secrets .. ".delete",
      held(delete_from "secrets") },
    { "GET", v, variables .. ".list", held(list_variables) },
    { "POST", v, variables .. ".create", held(create_variable) },
    { "GET", v .. "/{name}", variables .. ".get", held(get_variable) },
    { "PATCH", v .. "/{name}", variables .. ".update", held(update_variable) },
    { "DELETE", v .. "/{name}", variables .. ".delete",
      held(delete_from "variables") },
  }
end

settings.routes = {
  { "GET", R .. "/environments", "github.environments.list",
    list_environments },
  { "GET", E, "github.environments.get", held(get_environment) },
  { "PUT", E, "github.environments.put", put_environment },
  { "DELETE", E, "github.environments.delete", held(delete_environment) },
}
for _, list in ipairs {
  kept_below(E, "github.secrets", "github.variables"),
  kept_below(R .. "/actions", "github.repo_secrets", "github.repo_variables"),
} do
  for _, route in ipairs(list) do
    table.insert(settings.routes, route)
  end
end

return settings
