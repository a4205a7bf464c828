-- Supabase: projects, database, secrets, edge functions, and the local stack.

local provider = require "provider"

--- @class supabase.project
--- @field ref string
--- @field name string
--- @field region string
--- @field organization_slug string
--- @field status string ACTIVE_HEALTHY, COMING_UP, PAUSING, INACTIVE, …
--- @field created_at string
--- @field database {host:string, version:string, postgres_engine:string}

--- @class supabase.health
--- @field name string
--- @field healthy boolean
--- @field status "COMING_UP"|"ACTIVE_HEALTHY"|"UNHEALTHY"
--- @field error? string

--- @class supabase.api_key
--- @field id string
--- @field type "legacy"|"publishable"|"secret"
--- @field name string
--- @field prefix? string
--- @field description? string
--- @field api_key? secret with reveal

--- @class supabase.backups
--- @field pitr_enabled boolean
--- @field walg_enabled boolean
--- @field backups {id:integer, status:string, is_physical_backup:boolean, inserted_at:string}[]
--- @field physical_backup_data {earliest_physical_backup_date_unix:integer, latest_physical_backup_date_unix:integer}

--- @class supabase.restore_point
--- @field name string
--- @field status "AVAILABLE"|"PENDING"|"REMOVED"|"FAILED"
--- @field completed_on string json.null while it is made

--- @class supabase.migration
--- @field version string
--- @field name? string
--- @field statements? string[]
--- @field rollback? string[]
--- @field idempotency_key? string

--- @class supabase.branch
--- @field id string
--- @field name string
--- @field project_ref string the ref of its own project
--- @field parent_project_ref string
--- @field status string CREATING_PROJECT, RUNNING_MIGRATIONS, MIGRATIONS_PASSED, …
--- @field git_branch? string
--- @field persistent boolean
--- @field is_default boolean
--- @field deletion_scheduled_at? string

--- @class supabase.edge_function
--- @field id string
--- @field slug string
--- @field name string
--- @field status "ACTIVE"|"REMOVED"|"THROTTLED"
--- @field version integer one more with each deploy
--- @field verify_jwt boolean
--- @field ezbr_sha256? string digest of the bundle

--- @class supabase.action
--- @field id string
--- @field branch_id string
--- @field run_steps {name:string, status:string}[]

--- @class supabase.network
--- @field entitlement "allowed"|"disallowed"
--- @field config {dbAllowedCidrs:string[], dbAllowedCidrsV6:string[]}
--- @field status "stored"|"applied"

--- @class supabase.ssl
--- @field currentConfig {database:boolean}
--- @field appliedSuccessfully boolean

--- @class supabase.eligibility
--- @field eligible boolean
--- @field current_app_version string
--- @field latest_app_version string
--- @field target_upgrade_versions {app_version:string, postgres_version:string, release_channel:string}[]
--- @field duration_estimate_hours number
--- @field validation_errors {type:string}[]

--- @class supabase.lint
--- @field name string
--- @field title string
--- @field level "ERROR"|"WARN"|"INFO"
--- @field detail string
--- @field remediation string

local function joined(...)
  local rows = {}
  for _, part in ipairs { ... } do
    for _, row in ipairs(part) do rows[#rows + 1] = row end
  end
  return rows
end

--- Calls of Supabase's Management API on env.supabase.project. Each raises one
--- line on failure; supabase.try.… gives nil and a provider.failure.
--- https://supabase.com/docs/reference/api
--- @class supabase
local supabase = provider.define {
  name = "supabase",
  base = "https://api.supabase.com",
  auth = {
    secret = "SUPABASE_ACCESS_TOKEN",
    header = "Authorization",
    scheme = "Bearer {}",
  },
  predictions = "supabase/predict",
  -- 120 requests a minute for each call of a project
  limits = { at_once = 4, per_second = 2 },
  defaults = function(settings)
    return {
      project = settings.project, organization = settings.organization,
    }
  end,
  undos = "supabase/undos",
  rows = joined(require "supabase/project_rows",
    require "supabase/database_rows", require "supabase/function_rows"),
}

local columns = require "provider/columns"
local named = require "provider/named"

-- --- health ------------------------------------------------------------------

local SERVICES = { "auth", "db", "rest", "storage", "realtime" }

--- The health of the services an app stands on.
--- @param args? {project?:string} default env.supabase.project
--- @return boolean healthy all of them
--- @return table[] rows service, status
function supabase.healthy(args)
  local rows, healthy = {}, true
  for _, one in ipairs(supabase.health {
    project = args.project, services = SERVICES,
  }) do
    rows[#rows + 1] = { service = one.name, status = one.status }
    healthy = healthy and one.status == "ACTIVE_HEALTHY"
  end
  return healthy, rows
end

local POLL_S = 5
local ACTIVE_S = 600
local LOST = {
  INIT_FAILED = true, RESTORE_FAILED = true, PAUSE_FAILED = true,
  REMOVED = true,
}

--- Waits until a project is ACTIVE_HEALTHY, as after a restore, an upgrade or
--- a change that restarts its database; prints each status on the way.
--- @param args? {project?:string, within_s?:number} within_s: default 600
--- @return supabase.project
function supabase.wait_active(args)
  local within_s = args.within_s or ACTIVE_S
  local deadline, told = time.now() + within_s, nil
  while true do
    local now = supabase.projects.get { project = args.project }
    if now.status ~= told then
      told = now.status
      print(("project %s  %s"):format(now.ref, told))
    end
    if told == "ACTIVE_HEALTHY" then return now end
    if LOST[told] then
      error(("supabase: project %s is %s: see its page in the dashboard")
        :format(now.ref, told), 0)
    end
    if time.now() >= deadline then
      error(("supabase: project %s is still %s after %d s: see its page in " ..
        "the dashboard"):format(now.ref, told, within_s), 0)
    end
    time.sleep(POLL_S)
  end
end

--- How far an upgrade of Postgres is.
--- @class supabase.upgrade
--- @field state "none"|"running"|"done"|"failed"
--- @field progress? string the service's name of the step it is in
--- @field target? number version of Postgres
--- @field error? string

local DONE = 1 -- of databaseUpgradeStatus.status

--- The latest upgrade of Postgres, or the one of a tracking id.
--- @param tracking_id? string
--- @return supabase.upgrade
function supabase.upgrade_status(tracking_id)
  named.value("supabase.upgrade_status", "a tracking id", tracking_id,
    "string|nil")
  local now = supabase.upgrade.status { tracking_id = tracking_id }
    .databaseUpgradeStatus
  if not now or now == json.null then return { state = "none" } end
  local failed = now.error and now.error ~= json.null
  local finished = now.status == DONE
    or tostring(now.progress):find("^10_") ~= nil
  return {
    state = failed and "failed" or finished and "done" or "running",
    progress = now.progress, target = now.target_version,
    error = failed and now.error or nil,
  }
end

-- --- secrets -----------------------------------------------------------------

local NAME_MAX = 256

local function secret_list(values)
  local list = json.array {}
  for name, value in pairs(values) do
    local bad = type(name) ~= "string" and "a name is a text"
      or #name > NAME_MAX and "a name has at most 256 letters"
      or name:find("^SUPABASE_") and "names with SUPABASE_ are Supabase's own"
    if bad then
      error(("supabase.set_secrets: %s: %s"):format(tostring(name), bad), 0)
    end
    list[#list + 1] = { name = name, value = value }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

--- Sets secrets of the edge functions and looks whether each is there. Running
--- functions see them at once.
--- @param args {values:table<string,secret>, project?:string} values by name
--- @return table[] rows secret, updated
function supabase.set_secrets(args)
  local project, list = args.project, secret_list(args.values)
  if #list == 0 then error("supabase.set_secrets: no secret is given", 0) end
  supabase.secrets.set { project = project, secrets = list }
  local there = {}
  for _, one in ipairs(supabase.secrets.list { project = project }) do
    there[one.name] = one
  end
  local rows = {}
  for i, one in ipairs(list) do
    if not there[one.name] then
      error(("supabase: secret %s was sent and is not listed: look at the " ..
        "project's edge function secrets"):format(one.name), 0)
    end
    rows[i] = { secret = one.name, updated = there[one.name].updated_at }
    print(("secret %s  set"):format(one.name))
  end
  return rows
end

-- --- migrations --------------------------------------------------------------

local migration_row = columns("version", "name", "state")

local FOLDER = "supabase/migrations"
local APPLIED =
  "select version from supabase_migrations.schema_migrations order by version"
local HISTORY = "select version, name from " ..
  "supabase_migrations.schema_migrations order by version"

--- Migration files of the tree that the database has not applied yet.
--- @param folder? string default supabase/migrations
--- @return string[] file names, oldest first
function supabase.pending_migrations(folder)
  named.value("supabase.pending_migrations", "a folder", folder, "string|nil")
  local applied = {}
  for _, row in ipairs(supabase.sql.query { query = APPLIED }) do
    applied[row.version] = true
  end
  local pending = {}
  for _, name in ipairs(fs.list(folder or FOLDER)) do
    local version = name:match("(%d+)_[^/]*%.sql$")
    if version and not applied[version] then pending[#pending + 1] = name end
  end
  return pending
end

-- What the database has applied; nothing where no migration ever was: the
-- table comes with the first one.
local function history()
  local rows, err = supabase.try.sql.query { query = HISTORY }
  if rows then return rows end
  local none = err.message:find("schema_migrations", 1, true)
    and err.message:find("does not exist", 1, true)
  if not none then error(err.message, 0) end
  return {}
end

local function known(value)
  return type(value) == "string" and value or nil
end

--- Each migration of the tree and of the database: applied, pending (a file
--- that was not applied) or missing file (applied, and there is no file).
--- @param folder? string default supabase/migrations
--- @return table[] rows version, name, state; oldest first
function supabase.migrations_status(folder)
  named.value("supabase.migrations_status", "a folder", folder, "string|nil")
  local by_version, rows = {}, {}
  for _, one in ipairs(history()) do
    local row = migration_row {
      version = tostring(one.version), name = known(one.name) or "",
      state = "missing file",
    }
    by_version[row.version], rows[#rows + 1] = row, row
  end
  for _, file in ipairs(fs.list(folder or FOLDER)) do
    local version, name = file:match("^(%d+)_([^/]*)%.sql$")
    local row = version and by_version[version]
    if row then
      row.state, row.name = "applied", name
    elseif version then
      rows[#rows + 1] = migration_row {
        version = version, name = name, state = "pending",
      }
    end
  end
  table.sort(rows, function(a, b) return a.version < b.version end)
  return rows
end

-- --- network -----------------------------------------------------------------

local ANYONE = { ["0.0.0.0/0"] = true, ["::/0"] = true }

local range_row = columns("range", "family", "state")

-- A range is a text, and after a change {address, type}.
local function range_of(one)
  return type(one) == "table" and one.address or tostring(one)
end

--- The addresses that may reach the database.
--- @param args? {project?:string} default env.supabase.project
--- @return table[] rows range, family, state (applied, or stored: not yet)
--- @return boolean open anyone may, as far as addresses go
function supabase.restrictions(args)
  local now = supabase.network.get { project = args.project }
  local config = type(now.config) == "table" and now.config or {}
  local rows, open = {}, false
  for _, list in ipairs { config.dbAllowedCidrs or {},
    config.dbAllowedCidrsV6 or {} } do
    for _, one in ipairs(list) do
      local range = range_of(one)
      rows[#rows + 1] = range_row {
        range = range, family = range:find(":", 1, true) and "v6" or "v4",
        state = now.status,
      }
      open = open or ANYONE[range] == true
    end
  end
  return rows, open
end

-- --- the local stack ---------------------------------------------------------

local ENV_FILE = ".env.local"
local PUT_THERE = "run `supabase start`, then `supabase status -o env " ..
  ">.env.local` and `chmod 600 .env.local`"

-- What leaves the file: of each variable its name, and whether it is empty; of
-- URLs of the stack those on loopback, as scheme, host and port. No other
-- value reaches this program, the journal or a log. Names are in capitals: a
-- line of a key that goes over several lines is none.
local NAME = "s#^(export )?([A-Z][A-Z0-9_]*)="
local URL = "s#^(export )?([A-Z_]*(SUPABASE|API|STUDIO)_URL)="
local LOOPBACK = "(https?://(127\\.0\\.0\\.1|localhost|\\[::1])" ..
  "(:[0-9]{1,5})?)"
local ONLY = table.concat({
  NAME .. "(\"\"|'')?[[:space:]]*$#empty \\2#p", "t",
  URL .. "[\"']?" .. LOOPBACK .. "/?[\"']?[[:space:]]*$#url \\2 \\4#p", "t",
  NAME .. ".*#name \\2#p",
}, "\n")

local FROM_CLI = "command -v supabase >/dev/null || exit 127; " ..
  "supabase status -o env 2>/dev/null | sed -nE \"$1\""

local DATABASE = {
  "SUPABASE_DB_URL", "DATABASE_URL", "POSTGRES_URL", "DB_URL",
}

--- Where the local stack is.
--- @class supabase.local_stack
--- @field api_url? string
--- @field studio_url? string
--- @field db? secret the connection URL of the database, a handle
--- @field source? ".env.local"|"supabase status"
--- @field names string[] variables that are set there
--- @field missing string[] a line for each thing that is not known: what to do

local function read_lines(text, stack)
  for kind, name, url in text:gmatch("(%l+) ([%w_]+) ?([^\n]*)\n") do
    if kind ~= "empty" then stack.names[#stack.names + 1] = name end
    if kind == "url" and name:find("STUDIO_URL$") then
      stack.studio_url = stack.studio_url or url
    elseif kind == "url" then
      stack.api_url = stack.api_url or url
    end
  end
end

local function lack(stack, line)
  stack.missing[#stack.missing + 1] = line
end

local function has(stack, wanted)
  for _, name in ipairs(stack.names) do
    if name == wanted then return true end
  end
  return false
end

-- The URL of the database holds a password: it comes from the environment's
-- sources, as every secret does.
local function find_database(stack)
  for _, name in ipairs(DATABASE) do
    if has(stack, name) and stack.source == ENV_FILE then
      local ok, handle = pcall(secret.get, name)
      if ok then stack.db = handle; return end
      local why = tostring(handle)
      local unknown = why:find("no secret", 1, true) -- else it says what to do
      return lack(stack, name .. ": " .. why .. (unknown and "; add `file: " ..
        ENV_FILE .. "` to the environment's secrets in runproof.yaml" or ""))
    end
  end
  lack(stack, ("no URL of the database (%s) in %s: %s"):format(
    table.concat(DATABASE, ", "), ENV_FILE, PUT_THERE))
end

--- Finds the local stack by .env.local, or else by `supabase status`, which
--- asks Docker: that needs a block with effect=remote. No value but the URLs
--- of the stack on loopback comes back; the database's is a handle.
--- @return supabase.local_stack
function supabase.local_stack()
  local stack = { names = json.array {}, missing = json.array {} }
  if fs.exists(ENV_FILE) then
    stack.source = ENV_FILE
    read_lines(sh.run({ "sed", "-nE", ONLY, ENV_FILE }).stdout, stack)
  else
    local said = sh.run({ "sh", "-c", FROM_CLI, "sh", ONLY },
      { check = false })
    read_lines(said.stdout, stack)
    if #stack.names > 0 then stack.source = "supabase status" end
  end
  if not stack.source then
    lack(stack, "no .env.local, and `supabase status` tells of no stack: " ..
      PUT_THERE)
    print("local stack: " .. stack.missing[1])
    return stack
  end
  if not stack.api_url then
    lack(stack, "no URL of the API on loopback in " .. stack.source ..
      ": " .. PUT_THERE)
  end
  find_database(stack)
  return stack
end

return named.guard(supabase, "supabase", {
  healthy = { "project?: string" },
  wait_active = { "project?: string", "within_s?: number" },
  set_secrets = { "values: table", "project?: string" },
  restrictions = { "project?: string" },
})
