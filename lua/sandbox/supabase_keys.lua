-- Simulated Supabase: secrets of edge functions, and API keys.

local rest = require "sandbox/rest"
local state = require "sandbox/supabase_state"

local problem = state.problem

-- --- secrets -----------------------------------------------------------------

local function list_secrets(request)
  local project, list = state.project(request), json.array {}
  for name, value in pairs(project.secrets) do
    list[#list + 1] = {
      name = name, value = rest.digest(value),
      updated_at = project.secret_times[name] or project.created_at,
    }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return 200, list
end

local NAME_MAX, VALUE_MAX = 256, 24576

local function wrong_secret(one)
  if type(one) ~= "table" or type(one.name) ~= "string" then
    return "name: Required"
  end
  if type(one.value) ~= "string" then return "value: Required" end
  if #one.name > NAME_MAX then
    return "name: String must contain at most 256 character(s)"
  end
  if one.name:find("^SUPABASE_") then
    return "name: Secret name must not start with the SUPABASE_ prefix"
  end
  if #one.value > VALUE_MAX then
    return "value: String must contain at most 24576 character(s)"
  end
  return nil
end

local function set_secrets(request)
  local list = request.body
  if type(list) ~= "table" or list[1] == nil then
    return problem(400, "Expected array")
  end
  for i, one in ipairs(list) do
    local wrong = wrong_secret(one)
    if wrong then return problem(400, (i - 1) .. "." .. wrong) end
  end
  local project = state.project(request)
  for _, one in ipairs(list) do
    if project.secrets[one.name] ~= one.value then
      project.secrets[one.name] = one.value
      project.secret_times[one.name] = rest.iso(request.now_ms)
      rest.touch(request)
    end
  end
  return 201
end

local function delete_secrets(request)
  local names = request.body
  if type(names) ~= "table" or type(names[1]) ~= "string" then
    return problem(400, "Expected array")
  end
  local secrets = state.project(request).secrets
  for _, name in ipairs(names) do
    if secrets[name] then
      secrets[name] = nil
      rest.touch(request)
    end
  end
  return 200
end

-- --- API keys ----------------------------------------------------------------

-- A secret key is shown when it is asked for; the others are no secrets to
-- this service.
local function key_view(request, key)
  local shown = key.type ~= "secret" or state.flag(request, "reveal", false)
  return {
    id = key.id, name = key.name, type = key.type,
    description = rest.or_null(key.description),
    prefix = key.type ~= "legacy" and key.api_key:sub(1, 20) or json.null,
    api_key = shown and key.api_key or key.api_key:sub(1, 15) .. "···",
    secret_jwt_template = rest.or_null(key.secret_jwt_template),
    inserted_at = rest.or_null(key.inserted_at),
    updated_at = rest.or_null(key.updated_at),
  }
end

local function find_key(request)
  for i, key in ipairs(state.project(request).api_keys) do
    if key.id == request.params.key then return key, i end
  end
  return nil
end

local function list_keys(request)
  local list = json.array {}
  for i, key in ipairs(state.project(request).api_keys) do
    list[i] = key_view(request, key)
  end
  return 200, list
end

local function get_key(request)
  local key = find_key(request)
  if not key then return problem(404, "API key not found") end
  return 200, key_view(request, key)
end

local function wrong_name(request, name)
  if type(name) ~= "string" or not name:find("^[a-z_][a-z0-9_]+$")
    or #name < 4 or #name > 64 then
    return "name: Invalid"
  end
  for _, key in ipairs(state.project(request).api_keys) do
    if key.name == name and key.id ~= request.params.key then
      return "API key with this name already exists"
    end
  end
  return nil
end

local function create_key(request)
  local want = state.object(request)
  if want.type ~= "publishable" and want.type ~= "secret" then
    return problem(400, "type: Invalid enum value")
  end
  local wrong = wrong_name(request, want.name)
  if wrong then return problem(400, wrong) end
  local n = rest.serial(request.world, "supabase.api_keys")
  local at = rest.iso(request.now_ms)
  local key = {
    id = state.uuid("api key " .. n), name = want.name, type = want.type,
    description = want.description, inserted_at = at, updated_at = at,
    secret_jwt_template = want.secret_jwt_template,
    api_key = "sb_" .. want.type .. "_" .. rest.digest("api key " .. n),
  }
  table.insert(state.project(request).api_keys, key)
  rest.touch(request)
  return 201, key_view(request, key)
end

local function update_key(request)
  local key, want = find_key(request), state.object(request)
  if not key or key.type == "legacy" then
    return problem(404, "API key not found")
  end
  local wrong = want.name ~= nil and wrong_name(request, want.name)
  if wrong then return problem(400, wrong) end
  for _, name in ipairs { "name", "description", "secret_jwt_template" } do
    if want[name] ~= nil then key[name] = want[name] end
  end
  key.updated_at = rest.iso(request.now_ms)
  rest.touch(request)
  return 200, key_view(request, key)
end

local function delete_key(request)
  local key, i = find_key(request)
  if not key or key.type == "legacy" then
    return problem(404, "API key not found")
  end
  table.remove(state.project(request).api_keys, i)
  rest.touch(request)
  return 200, key_view(request, key)
end

local function legacy(request)
  return 200, { enabled = state.project(request).legacy_keys }
end

local function set_legacy(request)
  local enabled = state.flag(request, "enabled")
  if enabled == nil then return problem(400, "enabled: Required") end
  local project = state.project(request)
  if project.legacy_keys ~= enabled then
    project.legacy_keys = enabled
    rest.touch(request)
  end
  return 200, { enabled = enabled }
end

local SECRETS = "/v1/projects/{ref}/secrets"
local KEYS = "/v1/projects/{ref}/api-keys"

return {
  { "GET", SECRETS, "supabase.secrets.list", list_secrets },
  { "POST", SECRETS, "supabase.secrets.set", set_secrets },
  { "DELETE", SECRETS, "supabase.secrets.delete", delete_secrets },
  { "GET", KEYS, "supabase.api_keys.list", list_keys },
  { "POST", KEYS, "supabase.api_keys.create", create_key },
  { "GET", KEYS .. "/legacy", "supabase.api_keys.legacy", legacy },
  { "PUT", KEYS .. "/legacy", "supabase.api_keys.set_legacy", set_legacy },
  { "GET", KEYS .. "/{key}", "supabase.api_keys.get", get_key },
  { "PATCH", KEYS .. "/{key}", "supabase.api_keys.update", update_key },
  { "DELETE", KEYS .. "/{key}", "supabase.api_keys.delete", delete_key },
}
