-- Simulated Fly.io secrets of an app and its secret keys.

local rest = require "sandbox/rest"
local common = require "sandbox/fly_common"
local problem = common.problem

local secrets = {}

local NAME = "^[%a_][%w_]*$"

-- --- secrets -----------------------------------------------------------------

-- The cloud keeps digests alone: a value that is asked for is made up.
local function view(name, one, show)
  return {
    name = name, digest = one.digest,
    created_at = one.created_at, updated_at = one.updated_at,
    value = show and "sandbox-value-of-" .. name:lower() or nil,
  }
end

local function all_of(app, show)
  local list = json.array {}
  for name, one in pairs(app.secrets) do
    list[#list + 1] = view(name, one, show)
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function shown(request)
  return rest.arg(request, "show_secrets") == "true"
end

-- Wraps fn(request, app): 400 when the version asked for is not there yet.
local function with_version(fn)
  return common.with_app(function(request, app)
    local least = tonumber(rest.arg(request, "min_version") or 0)
    if not least or least > (app.secrets_version or 1) then
      return problem(400, "secrets have not reached that version")
    end
    return fn(request, app)
  end)
end

local function list_secrets(request, app)
  return 200, { secrets = all_of(app, shown(request)) }
end

local function get_secret(request, app)
  local one = app.secrets[request.params.name]
  if not one then return problem(404, "secret not found") end
  return 200, view(request.params.name, one, shown(request))
end

-- True when that changed anything.
local function put(request, app, name, value)
  local now, old = rest.iso(request.now_ms), app.secrets[name]
  if value == json.null then
    app.secrets[name] = nil
    return old ~= nil
  end
  local digest = rest.digest(value)
  if old and old.digest == digest then return false end
  app.secrets[name] = {
    digest = digest, updated_at = now,
    created_at = old and old.created_at or now,
  }
  return true
end
secrets.put = put

--- The secrets have changed: from now on they have another version.
function secrets.bump(request, app)
  app.secrets_version = (app.secrets_version or 1) + 1
  rest.touch(request)
end

-- The two spellings of the version stand in every answer to a change.
local function with_versions(app, out)
  local version = app.secrets_version or 1
  out.version, out.Version = version, version
  return out
end

local function value_problem(name, value)
  local fine = type(name) == "string" and name:find(NAME)
  if fine and (value == json.null or type(value) == "string") then
    return nil
  end
  return problem(400, "invalid secret " .. tostring(name))
end

local function set_secrets(request, app)
  local values = common.body(request).values
  if type(values) ~= "table" then
    return problem(400, "invalid request: values is required")
  end
  for name, value in pairs(values) do
    local status, why = value_problem(name, value)
    if status then return status, why end
  end
  local changed = false
  for name, value in pairs(values) do
    changed = put(request, app, name, value) or changed
  end
  if changed then secrets.bump(request, app) end
  return 200, with_versions(app, { secrets = all_of(app) })
end

local function set_secret(request, app)
  local name, value = request.params.name, common.body(request).value
  if type(value) ~= "string" then
    return problem(400, "invalid request: value is required")
  end
  local status, why = value_problem(name, value)
  if status then return status, why end
  if put(request, app, name, value) then secrets.bump(request, app) end
  return 201, with_versions(app, view(name, app.secrets[name]))
end

local function unset_secret(request, app)
  local name = request.params.name
  if not app.secrets[name] then return problem(404, "secret not found") end
  app.secrets[name] = nil
  secrets.bump(request, app)
  return 200, with_versions(app, {})
end

-- --- secret keys -------------------------------------------------------------

local TYPES = {
  hs256 = true, hs384 = true, hs512 = true, xaes256gcm = true,
  nacl_auth = true, nacl_box = true, nacl_secretbox = true, nacl_sign = true,
}
local TAG = 8 -- bytes that tell whether what was given is genuine

-- Bytes that depend on text; this is no cryptography, it only has to agree
-- with itself.
local function stream(text, n)
  local bytes, round = json.array {}, 0
  while #bytes < n do
    round = round + 1
    for hex in rest.digest(text .. round):gmatch("%x%x") do
      bytes[#bytes + 1] = #bytes < n and tonumber(hex, 16) or nil
    end
  end
  return bytes
end

local function text_of(bytes)
  local parts = {}
  for i, byte in ipairs(bytes or {}) do parts[i] = tostring(byte) end
  return table.concat(parts, ",")
end

local function bytes_problem(name, bytes)
  local good = type(bytes) == "table"
  for _, byte in ipairs(good and bytes or {}) do
    good = good and math.type(byte) == "integer" and byte >= 0 and byte < 256
  end
  if good then return nil end
  return problem(400, "invalid request: " .. name .. " is required")
end

local function mixed(bytes, with)
  local out = json.array {}
  for i, byte in ipairs(bytes) do out[i] = byte ~ with[i] end
  return out
end

local function key_view(name, key)
  return {
    name = name, type = key.type, created_at = key.created_at,
    updated_at = key.updated_at,
    public_key = stream("public" .. key.seed, 32),
  }
end

local function list_keys(request, app)
  local types, list = rest.arg(request, "types"), json.array {}
  for name, key in pairs(app.secret_keys) do
    if not types or ("," .. types .. ","):find("," .. key.type .. ",", 1, true)
    then
      list[#list + 1] = key_view(name, key)
    end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return 200, { secret_keys = list }
end

-- Wraps fn(request, key, app): 404 without the key.
local function with_key(fn)
  return with_version(function(request, app)
    local key = app.secret_keys[request.params.name]
    if not key then return problem(404, "secret key not found") end
    return fn(request, key, app)
  end)
end

local function get_key(request, key)
  return 200, key_view(request.params.name, key)
end

local function store_key(request, app, seed)
  local name, kind = request.params.name, common.body(request).type
  if not TYPES[kind] then
    return problem(400, "invalid key type " .. tostring(kind))
  end
  local old, now = app.secret_keys[name], rest.iso(request.now_ms)
  app.secret_keys[name] = {
    type = kind, seed = seed, updated_at = now,
    created_at = old and old.created_at or now,
  }
  secrets.bump(request, app)
  return 201, with_versions(app, key_view(name, app.secret_keys[name]))
end

local function set_key(request, app)
  local value = common.body(request).value
  local status, why = bytes_problem("value", value)
  if status then return status, why end
  return store_key(request, app, rest.digest(text_of(value)))
end

local function generate_key(request, app)
  local n = rest.serial(request.world, "secret_key")
  return store_key(request, app, rest.digest("generated" .. n))
end

local function delete_key(request, _, app)
  app.secret_keys[request.params.name] = nil
  secrets.bump(request, app)
  return 200, with_versions(app, {})
end

local function tag_of(key, body, plain)
  return stream(key.seed .. "tag" .. text_of(body.associated_data) .. "/" ..
    text_of(plain), TAG)
end

local function encrypt(request, key)
  local body = common.body(request)
  local status, why = bytes_problem("plaintext", body.plaintext)
  if status then return status, why end
  local plain = body.plaintext
  local out = mixed(plain, stream(key.seed, #plain))
  for _, byte in ipairs(tag_of(key, body, plain)) do out[#out + 1] = byte end
  return 200, { ciphertext = out }
end

local function decrypt(request, key)
  local body = common.body(request)
  local status, why = bytes_problem("ciphertext", body.ciphertext)
  if status then return status, why end
  local n = #body.ciphertext - TAG
  local sealed = json.array(table.move(body.ciphertext, 1, n, 1, {}))
  local plain = mixed(sealed, stream(key.seed, math.max(n, 0)))
  local tag = table.move(body.ciphertext, n + 1, n + TAG, 1, {})
  if n < 0 or text_of(tag) ~= text_of(tag_of(key, body, plain)) then
    return problem(400, "decryption failed")
  end
  return 200, { plaintext = plain }
end

local function signature_of(key, plain)
  return stream(key.seed .. "sign" .. text_of(plain), 64)
end

local function sign(request, key)
  local plain = common.body(request).plaintext
  local status, why = bytes_problem("plaintext", plain)
  if status then return status, why end
  return 200, { signature = signature_of(key, plain) }
end

local function verify(request, key)
  local body = common.body(request)
  local status, why = bytes_problem("signature", body.signature)
  if status then return status, why end
  local genuine = signature_of(key, body.plaintext)
  if text_of(body.signature) ~= text_of(genuine) then
    return problem(400, "signature does not verify")
  end
  return 204, nil
end

local A = "/v1/apps/{app}"
local S, K = A .. "/secrets", A .. "/secretkeys"
local ONE = K .. "/{name}"
local with_app = common.with_app

secrets.routes = {
  { "GET", S, "fly.secrets.list", with_version(list_secrets) },
  { "POST", S, "fly.secrets.set", with_app(set_secrets) },
  { "GET", S .. "/{name}", "fly.secrets.get", with_version(get_secret) },
  { "POST", S .. "/{name}", "fly.secrets.set_one", with_app(set_secret) },
  { "DELETE", S .. "/{name}", "fly.secrets.unset", with_app(unset_secret) },
  { "GET", K, "fly.secretkeys.list", with_version(list_keys) },
  { "GET", ONE, "fly.secretkeys.get", with_key(get_key) },
  { "POST", ONE, "fly.secretkeys.set", with_app(set_key) },
  { "DELETE", ONE, "fly.secretkeys.delete", with_key(delete_key) },
  { "POST", ONE .. "/generate", "fly.secretkeys.generate",
    with_app(generate_key) },
  { "POST", ONE .. "/encrypt", "fly.secretkeys.encrypt", with_key(encrypt) },
  { "POST", ONE .. "/decrypt", "fly.secretkeys.decrypt", with_key(decrypt) },
  { "POST", ONE .. "/sign", "fly.secretkeys.sign", with_key(sign) },
  { "POST", ONE .. "/verify", "fly.secretkeys.verify", with_key(verify) },
}

return secrets
