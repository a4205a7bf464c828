-- Simulated Supabase: settings of services, upgrades, logs and advisors.

local rest = require "sandbox/rest"
local state = require "sandbox/supabase_state"
local auth = require "sandbox/supabase_auth"

local problem = state.problem

local S = 1000

-- Takes over what differs; touches the request when anything did.
local function merge(request, into, want)
  for name, value in pairs(want) do
    if json.encode(into[name] == nil and json.null or into[name])
      ~= json.encode(value) then
      into[name] = value
      rest.touch(request)
    end
  end
end

-- --- auth and REST -----------------------------------------------------------

local function get_auth(request)
  return 200, auth.view(state.project(request).auth_config)
end

local function update_auth(request)
  local want = state.object(request)
  for name in pairs(want) do
    if not auth.knows(name) then
      return problem(400, "property " .. name .. " should not exist")
    end
  end
  local expiry = want.jwt_exp
  if expiry ~= nil and (math.type(expiry) ~= "integer" or expiry < 0
    or expiry > 604800) then
    return problem(400, "jwt_exp must be between 0 and 604800")
  end
  local config = state.project(request).auth_config
  merge(request, config, want)
  return 200, auth.view(config)
end

local function get_postgrest(request)
  local view = rest.copy(state.project(request).postgrest)
  view.jwt_secret = "sandbox-jwt-" .. rest.digest(request.params.ref)
  return 200, view
end

local POSTGREST = {
  db_schema = "string", db_extra_search_path = "string", max_rows = "number",
  db_pool = "number",
}

local function update_postgrest(request)
  local want = state.object(request)
  for name, value in pairs(want) do
    if type(value) ~= POSTGREST[name] then
      return problem(400, name .. ": Invalid input")
    end
  end
  local config = state.project(request).postgrest
  merge(request, config, want)
  return 200, rest.copy(config)
end

-- --- the database ------------------------------------------------------------

local function get_postgres(request)
  return 200, rest.copy(state.project(request).postgres_config)
end

local INTEGERS = {
  max_connections = true, max_locks_per_transaction = true,
  max_parallel_maintenance_workers = true, max_parallel_workers = true,
  max_parallel_workers_per_gather = true, max_replication_slots = true,
  max_wal_senders = true, max_worker_processes = true,
}

local function update_postgres(request)
  local want, project = rest.copy(state.object(request)),
    state.project(request)
  local restart = want.restart_database
  want.restart_database = nil
  for name, value in pairs(want) do
    if INTEGERS[name] and math.type(value) ~= "integer" then
      return problem(400, name .. ": Expected number, received " ..
        type(value))
    end
  end
  merge(request, project.postgres_config, want)
  if restart == true then
    state.move(request, project,
      { { 0, "RESTARTING" }, { 20, "ACTIVE_HEALTHY" } })
  end
  return 200, rest.copy(project.postgres_config)
end

local function get_pooler(request)
  local ref, project = request.params.ref, state.project(request)
  local host = "aws-0-" .. project.region .. ".pooler.supabase.com"
  local url = ("postgresql://postgres.%s:[YOUR-PASSWORD]@%s:6543/postgres")
    :format(ref, host)
  return 200, json.array { {
    identifier = ref, database_type = "PRIMARY", is_using_scram_auth = true,
    db_user = "postgres." .. ref, db_host = host, db_port = 6543,
    db_name = "postgres", connection_string = url, connectionString = url,
    default_pool_size = project.pooler.default_pool_size,
    max_client_conn = json.null, pool_mode = project.pooler.pool_mode,
  } }
end

local function update_pooler(request)
  local want = state.object(request)
  local size, mode = rest.or_nil(want.default_pool_size), want.pool_mode
  if size ~= nil and (math.type(size) ~= "integer" or size < 0
    or size > 3000) then
    return problem(400, "default_pool_size: Invalid input")
  end
  if mode ~= nil and mode ~= "transaction" and mode ~= "session" then
    return problem(400, "pool_mode: Invalid enum value")
  end
  local pooler = state.project(request).pooler
  merge(request, pooler, { default_pool_size = size, pool_mode = mode })
  return 200, rest.copy(pooler)
end

local function get_pgbouncer(request)
  local pooler = state.project(request).pooler
  return 200, {
    default_pool_size = rest.or_nil(pooler.default_pool_size) or 15,
    max_client_conn = 200, pool_mode = pooler.pool_mode,
    ignore_startup_parameters = "extra_float_digits",
  }
end

-- --- who may connect ---------------------------------------------------------

local function is_cidr(text)
  if type(text) ~= "string" then return false end
  return text:find("^%d+%.%d+%.%d+%.%d+/%d%d?$") ~= nil
    or text:find("^[%x:]*:[%x:]*/%d%d?%d?$") ~= nil
end

local function wrong_range(lists)
  for _, list in pairs(lists) do
    for _, text in ipairs(list) do
      if not is_cidr(text) then
        return "Invalid CIDR: " .. tostring(text)
      end
    end
  end
  return nil
end

local function network_status(network, now_ms)
  return now_ms >= network.applied_ms and "applied" or "stored"
end

local function get_network(request)
  local network = state.project(request).network
  return 200, {
    entitlement = "allowed",
    config = {
      dbAllowedCidrs = rest.copy(network.v4),
      dbAllowedCidrsV6 = rest.copy(network.v6),
    },
    status = network_status(network, request.now_ms),
  }
end

local function apply_network(request)
  local want = state.object(request)
  local wrong = wrong_range(want)
  if wrong then return problem(400, wrong) end
  local network = state.project(request).network
  merge(request, network, {
    v4 = json.array(want.dbAllowedCidrs or {}),
    v6 = json.array(want.dbAllowedCidrsV6 or {}),
  })
  network.applied_ms = request.now_ms
  local _, answer = get_network(request)
  return 201, answer
end

local function changed(list, add, remove)
  local out, there = json.array {}, {}
  for _, text in ipairs(remove or {}) do there[text] = true end
  for _, part in ipairs { list, add or {} } do
    for _, text in ipairs(part) do
      if not there[text] then out[#out + 1], there[text] = text, true end
    end
  end
  return out
end

local function addresses(list)
  local out = json.array {}
  for i, text in ipairs(list) do
    out[i] = { address = text, type = "v4" }
  end
  return out
end

local APPLY_S = 5

local function update_network(request)
  local want = state.object(request)
  local add, remove = want.add or {}, want.remove or {}
  local wrong = wrong_range(add) or wrong_range(remove)
  if wrong then return problem(400, wrong) end
  local network = state.project(request).network
  local old = addresses(network.v4)
  merge(request, network, {
    v4 = changed(network.v4, add.dbAllowedCidrs, remove.dbAllowedCidrs),
    v6 = changed(network.v6, add.dbAllowedCidrsV6, remove.dbAllowedCidrsV6),
  })
  if request.changed then
    network.applied_ms = request.now_ms + APPLY_S * S
  end
  return 200, {
    entitlement = "allowed",
    config = { dbAllowedCidrs = addresses(network.v4) },
    old_config = { dbAllowedCidrs = old },
    status = network_status(network, request.now_ms),
    updated_at = rest.iso(request.now_ms),
  }
end

local function ssl_view(request)
  return {
    currentConfig = { database = state.project(request).ssl },
    appliedSuccessfully = true,
  }
end

local function get_ssl(request)
  return 200, ssl_view(request)
end

local function update_ssl(request)
  local wanted = state.object(request).requestedConfig
  local on = type(wanted) == "table" and wanted.database
  if type(on) ~= "boolean" then
    return problem(400, "requestedConfig.database: Required")
  end
  merge(request, state.project(request), { ssl = on })
  return 200, ssl_view(request)
end

local OVERRIDE_S = 15 * 60

local function get_readonly(request)
  local now = state.project(request).readonly
  local open = request.now_ms < now.until_ms
  return 200, {
    enabled = now.enabled and not open, override_enabled = open,
    override_active_until = rest.iso(now.until_ms),
  }
end

local function disable_readonly(request)
  state.project(request).readonly.until_ms = request.now_ms + OVERRIDE_S * S
  rest.touch(request)
  return 201
end

-- --- upgrades ----------------------------------------------------------------

local function newer(project, version)
  for _, one in ipairs(project.upgrade_versions) do
    if one.app_version ~= version then return one end
  end
  return nil
end

local function eligibility(request)
  local project = state.project(request)
  local version = state.version(project, request.now_ms)
  local target = newer(project, version)
  return 200, {
    eligible = target ~= nil and state.asleep(request) == nil,
    current_app_version = "supabase-postgres-" .. version,
    current_app_version_release_channel = "ga",
    latest_app_version = "supabase-postgres-" ..
      (target and target.app_version or version),
    target_upgrade_versions = target and json.array { rest.copy(target) }
      or json.array {},
    duration_estimate_hours = 0.5,
    legacy_auth_custom_roles = json.array {},
    objects_to_be_dropped = json.array {},
    unsupported_extensions = json.array {},
    user_defined_objects_in_internal_schemas = json.array {},
    validation_errors = json.array {}, warnings = json.array {},
  }
end

local STEPS = {
  "0_requested", "1_started", "2_launched_upgraded_instance",
  "3_detached_volume_from_upgraded_instance",
  "4_attached_volume_to_original_instance", "5_initiated_data_upgrade",
  "6_completed_data_upgrade", "7_detached_volume_from_original_instance",
  "8_attached_volume_to_upgraded_instance", "9_completed_upgrade",
  "10_completed_post_physical_backup",
}
local STEP_S = 12
local UPGRADING, UPGRADED = 0, 1

local function start_upgrade(request)
  local project, want = state.project(request), state.object(request)
  local asleep = state.asleep(request)
  if asleep then return problem(400, asleep) end
  local target = newer(project, state.version(project, request.now_ms))
  if not target or want.target_version ~= target.app_version then
    return problem(400, "target_version: not a version to upgrade to")
  end
  local seconds = (#STEPS - 1) * STEP_S
  local n = rest.serial(request.world, "supabase.upgrades")
  project.postgres = state.version(project, request.now_ms)
  project.upgrade = {
    tracking_id = state.uuid("upgrade " .. n), target = target.app_version,
    began_ms = request.now_ms, done_ms = request.now_ms + seconds * S,
  }
  state.move(request, project,
    { { 0, "UPGRADING" }, { seconds, "ACTIVE_HEALTHY" } })
  return 201, { tracking_id = project.upgrade.tracking_id }
end

local function upgrade_status(request)
  local upgrade = state.project(request).upgrade
  local wanted = rest.arg(request, "tracking_id")
  if not upgrade or (wanted and wanted ~= upgrade.tracking_id) then
    return 200, { databaseUpgradeStatus = json.null }
  end
  local step = math.min(#STEPS,
    (request.now_ms - upgrade.began_ms) // (STEP_S * S) + 1)
  return 200, { databaseUpgradeStatus = {
    initiated_at = rest.iso(upgrade.began_ms),
    latest_status_at = rest.iso(upgrade.began_ms + (step - 1) * STEP_S * S),
    target_version = tonumber(upgrade.target:match("^%d+")),
    progress = STEPS[step],
    status = step == #STEPS and UPGRADED or UPGRADING,
  } }
end

-- --- watching ----------------------------------------------------------------

local function logs(request)
  local first = rest.arg(request, "iso_timestamp_start")
  local last = rest.arg(request, "iso_timestamp_end")
  local list = json.array {}
  for _, line in ipairs(state.project(request).logs) do
    local at = line.at or ""
    if (not first or at >= first) and (not last or at <= last) then
      list[#list + 1] = rest.copy(line)
    end
  end
  return 200, { result = list }
end

local function usage(request)
  return 200, { result = rest.copy(state.project(request).usage) }
end

local function lints(kind)
  return function(request)
    return 200, { lints = rest.copy(state.project(request).lints[kind]) }
  end
end

local P = "/v1/projects/{ref}"
local AUTH, POSTGREST_AT = P .. "/config/auth", P .. "/postgrest"
local POSTGRES = P .. "/config/database/postgres"
local POOLER = P .. "/config/database/pooler"
local NETWORK = P .. "/network-restrictions"
local SSL, ANALYTICS = P .. "/ssl-enforcement", P .. "/analytics/endpoints"

return {
  { "GET", AUTH, "supabase.auth.get", get_auth },
  { "PATCH", AUTH, "supabase.auth.update", update_auth },
  { "GET", POSTGREST_AT, "supabase.postgrest.get", get_postgrest },
  { "PATCH", POSTGREST_AT, "supabase.postgrest.update", update_postgrest },
  { "GET", POSTGRES, "supabase.postgres.get", get_postgres },
  { "PUT", POSTGRES, "supabase.postgres.update", update_postgres },
  { "GET", POOLER, "supabase.pooler.get", get_pooler },
  { "PATCH", POOLER, "supabase.pooler.update", update_pooler },
  { "GET", P .. "/config/database/pgbouncer", "supabase.pgbouncer.get",
    get_pgbouncer },
  { "GET", NETWORK, "supabase.network.get", get_network },
  { "PATCH", NETWORK, "supabase.network.update", update_network },
  { "POST", NETWORK .. "/apply", "supabase.network.apply", apply_network },
  { "GET", SSL, "supabase.ssl.get", get_ssl },
  { "PUT", SSL, "supabase.ssl.update", update_ssl },
  { "GET", P .. "/readonly", "supabase.readonly.get", get_readonly },
  { "POST", P .. "/readonly/temporary-disable", "supabase.readonly.disable",
    disable_readonly },
  { "GET", P .. "/upgrade/eligibility", "supabase.upgrade.eligibility",
    eligibility },
  { "POST", P .. "/upgrade", "supabase.upgrade.start", start_upgrade },
  { "GET", P .. "/upgrade/status", "supabase.upgrade.status",
    upgrade_status },
  { "GET", ANALYTICS .. "/logs.all", "supabase.logs.query", logs },
  { "GET", ANALYTICS .. "/usage.api-counts", "supabase.usage.api_counts",
    usage },
  { "GET", P .. "/advisors/performance", "supabase.advisors.performance",
    lints "performance" },
  { "GET", P .. "/advisors/security", "supabase.advisors.security",
    lints "security" },
}
