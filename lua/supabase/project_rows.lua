-- Rows of Supabase's API: organizations, projects, secrets, keys, services.

local DOCS = "https://supabase.com/docs/reference/api/v1-"

local GOING = { PAUSING = true, GOING_DOWN = true, INACTIVE = true }
local COMING = { RESTORING = true, COMING_UP = true, ACTIVE_HEALTHY = true }

-- A change of a project's status happened when the status is one of those it
-- leads to.
local function probe_status(led_to)
  return function(args, get)
    local now = get("projects.get", { project = args.project })
    return led_to[now.status] and {} or nil
  end
end

local function probe_key(args, get)
  local keys = get("api_keys.list",
    { project = args.project, reveal = args.reveal })
  for _, key in ipairs(keys) do
    if key.name == args.name and key.type == args.type then return key end
  end
  return nil
end

-- Analytics answer 200 with an error in the place of rows.
local function rows_of(body)
  local wrong, rows = body.error, body.result
  local none = type(rows) ~= "table" or #rows == 0
  if none and wrong and wrong ~= json.null then
    local text = type(wrong) == "table" and wrong.message or wrong
    error("supabase analytics: " .. tostring(text) ..
      ": the query or its time range is wrong", 0)
  end
  return type(rows) == "table" and rows or json.array {}
end

local STATUS = "Supabase's dashboard, the project's page, tells its status"
local KEY = { "api_key" }

-- What the settings of the auth service hold that nobody should see.
local AUTH_SECRETS = {
  "external_apple_secret", "external_azure_secret",
  "external_bitbucket_secret", "external_discord_secret",
  "external_facebook_secret", "external_figma_secret",
  "external_github_secret", "external_gitlab_secret",
  "external_google_secret", "external_kakao_secret",
  "external_keycloak_secret", "external_linkedin_oidc_secret",
  "external_slack_oidc_secret", "external_notion_secret",
  "external_slack_secret", "external_spotify_secret",
  "external_twitch_secret", "external_twitter_secret", "external_x_secret",
  "external_workos_secret", "external_zoom_secret",
  "hook_custom_access_token_secrets", "hook_mfa_verification_attempt_secrets",
  "hook_password_verification_attempt_secrets", "hook_send_sms_secrets",
  "hook_send_email_secrets", "hook_before_user_created_secrets",
  "hook_after_user_created_secrets", "nimbus_oauth_client_secret",
  "security_captcha_secret", "sms_messagebird_access_key",
  "sms_textlocal_api_key", "sms_twilio_auth_token",
  "sms_twilio_verify_auth_token", "sms_vonage_api_key",
  "sms_vonage_api_secret", "smtp_pass",
}

local REVEAL = "reveal?: boolean  with the key itself, which is a secret"

return {
  -- --- who, and what there is ---
  { "profile.get", "GET", "/v1/profile", args = {},
    gives = "{gotrue_id:string, primary_email:string, username:string}",
    link = DOCS .. "get-profile",
    doc = "Whose token this is." },
  { "organizations.list", "GET", "/v1/organizations", args = {},
    gives = "{id:string, slug:string, name:string}[]",
    link = DOCS .. "list-all-organizations",
    doc = "The organizations this token can see." },
  { "organizations.projects", "GET",
    "/v1/organizations/{organization}/projects",
    page = "offset", page_size = 100, size = "limit", items = "projects",
    args = {
      "organization: string  its slug, default env.supabase.organization",
      "search?: string  part of the name or the ref",
      "sort?: string  name_asc, name_desc, created_asc or created_desc",
      "statuses?: string  statuses to keep, separated by commas",
      "limit?: integer  projects a page, 1 to 100",
      "offset?: integer  skips that many and gives one page",
    },
    gives = "table[]",
    link = DOCS .. "get-all-projects-for-organization",
    doc = "The projects of an organization with their databases." },
  { "projects.list", "GET", "/v1/projects", args = {},
    gives = "supabase.project[]",
    link = DOCS .. "list-all-projects",
    doc = "The projects this token can see." },
  { "projects.get", "GET", "/v1/projects/{project}", args = {},
    gives = "supabase.project",
    link = DOCS .. "get-project",
    doc = "One project: name, region, status, database.version." },

  -- --- status ---
  { "health", "GET", "/v1/projects/{project}/health",
    args = {
      "services: string[]  of auth, db, db_postgres_user, pooler, realtime, " ..
        "rest, storage, pg_bouncer",
      "timeout_ms?: integer  how long each is asked, 0 to 10000",
    },
    gives = "supabase.health[]",
    link = DOCS .. "get-services-health",
    doc = "Health of services: name, healthy, status." },
  { "projects.pause", "POST", "/v1/projects/{project}/pause", args = {},
    probe = probe_status(GOING),
    link = DOCS .. "pause-a-project",
    doc = "Pauses the project: its status goes over PAUSING to INACTIVE." },
  { "projects.restore_versions", "GET", "/v1/projects/{project}/restore",
    args = {}, items = "available_versions",
    gives = "{version:string, release_channel:string, " ..
      "postgres_engine:string}[]",
    link = DOCS .. "list-available-restore-versions",
    doc = "The versions of Postgres a paused project can come back with." },
  { "projects.restore", "POST", "/v1/projects/{project}/restore", args = {},
    probe = probe_status(COMING),
    link = DOCS .. "restore-a-project",
    doc = "Brings a paused project back; supabase.wait_active waits for it." },
  { "projects.cancel_restore", "POST",
    "/v1/projects/{project}/restore/cancel", args = {},
    probe = probe_status(GOING),
    link = DOCS .. "cancel-a-project-restoration",
    doc = "Cancels a restore that is under way." },
  { "readonly.get", "GET", "/v1/projects/{project}/readonly", args = {},
    gives = "{enabled:boolean, override_enabled:boolean, " ..
      "override_active_until:string}",
    link = DOCS .. "get-readonly-mode-status",
    doc = "Whether the database refuses writes, as it does when its disk " ..
      "is full." },
  { "readonly.disable", "POST",
    "/v1/projects/{project}/readonly/temporary-disable", args = {},
    idempotent = true,
    link = DOCS .. "disable-readonly-mode-temporarily",
    doc = "Lets the database write for the next 15 minutes." },
  { "upgrade.eligibility", "GET", "/v1/projects/{project}/upgrade/eligibility",
    args = {}, gives = "supabase.eligibility",
    link = DOCS .. "get-postgres-upgrade-eligibility",
    doc = "Whether Postgres can be upgraded, to which versions, and what " ..
      "stands against it." },
  { "upgrade.start", "POST", "/v1/projects/{project}/upgrade",
    args = {
      "target_version: string  one of eligibility's " ..
        "target_upgrade_versions, its app_version",
      "release_channel?: string  ga, beta, alpha, internal, withdrawn, preview",
    },
    gives = "{tracking_id:string}", doubt = STATUS,
    link = DOCS .. "upgrade-postgres-version",
    doc = "Begins an upgrade of Postgres; the project is down meanwhile." },
  { "upgrade.status", "GET", "/v1/projects/{project}/upgrade/status",
    args = { "tracking_id?: string  of upgrade.start, default the latest" },
    gives = "{databaseUpgradeStatus:table}",
    link = DOCS .. "get-postgres-upgrade-status",
    doc = "How far an upgrade is; databaseUpgradeStatus is json.null when " ..
      "there was none. See supabase.upgrade_status." },

  -- --- secrets and keys ---
  { "secrets.list", "GET", "/v1/projects/{project}/secrets", args = {},
    secret_fields = { "value" },
    gives = "{name:string, value:string, updated_at:string}[]",
    link = DOCS .. "list-all-secrets",
    doc = "Secrets of the edge functions: names, and digests for values." },
  { "secrets.set", "POST", "/v1/projects/{project}/secrets",
    body = "secrets", idempotent = true,
    args = {
      "secrets: {name:string, value:secret}[]  a name has at most 256 " ..
        "letters and does not begin with SUPABASE_",
    },
    link = DOCS .. "bulk-create-secrets",
    doc = "Sets secrets of the edge functions, new ones and old ones. " ..
      "supabase.set_secrets does it and looks whether they are there." },
  { "secrets.delete", "DELETE", "/v1/projects/{project}/secrets",
    body = "names", args = { "names: string[]" },
    link = DOCS .. "bulk-delete-secrets",
    doc = "Deletes secrets of the edge functions." },
  { "api_keys.list", "GET", "/v1/projects/{project}/api-keys",
    args = { REVEAL }, secret_fields = KEY, gives = "supabase.api_key[]",
    link = DOCS .. "get-project-api-keys",
    doc = "The project's API keys." },
  { "api_keys.create", "POST", "/v1/projects/{project}/api-keys",
    query = { "reveal" }, probe = probe_key, secret_fields = KEY,
    args = {
      "type: string  publishable or secret",
      "name: string  4 to 64 of a-z, 0-9 and _",
      "description?: string",
      "secret_jwt_template?: table  claims of the tokens a secret key makes",
      REVEAL,
    },
    gives = "supabase.api_key",
    link = DOCS .. "create-project-api-key",
    doc = "Makes an API key." },
  { "api_keys.get", "GET", "/v1/projects/{project}/api-keys/{key}",
    args = { "key: string  its id", REVEAL }, secret_fields = KEY,
    gives = "supabase.api_key",
    link = DOCS .. "get-project-api-key",
    doc = "One API key." },
  { "api_keys.update", "PATCH", "/v1/projects/{project}/api-keys/{key}",
    query = { "reveal" }, idempotent = true, secret_fields = KEY,
    before = "api_keys.get",
    args = {
      "key: string  its id",
      "name?: string  4 to 64 of a-z, 0-9 and _",
      "description?: string",
      "secret_jwt_template?: table",
      REVEAL,
    },
    gives = "supabase.api_key",
    link = DOCS .. "update-project-api-key",
    doc = "Renames or describes an API key." },
  { "api_keys.delete", "DELETE", "/v1/projects/{project}/api-keys/{key}",
    query = { "reveal", "was_compromised", "reason" }, accept_gone = true,
    secret_fields = KEY,
    args = {
      "key: string  its id",
      "was_compromised?: boolean  noted by Supabase",
      "reason?: string  noted by Supabase",
      REVEAL,
    },
    gives = "supabase.api_key",
    link = DOCS .. "delete-project-api-key",
    doc = "Deletes an API key: what uses it fails from now on." },
  { "api_keys.legacy", "GET", "/v1/projects/{project}/api-keys/legacy",
    args = {}, gives = "{enabled:boolean}",
    link = DOCS .. "get-project-legacy-api-keys",
    doc = "Whether the old anon and service_role keys are still valid." },
  { "api_keys.set_legacy", "PUT", "/v1/projects/{project}/api-keys/legacy",
    query = { "enabled" }, before = "api_keys.legacy",
    args = { "enabled: boolean" },
    gives = "{enabled:boolean}",
    link = DOCS .. "update-project-legacy-api-keys",
    doc = "Makes the old anon and service_role keys valid, or not." },

  -- --- settings of services ---
  { "auth.get", "GET", "/v1/projects/{project}/config/auth", args = {},
    secret_fields = AUTH_SECRETS, gives = "table<string,any>",
    link = DOCS .. "get-auth-service-config",
    doc = "The settings of the auth service, flat: site_url, jwt_exp and " ..
      "many more." },
  { "auth.update", "PATCH", "/v1/projects/{project}/config/auth",
    body = "settings", idempotent = true, secret_fields = AUTH_SECRETS,
    before = "auth.get",
    args = { "settings: table<string,any>  those to change" },
    gives = "table<string,any>",
    link = DOCS .. "update-auth-service-config",
    doc = "Changes settings of the auth service and gives all of them." },
  { "postgrest.get", "GET", "/v1/projects/{project}/postgrest", args = {},
    secret_fields = { "jwt_secret" },
    gives = "{db_schema:string, max_rows:integer, " ..
      "db_extra_search_path:string, db_pool:integer}",
    link = DOCS .. "get-postgrest-service-config",
    doc = "The settings of the REST service." },
  { "postgrest.update", "PATCH", "/v1/projects/{project}/postgrest",
    idempotent = true,
    before = "postgrest.get",
    args = {
      "db_schema?: string  schemas it serves, separated by commas",
      "db_extra_search_path?: string",
      "max_rows?: integer  0 to 1000000",
      "db_pool?: integer  connections, 0 to 1000",
    },
    gives = "{db_schema:string, max_rows:integer, " ..
      "db_extra_search_path:string, db_pool:integer}",
    link = DOCS .. "update-postgrest-service-config",
    doc = "Changes settings of the REST service." },
  { "network.get", "GET", "/v1/projects/{project}/network-restrictions",
    args = {}, gives = "supabase.network",
    link = DOCS .. "get-network-restrictions",
    doc = "Which addresses may reach the database. See " ..
      "supabase.restrictions." },
  { "network.update", "PATCH", "/v1/projects/{project}/network-restrictions",
    idempotent = true,
    args = {
      "add?: {dbAllowedCidrs:string[], dbAllowedCidrsV6:string[]}",
      "remove?: {dbAllowedCidrs:string[], dbAllowedCidrsV6:string[]}",
    },
    gives = "supabase.network",
    link = DOCS .. "patch-network-restrictions",
    doc = "Adds and removes ranges; here the answer lists them as " ..
      "{address, type}." },
  { "network.apply", "POST",
    "/v1/projects/{project}/network-restrictions/apply", idempotent = true,
    before = "network.get",
    args = {
      "dbAllowedCidrs?: string[]  all the IPv4 ranges there shall be",
      "dbAllowedCidrsV6?: string[]  all the IPv6 ranges there shall be",
    },
    gives = "supabase.network",
    link = DOCS .. "update-network-restrictions",
    doc = "Sets the ranges that may reach the database and applies them." },
  { "ssl.get", "GET", "/v1/projects/{project}/ssl-enforcement", args = {},
    gives = "supabase.ssl",
    link = DOCS .. "get-ssl-enforcement-config",
    doc = "Whether the database refuses connections without TLS." },
  { "ssl.update", "PUT", "/v1/projects/{project}/ssl-enforcement",
    before = "ssl.get",
    args = { "requestedConfig: {database:boolean}" },
    gives = "supabase.ssl",
    link = DOCS .. "update-ssl-enforcement-config",
    doc = "Makes the database refuse connections without TLS, or take " ..
      "them. It restarts." },

  -- --- watching ---
  { "logs.query", "GET",
    "/v1/projects/{project}/analytics/endpoints/logs.all",
    result = rows_of,
    args = {
      "sql?: string  over edge_logs, postgres_logs, auth_logs, …",
      "iso_timestamp_start?: string  at most 24 hours before the end",
      "iso_timestamp_end?: string  without both, the last minute",
    },
    gives = "table[]",
    hints = { [429] = "30 requests a minute at most: wait a minute" },
    link = DOCS .. "get-project-logs",
    doc = "Rows of the project's logs." },
  { "usage.api_counts", "GET",
    "/v1/projects/{project}/analytics/endpoints/usage.api-counts",
    result = rows_of,
    args = { "interval?: string  15min, 30min, 1hr, 3hr, 1day, 3day, 7day" },
    gives = "table[]",
    link = DOCS .. "get-project-usage-api-count",
    doc = "Requests by time and service." },
  { "advisors.performance", "GET",
    "/v1/projects/{project}/advisors/performance",
    args = {}, items = "lints", gives = "supabase.lint[]",
    link = DOCS .. "get-performance-advisors",
    doc = "What Supabase's advisor finds slow. Experimental." },
  { "advisors.security", "GET", "/v1/projects/{project}/advisors/security",
    items = "lints", args = { "lint_type?: string  sql" },
    gives = "supabase.lint[]",
    link = DOCS .. "get-security-advisors",
    doc = "What Supabase's advisor finds unsafe. Experimental." },
}
