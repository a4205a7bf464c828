-- Every call of Supabase once; see fly.lua.

-- The id of an answer if it looks like one: a mock's may be any text.
local function id_of(value, otherwise)
  local id = type(value) == "table" and value.id
  return type(id) == "string" and id:match("^%x+%-[%x-]+$") or otherwise
end

-- --- reads of a project that runs ---

call("profile.get", {})
call("organizations.list", {})
call("organizations.projects", { organization = "acme", sort = "name_asc" })
call("projects.list", {})
call("projects.get", {})
call("health", { services = { "db", "rest" }, timeout_ms = 5000 })
call("backups.list", {})
call("backups.schedule", {})
call("types.typescript", { included_schemas = "public" })
call("logs.query", { sql = "select timestamp from edge_logs limit 5" })
call("usage.api_counts", { interval = "1day" })
call("advisors.performance", {})
call("advisors.security", { lint_type = "sql" })
call("sql.query", {
  query = "select version from supabase_migrations.schema_migrations " ..
    "order by version",
})
call("sql.run", {
  query = "update orders set status = $1 where id = 7",
  parameters = { "open" },
})

-- --- secrets and keys ---

call("secrets.set", { secrets = { { name = "FOO", value = "bar" } } })
call("secrets.list", {})
call("secrets.delete", { names = { "FOO" } })
call("api_keys.list", {})
local key = call("api_keys.create", {
  type = "secret", name = "deploy_key", description = "of the contract",
  reveal = false,
})
local key_id = id_of(key, "8b2f4a53-6e2b-4d37-9a37-c03a8f2a1c11")
call("api_keys.get", { key = key_id })
call("api_keys.update", { key = key_id, name = "deploy_keys" })
call("api_keys.delete", { key = key_id, reason = "over" })
call("api_keys.legacy", {})
call("api_keys.set_legacy", { enabled = true })
call("database.set_password", { password = "a long new password" })

-- --- settings ---

call("auth.get", {})
call("auth.update", { settings = { jwt_exp = 7200 } })
call("postgrest.get", {})
call("postgrest.update", { max_rows = 500 })
call("postgres.get", {})
call("postgres.update", { settings = { statement_timeout = "8s" } })
call("pooler.get", {})
call("pooler.update", { default_pool_size = 20 })
call("pgbouncer.get", {})
call("network.get", {})
call("network.update", {
  add = { dbAllowedCidrs = { "8.8.8.0/24" } },
  remove = { dbAllowedCidrs = { "0.0.0.0/0" } },
})
call("network.apply", {
  dbAllowedCidrs = { "10.0.0.0/8" }, dbAllowedCidrsV6 = json.array {},
})
call("ssl.get", {})
call("ssl.update", { requestedConfig = { database = true } })
call("readonly.get", {})
call("readonly.disable", {})

-- --- migrations ---

call("migrations.apply", {
  query = "create table wishes (id bigint)", name = "wishes",
  idempotency_key = "contract/wishes",
})
call("migrations.upsert", { query = "select 1", name = "nothing" })
local list = call("migrations.list", {})
local last = list[#list] and list[#list].version:match("^%d+$")
  or "20261102081000"
call("migrations.get", { version = last })
call("migrations.update", { version = last, name = "still_nothing" })
call("migrations.rollback", { gte = last })

-- --- branches ---

local branch = call("branches.create", {
  branch_name = "my-branch", git_branch = "feature", with_data = false,
})
local branch_id = id_of(branch, "4d3b7c1e-3f0d-4c55-8d1f-0f9a4b6e2a10")
call("branches.list", {})
call("branches.get", { name = "my-branch" })
call("branches.config", { branch = branch_id })
call("branches.update", { branch = branch_id, persistent = true })
call("branches.push", { branch = branch_id })
call("branches.reset", { branch = branch_id })
time.sleep(25)
call("migrations.apply", {
  project = branch.project_ref, query = "create table gifts (id bigint)",
  name = "gifts", idempotency_key = "contract/gifts",
})
call("branches.diff", { branch = branch_id, included_schemas = "public" })
call("branches.merge", { branch = branch_id, migration_version = last })
local runs = call("actions.list", { limit = 10 })
local run_id = id_of(runs[1], "run-1")
call("actions.get", { run = run_id })
time.sleep(12)
call("actions.logs", { run = run_id })
call("branches.delete", { branch = branch_id, force = false })
call("branches.restore", { branch = branch_id })
call("branches.delete", { branch = branch_id })
call("branches.disable", {})

-- --- functions ---

call("functions.create", {
  slug = "hello", name = "hello", body = "Deno.serve(() => new Response())",
})
local deployed = call("functions.deploy", {
  slug = "mail-out",
  metadata = { entrypoint_path = "index.ts", name = "mail-out" },
  files = { ["index.ts"] = "Deno.serve(() => new Response())" },
})
call("functions.list", {})
call("functions.get", { slug = "mail-out" })
call("functions.body", { slug = "mail-out" })
call("functions.update", { slug = "hello", name = "Hello" })
call("functions.update_all", {
  functions = { {
    id = deployed.id, slug = "mail-out", name = "mail-out",
    status = "ACTIVE", version = (deployed.version or 1) + 1,
  } },
})
call("functions.delete", { slug = "hello" })

-- --- what takes the project down for a while ---

call("upgrade.eligibility", {})
call("upgrade.start", { target_version = "17.6.1.111" })
call("upgrade.status", {})
time.sleep(180)
call("projects.pause", {})
time.sleep(60)
call("projects.restore_versions", {})
call("projects.restore", {})
call("projects.cancel_restore", {})
call("projects.restore", {})
time.sleep(120)
refused("backups.restore_pitr", { recovery_time_target_unix = 1795100000 },
  400)
call("backups.restore_pitr", {
  project = "tsrqponmlkjihgfedcba", recovery_time_target_unix = 1795100000,
})
call("backups.create_restore_point", { name = "before" })
time.sleep(30)
call("backups.restore_point", { name = "before" })
call("backups.undo", { name = "before" })
time.sleep(120)
call("backups.restore", { id = 7001 })
