-- Supabase: projects, service health, secrets, and SQL that only reads.

local provider = require "provider"

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
  defaults = function(settings) return { project = settings.project } end,
  rows = {
    { "projects.list", "GET", "/v1/projects",
      doc = "The projects this token can see." },
    { "projects.get", "GET", "/v1/projects/{project}",
      doc = "One project: name, region, status, database.version." },
    { "health", "GET", "/v1/projects/{project}/health",
      doc = "Health of services: name, healthy, status." },
    { "secrets.list", "GET", "/v1/projects/{project}/secrets",
      secret_fields = { "value" },
      doc = "Secrets of the edge functions." },
    { "sql.query", "POST", "/v1/projects/{project}/database/query/read-only",
      effect = "read",
      hints = { [400] = "the database refuses the query: see its message" },
      doc = "Runs query as a role that can only read; gives rows." },
  },
}

local SERVICES = { "auth", "db", "rest", "storage", "realtime" }

--- The health of the services an app stands on.
--- @return boolean healthy all of them
--- @return table[] rows service, status
function supabase.healthy()
  local rows, healthy = {}, true
  for _, one in ipairs(supabase.health { services = SERVICES }) do
    rows[#rows + 1] = { service = one.name, status = one.status }
    healthy = healthy and one.status == "ACTIVE_HEALTHY"
  end
  return healthy, rows
end

local APPLIED =
  "select version from supabase_migrations.schema_migrations order by version"

--- Migration files of the tree that the database has not applied yet.
--- @param folder? string default supabase/migrations
--- @return string[] file names, oldest first
function supabase.pending_migrations(folder)
  local applied = {}
  for _, row in ipairs(supabase.sql.query { query = APPLIED }) do
    applied[row.version] = true
  end
  local pending = {}
  for _, name in ipairs(fs.list(folder or "supabase/migrations")) do
    local version = name:match("(%d+)_[^/]*%.sql$")
    if version and not applied[version] then pending[#pending + 1] = name end
  end
  return pending
end

return supabase
