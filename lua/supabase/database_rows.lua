-- Rows of Supabase's API: SQL, backups, migrations, branches, Postgres.

local DOCS = "https://supabase.com/docs/reference/api/v1-"

-- What a read gives, nil when the service answers 404. Any other failure is
-- one of the probe, which then tells nothing.
local function found(get, name, args)
  local ok, value = pcall(get, name, args)
  if ok then return value end
  if tostring(value):find(name .. ": 404", 1, true) then return nil end
  error(value, 0)
end

local function probe_restore_point(args, get)
  return found(get, "backups.restore_point",
    { project = args.project, name = args.name })
end

local NEWEST = 10 -- versions a probe looks at

-- The newest versions carry the key of the request that applied them.
local function probe_migration(args, get)
  local list = get("migrations.list", { project = args.project })
  for i = #list, math.max(1, #list - NEWEST + 1), -1 do
    local one = get("migrations.get",
      { project = args.project, version = list[i].version })
    if one.idempotency_key == args.idempotency_key then return {} end
  end
  return nil
end

local function probe_branch(args, get)
  for _, one in ipairs(get("branches.list", { project = args.project })) do
    if one.name == args.branch_name then return one end
  end
  return nil
end

local function probe_branch_kept(args, get)
  for _, one in ipairs(get("branches.list", {})) do
    local same = one.id == args.branch or one.project_ref == args.branch
    if same and not one.deletion_scheduled_at then
      return { message = "Branch restoration initiated" }
    end
  end
  return nil
end

local BACKUPS = "Supabase's dashboard, Database > Backups, tells whether " ..
  "the restore began"
local RUNS = "supabase.actions.list tells whether the branch has a new run"
local PARTNERS = "403 unless the token is of a partner's OAuth app: " ..
  "supabase.migrations_status reads the same from the database"
local IDEMPOTENCY = { idempotency_key = "Idempotency-Key" }
local BRANCH = "branch: string  its id, or the ref of its project"
local UP_TO = "migration_version?: string  up to this one, default all"
local REFUSED = {
  [400] = "the database refuses the query: see its message",
}

local RUN_GIVES = "{workflow_run_id:string, message:string}"

return {
  -- --- SQL ---
  { "sql.query", "POST", "/v1/projects/{project}/database/query/read-only",
    effect = "read", hints = REFUSED,
    args = {
      "query: string  its tables named with their schemas",
      "parameters?: any[]  for $1, $2, …",
    },
    gives = "table[]",
    link = DOCS .. "read-only-query",
    doc = "Runs query as a role that can only read; gives rows." },
  { "sql.run", "POST", "/v1/projects/{project}/database/query",
    hints = REFUSED,
    doubt = "look whether the tables hold what the query changes",
    args = {
      "query: string",
      "parameters?: any[]  for $1, $2, …",
      "read_only?: boolean  in a transaction that cannot write",
    },
    gives = "table[]",
    link = DOCS .. "run-a-query",
    doc = "Runs query as the owner of the database; gives rows. A query " ..
      "that only reads belongs into sql.query." },
  { "database.set_password", "PATCH",
    "/v1/projects/{project}/database/password", idempotent = true,
    args = { "password: secret" },
    gives = "{message:string}",
    link = DOCS .. "update-database-password",
    doc = "Sets the password of the role postgres; what connects with the " ..
      "old one fails from now on." },
  { "types.typescript", "GET", "/v1/projects/{project}/types/typescript",
    args = { "included_schemas?: string  separated by commas, default public" },
    gives = "{types:string}",
    link = DOCS .. "generate-typescript-types",
    doc = "The TypeScript types of the database's schemas." },

  -- --- backups ---
  { "backups.list", "GET", "/v1/projects/{project}/database/backups",
    args = {}, gives = "supabase.backups",
    link = DOCS .. "list-all-backups",
    doc = "The backups there are, and whether a point in time can be " ..
      "restored." },
  { "backups.schedule", "GET",
    "/v1/projects/{project}/database/backups/schedule", args = {},
    gives = "{schedule_for:string, updated_at:string}",
    hints = { [402] = "the plan has no schedule of its own: see billing" },
    link = DOCS .. "get-backup-schedule",
    doc = "When the daily backup is made." },
  { "backups.restore", "POST",
    "/v1/projects/{project}/database/backups/restore",
    doubt = BACKUPS, args = { "id: integer  of backups.list" },
    link = DOCS .. "restore-physical-backup",
    doc = "Puts a backup in the place of the database, which is down " ..
      "meanwhile; what was written since is lost." },
  { "backups.restore_pitr", "POST",
    "/v1/projects/{project}/database/backups/restore-pitr",
    doubt = BACKUPS,
    args = { "recovery_time_target_unix: integer  seconds" },
    hints = { [400] = "the project needs the add-on for points in time" },
    link = DOCS .. "restore-pitr-backup",
    doc = "Puts the database back to a point in time; what was written " ..
      "since is lost." },
  { "backups.restore_point", "GET",
    "/v1/projects/{project}/database/backups/restore-point",
    args = { "name?: string  default the newest" },
    gives = "supabase.restore_point",
    link = DOCS .. "get-restore-point",
    doc = "A restore point: AVAILABLE, PENDING, REMOVED or FAILED." },
  { "backups.create_restore_point", "POST",
    "/v1/projects/{project}/database/backups/restore-point",
    probe = probe_restore_point,
    args = { "name: string  at most 20 letters" },
    gives = "supabase.restore_point",
    link = DOCS .. "create-restore-point",
    doc = "Begins to make a restore point, to which backups.undo goes back." },
  { "backups.undo", "POST", "/v1/projects/{project}/database/backups/undo",
    doubt = BACKUPS, args = { "name: string  of the restore point" },
    link = DOCS .. "undo",
    doc = "Puts the database back to a restore point; what was written " ..
      "since is lost." },

  -- --- migrations ---
  { "migrations.list", "GET", "/v1/projects/{project}/database/migrations",
    args = {}, gives = "{version:string, name:string}[]",
    hints = { [403] = PARTNERS },
    link = DOCS .. "list-migration-history",
    doc = "The migrations that were applied, oldest first. For partners' " ..
      "OAuth apps; others use supabase.migrations_status." },
  { "migrations.apply", "POST", "/v1/projects/{project}/database/migrations",
    headers = IDEMPOTENCY, probe = probe_migration,
    args = {
      "query: string  its SQL",
      "name?: string",
      "rollback?: string  SQL that takes it back",
      "idempotency_key: string  the same for the same migration; by it a " ..
        "resumed run knows whether it happened",
    },
    hints = { [403] = PARTNERS, [400] = REFUSED[400] },
    link = DOCS .. "apply-a-migration",
    doc = "Applies a migration and records it." },
  { "migrations.upsert", "PUT", "/v1/projects/{project}/database/migrations",
    headers = IDEMPOTENCY,
    args = {
      "query: string  its SQL",
      "name?: string",
      "rollback?: string  SQL that takes it back",
      "idempotency_key?: string",
    },
    hints = { [403] = PARTNERS },
    link = DOCS .. "upsert-a-migration",
    doc = "Records a migration without applying it." },
  { "migrations.rollback", "DELETE",
    "/v1/projects/{project}/database/migrations",
    query = { "gte" }, args = { "gte: string  the oldest version to go" },
    hints = { [403] = PARTNERS },
    link = DOCS .. "rollback-migrations",
    doc = "Takes back every migration from a version on and forgets them." },
  { "migrations.get", "GET",
    "/v1/projects/{project}/database/migrations/{version}",
    args = { "version: string  digits" }, gives = "supabase.migration",
    hints = { [403] = PARTNERS },
    link = DOCS .. "get-a-migration",
    doc = "One applied migration with its statements." },
  { "migrations.update", "PATCH",
    "/v1/projects/{project}/database/migrations/{version}",
    idempotent = true,
    args = {
      "version: string  digits",
      "name?: string",
      "rollback?: string  SQL that takes it back",
    },
    hints = { [403] = PARTNERS },
    link = DOCS .. "patch-a-migration",
    doc = "Changes what is recorded of an applied migration." },

  -- --- branches ---
  { "branches.list", "GET", "/v1/projects/{project}/branches", args = {},
    gives = "supabase.branch[]",
    link = DOCS .. "list-all-branches",
    doc = "The branches of the project's database." },
  { "branches.create", "POST", "/v1/projects/{project}/branches",
    probe = probe_branch,
    args = {
      "branch_name: string",
      "git_branch?: string",
      "is_default?: boolean",
      "persistent?: boolean  stays when its pull request is closed",
      "region?: string",
      "desired_instance_size?: string  micro, small, medium, …",
      "release_channel?: string",
      "postgres_engine?: string  15, 17 or 17-oriole",
      "secrets?: table<string,secret>  of its edge functions",
      "with_data?: boolean  with the rows of the project",
      "notify_url?: string",
    },
    gives = "supabase.branch",
    link = DOCS .. "create-a-branch",
    doc = "Makes a branch: a project of its own with the migrations of " ..
      "this one." },
  { "branches.disable", "DELETE", "/v1/projects/{project}/branches",
    args = {},
    link = DOCS .. "disable-preview-branching",
    doc = "Switches branching off: all branches go." },
  { "branches.get", "GET", "/v1/projects/{project}/branches/{name}",
    args = { "name: string" }, gives = "supabase.branch",
    link = DOCS .. "get-a-branch",
    doc = "A branch by its name." },
  { "branches.config", "GET", "/v1/branches/{branch}",
    args = { BRANCH }, secret_fields = { "db_pass", "jwt_secret" },
    gives = "{ref:string, status:string, postgres_version:string, " ..
      "postgres_engine:string, db_host:string, db_port:integer, " ..
      "db_user:string}",
    link = DOCS .. "get-a-branch-config",
    doc = "How to reach a branch's database." },
  { "branches.update", "PATCH", "/v1/branches/{branch}", idempotent = true,
    args = {
      BRANCH,
      "branch_name?: string",
      "git_branch?: string",
      "persistent?: boolean",
      "status?: string  MIGRATIONS_PASSED, FUNCTIONS_DEPLOYED, …",
      "request_review?: boolean",
      "reset_on_push?: boolean",
      "notify_url?: string",
    },
    gives = "supabase.branch",
    link = DOCS .. "update-a-branch-config",
    doc = "Renames a branch, keeps it, or ties it to another one of git." },
  { "branches.delete", "DELETE", "/v1/branches/{branch}",
    query = { "force" }, accept_gone = true,
    args = {
      BRANCH,
      "force?: boolean  default true; false: in an hour, until then " ..
        "branches.restore keeps it",
    },
    gives = "{message:string}",
    link = DOCS .. "delete-a-branch",
    doc = "Deletes a branch with its database." },
  { "branches.push", "POST", "/v1/branches/{branch}/push",
    empty = true, doubt = RUNS, args = { BRANCH, UP_TO },
    gives = RUN_GIVES,
    link = DOCS .. "push-a-branch",
    doc = "Brings a branch to the state of its project." },
  { "branches.merge", "POST", "/v1/branches/{branch}/merge",
    empty = true, doubt = RUNS, args = { BRANCH, UP_TO },
    gives = RUN_GIVES,
    link = DOCS .. "merge-a-branch",
    doc = "Brings a branch's migrations and functions into its project." },
  { "branches.reset", "POST", "/v1/branches/{branch}/reset",
    empty = true, doubt = RUNS, args = { BRANCH, UP_TO },
    gives = RUN_GIVES,
    link = DOCS .. "reset-a-branch",
    doc = "Makes a branch's database anew from its migrations." },
  { "branches.restore", "POST", "/v1/branches/{branch}/restore",
    probe = probe_branch_kept, args = { BRANCH },
    gives = "{message:string}",
    link = DOCS .. "restore-a-branch",
    doc = "Keeps a branch that was to be deleted within the hour." },
  { "branches.diff", "GET", "/v1/branches/{branch}/diff", raw = true,
    args = {
      BRANCH,
      "included_schemas?: string  separated by commas",
      "pgdelta?: boolean  made by another differ",
    },
    gives = "string",
    link = DOCS .. "diff-a-branch",
    doc = "The SQL that tells a branch's schema from its project's. Beta." },

  -- --- settings of the database ---
  { "postgres.get", "GET", "/v1/projects/{project}/config/database/postgres",
    args = {}, gives = "table<string,any>",
    link = DOCS .. "get-postgres-config",
    doc = "The settings of Postgres that are not its defaults." },
  { "postgres.update", "PUT",
    "/v1/projects/{project}/config/database/postgres", body = "settings",
    before = "postgres.get",
    args = {
      "settings: table<string,any>  those to change: max_connections, " ..
        "statement_timeout, work_mem, …; restart_database = true restarts it",
    },
    gives = "table<string,any>",
    link = DOCS .. "update-postgres-config",
    doc = "Changes settings of Postgres; some wait for a restart." },
  { "pooler.get", "GET", "/v1/projects/{project}/config/database/pooler",
    args = {}, gives = "table[]",
    link = DOCS .. "get-pooler-config",
    doc = "How the connection pooler is reached and set." },
  { "pooler.update", "PATCH", "/v1/projects/{project}/config/database/pooler",
    idempotent = true,
    args = {
      "default_pool_size?: integer  connections, 0 to 3000",
      "pool_mode?: string  transaction or session; of old projects",
    },
    gives = "{default_pool_size:integer, pool_mode:string}",
    link = DOCS .. "update-pooler-config",
    doc = "Sets the size of the connection pool." },
  { "pgbouncer.get", "GET",
    "/v1/projects/{project}/config/database/pgbouncer",
    args = {}, gives = "table<string,any>",
    link = DOCS .. "get-project-pgbouncer-config",
    doc = "The settings of the old pooler, PgBouncer." },
}
