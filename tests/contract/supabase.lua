-- Every call of Supabase once; see fly.lua.

call("projects.list", {})
call("projects.get", {})
call("health", { services = { "db", "rest" } })
call("secrets.list", {})
call("sql.query", {
  query = "select version from supabase_migrations.schema_migrations " ..
    "order by version",
})
