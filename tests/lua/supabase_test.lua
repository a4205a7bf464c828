-- Supabase: the helpers and the simulated service behind them.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

local REF = "abcdefghijklmnopqrst"

local function project(session)
  return session.world.supabase.projects[REF]
end

local function status_of(fn, args)
  local _, err = fn(args)
  return err and err.status or 200
end

local function after(session, seconds)
  session.now_ms = session.now_ms + seconds * 1000
end

-- --- status ------------------------------------------------------------------

test("a project is paused and comes back, by the clock", function(session)
  local supabase = require "supabase"
  local function now() return supabase.projects.get({}).status end
  supabase.projects.pause {}
  equal(now(), "PAUSING")
  equal(status_of(supabase.try.projects.restore, {}), 400, "too early")
  after(session, 30)
  equal(now(), "INACTIVE")
  equal(status_of(supabase.try.projects.pause, {}), 400, "paused already")
  equal(status_of(supabase.try.sql.query, { query = "select 1" }), 400)
  equal({ supabase.healthy() }, { false, {
    { service = "auth", status = "UNHEALTHY" },
    { service = "db", status = "UNHEALTHY" },
    { service = "rest", status = "UNHEALTHY" },
    { service = "storage", status = "UNHEALTHY" },
    { service = "realtime", status = "UNHEALTHY" },
  } })
  supabase.projects.restore {}
  equal(supabase.health({ services = { "db" } })[1].status, "COMING_UP")
  local back = supabase.wait_active {}
  equal({ back.status, (supabase.healthy()) }, { "ACTIVE_HEALTHY", true })
  equal(session.printed, {
    "project " .. REF .. "  RESTORING", "project " .. REF .. "  COMING_UP",
    "project " .. REF .. "  ACTIVE_HEALTHY",
  })
end)

test("a restore that is cancelled leaves the project paused",
  function(session)
    local supabase = require "supabase"
    equal(status_of(supabase.try.projects.cancel_restore, {}), 400)
    supabase.projects.pause {}
    after(session, 30)
    supabase.projects.restore {}
    supabase.projects.cancel_restore {}
    after(session, 600)
    equal(supabase.projects.get({}).status, "INACTIVE")
  end)

test("waiting ends where waiting does not help", function(session)
  local supabase = require "supabase"
  project(session).status = "RESTORE_FAILED"
  raises(function() supabase.wait_active {} end, "is RESTORE_FAILED: ")
  project(session).status = "INACTIVE"
  raises(function() supabase.wait_active { within_s = 12 } end,
    "still INACTIVE after 12 s")
end)

test("an upgrade goes its steps and ends in the new version",
  function(session)
    local supabase = require "supabase"
    equal(supabase.upgrade_status(), { state = "none" })
    local can = supabase.upgrade.eligibility {}
    local target = can.target_upgrade_versions[1].app_version
    equal({ can.eligible, target }, { true, "17.6.1.111" })
    equal(status_of(supabase.try.upgrade.start, { target_version = "99" }),
      400)
    local id = supabase.upgrade.start({ target_version = target }).tracking_id
    equal(supabase.upgrade_status(id), {
      state = "running", target = 17, progress = "0_requested",
    })
    equal(supabase.upgrade_status("another").state, "none")
    equal(supabase.upgrade.eligibility({}).eligible, false)
    after(session, 130)
    equal(supabase.upgrade_status().state, "done")
    equal(supabase.projects.get({}).database.version, target)
    equal(supabase.upgrade.eligibility({}).eligible, false, "the latest")
  end)

test("an upgrade that failed says where", function()
  local supabase = require "supabase"
  http.request = function()
    return { status = 200, headers = {}, body = json.encode {
      databaseUpgradeStatus = {
        target_version = 17, status = 2, error = "8_upgrade_completion_failed",
        progress = "8_attached_volume_to_upgraded_instance",
      },
    } }
  end
  equal(supabase.upgrade_status(), {
    state = "failed", target = 17, error = "8_upgrade_completion_failed",
    progress = "8_attached_volume_to_upgraded_instance",
  })
end)

-- --- requests ----------------------------------------------------------------

test("a body that must be there is, if empty", function(session)
  local supabase = require "supabase"
  local made = supabase.branches.create { branch_name = "wishes" }
  supabase.branches.push { branch = made.id }
  equal(json.encode(session.requests[2].json), "{}")
  supabase.projects.pause {}
  equal(session.requests[3].json == nil, true, "and no other one")
end)

test("a list goes as repeated parameters", function(session)
  require("supabase").health { services = { "db", "rest" } }
  equal(session.requests[1].url:match("%?(.*)$"), "services=db&services=rest")
end)

local PRODUCTION = "tsrqponmlkjihgfedcba"

test("offsets are followed, by pages of the size asked for",
  function(session)
    session.world.supabase.projects[PRODUCTION].status = "INACTIVE"
    local supabase = require "supabase"
    local list = supabase.organizations.projects {
      organization = "acme", limit = 1,
    }
    equal({ #list, list[1].name, list[2].name },
      { 2, "shop", "shop-production" })
    equal(#session.requests, 3)
    equal(session.requests[2].url:match("%?(.*)$"), "limit=1&offset=1")
    equal(#supabase.organizations.projects { organization = "acme" }, 2)
    equal(session.requests[4].url:match("%?(.*)$"), "limit=100")
    equal(#session.requests, 4, "a short page is the last")
    equal(supabase.organizations.projects({
      organization = "acme", statuses = "INACTIVE,RESTORING",
    })[1].name, "shop-production")
    equal(status_of(supabase.try.organizations.projects,
      { organization = "acme", limit = 0 }), 400)
  end)

test("each call of a project has its own limit", function(session)
  local supabase = require "supabase"
  for _ = 1, 30 do supabase.logs.query {} end
  local _, err = supabase.try.logs.query {}
  equal(err.status, 429)
  equal(err.message:find("30 requests a minute", 1, true) ~= nil, true)
  equal(status_of(supabase.try.projects.get, {}), 200)
  after(session, 60)
  equal(status_of(supabase.try.logs.query, {}), 200)
end)

test("analytics that answer 200 with an error fail all the same", function()
  local supabase = require "supabase"
  http.request = function()
    return { status = 200, headers = {}, body =
      '{"error":{"code":400,"message":"no such table","errors":[]}}' }
  end
  raises(function() supabase.logs.query { sql = "select 1" } end,
    "no such table")
end)

test("logs are cut to their time range", function(session)
  project(session).logs = json.array {
    { at = "2026-11-20T08:00:00Z", event_message = "early" },
    { at = "2026-11-20T08:30:00Z", event_message = "late" },
  }
  local rows = require("supabase").logs.query {
    iso_timestamp_start = "2026-11-20T08:10:00Z",
  }
  equal({ #rows, rows[1].event_message }, { 1, "late" })
end)

-- --- secrets and keys --------------------------------------------------------

test("secrets are set in one request and looked for", function(session)
  local supabase = require "supabase"
  local rows = supabase.set_secrets {
    values = { ZETA = "last", MAIL_KEY = secret.get "CHATWOOT_TOKEN" },
  }
  equal(rows, {
    { secret = "MAIL_KEY", updated = "2026-11-20T09:00:00Z" },
    { secret = "ZETA", updated = "2026-11-20T09:00:00Z" },
  })
  equal(session.requests[1].json, {
    { name = "MAIL_KEY", value = secret.get "CHATWOOT_TOKEN" },
    { name = "ZETA", value = "last" },
  }, "the handle is passed on")
  equal(project(session).secrets.MAIL_KEY,
    session.world.secrets.CHATWOOT_TOKEN)
  equal(session.printed, { "secret MAIL_KEY  set", "secret ZETA  set" })
  supabase.set_secrets { values = { ZETA = "last" } }
  equal(session.world.counters["supabase.secrets.set"], 1, "the same again")
  supabase.secrets.delete { names = { "ZETA", "NEVER" } }
  equal(project(session).secrets.ZETA == nil, true)
end)

test("a secret that is not listed after it was set is told", function()
  local supabase = require "supabase"
  local plain = http.request
  http.request = function(r)
    if r.row == "supabase.secrets.set" then
      return { status = 201, headers = {}, body = "" }
    end
    return plain(r)
  end
  raises(function() supabase.set_secrets { values = { FOO = "bar" } } end,
    "secret FOO was sent and is not listed")
end)

test("bad secrets are refused, most before anything is sent",
  function(session)
    local supabase = require "supabase"
    raises(function()
      supabase.set_secrets { values = { SUPABASE_X = "1" } }
    end, "SUPABASE_X")
    raises(function()
      supabase.set_secrets { values = { [("N"):rep(257)] = "1" } }
    end, "256 letters")
    raises(function() supabase.set_secrets { values = { "value" } } end,
      "a name is a text")
    raises(function() supabase.set_secrets { values = {} } end,
      "no secret is given")
    raises(function() supabase.set_secrets { ZETA = "1" } end,
      "there is no argument 'ZETA'; it takes: values, project")
    equal(#session.requests, 0)
    local set = supabase.try.secrets.set
    equal(status_of(set,
      { secrets = { { name = "SUPABASE_X", value = "1" } } }), 400)
    equal(status_of(set,
      { secrets = { { name = "A", value = ("x"):rep(24577) } } }), 400)
  end)

test("an API key is shown when it is asked for", function()
  local supabase = require "supabase"
  local keys = supabase.api_keys
  local made = keys.create { type = "secret", name = "deploy_key" }
  equal(made.api_key:find("···", 1, true) ~= nil, true)
  local shown = keys.get { key = made.id, reveal = true }
  equal(shown.api_key:find("^sb_secret_%x+$") ~= nil, true)
  local try = supabase.try.api_keys
  equal(status_of(try.create, { type = "secret", name = "deploy_key" }), 400)
  equal(status_of(try.create, { type = "secret", name = "Bad" }), 400)
  equal(status_of(try.create, { type = "legacy", name = "some_key" }), 400)
  keys.delete { key = made.id }
  equal(status_of(try.get, { key = made.id }), 404)
  equal(status_of(try.delete, { key = made.id }), 200, "gone already")
end)

-- --- migrations --------------------------------------------------------------

test("migrations are applied, pending or without a file", function(session)
  local supabase = require "supabase"
  project(session).migrations = json.array {
    { version = "20261102081000" },
    { version = "20261110000000", name = "by_hand" },
  }
  equal(supabase.migrations_status(), {
    { version = "20261102081000", name = "catalogue", state = "applied" },
    { version = "20261110000000", name = "by_hand", state = "missing file" },
    { version = "20261117100000", name = "orders_by_customer",
      state = "pending" },
  })
  supabase.sql.run {
    query = "insert into supabase_migrations.schema_migrations " ..
      "(version, name) values ('20261117100000', 'orders_by_customer')",
  }
  equal(supabase.pending_migrations(), {})
  equal(supabase.migrations_status()[3].state, "applied")
end)

test("a database without a migration has all of them pending",
  function(session)
    project(session).migrations = nil
    local rows = require("supabase").migrations_status()
    equal({ #rows, rows[1].state, rows[2].state },
      { 2, "pending", "pending" })
  end)

test("a query that fails for another reason is no empty history",
  function(session)
    project(session).status = "INACTIVE"
    raises(function() require("supabase").migrations_status() end,
      "Project is not active")
  end)

test("the migrations' API is for partners", function(session)
  session.world.supabase.partner = false
  local supabase = require "supabase"
  raises(function() supabase.migrations.list {} end, "403",
    "supabase.migrations_status")
end)

test("a migration of the same key is applied once", function(session)
  local supabase = require "supabase"
  local args = { query = "select 1", name = "one", idempotency_key = "k" }
  supabase.migrations.apply(args)
  supabase.migrations.apply(args)
  equal(session.requests[1].headers["Idempotency-Key"], "k")
  equal(#supabase.migrations.list {}, 3)
  equal(session.world.counters["supabase.migrations.apply"], 1)
end)

test("writes need sql.run, and change nothing in read_only", function(session)
  local supabase = require "supabase"
  local query = "delete from orders"
  raises(function() supabase.sql.query { query = query } end, "25006")
  raises(function() supabase.sql.run { query = query, read_only = true } end,
    "25006")
  equal(session.world.counters, {})
  equal(supabase.sql.run { query = query }, json.array {})
  equal(project(session).statements, { query })
end)

-- --- backups -----------------------------------------------------------------

test("a restore point is made, then gone back to", function(session)
  local supabase = require "supabase"
  local try = supabase.try.backups
  raises(function()
    supabase.backups.restore_pitr { recovery_time_target_unix = 1 }
  end, "400", "PITR is not enabled for this project.", "add-on")
  equal(status_of(try.restore_point, { name = "none" }), 404)
  equal(supabase.backups.create_restore_point({ name = "before" }).status,
    "PENDING")
  equal(status_of(try.create_restore_point, { name = "before" }), 400)
  equal(status_of(try.undo, { name = "before" }), 400, "not ready")
  after(session, 20)
  equal(supabase.backups.restore_point({}).status, "AVAILABLE")
  supabase.backups.undo { name = "before" }
  equal(supabase.projects.get({}).status, "RESTORING")
  supabase.wait_active {}
  equal(status_of(try.restore, { id = 1 }), 404)
end)

-- --- network -----------------------------------------------------------------

test("a project with the add-on goes back to a point in time",
  function()
    local supabase = require "supabase"
    equal(supabase.backups.list({ project = PRODUCTION }).pitr_enabled, true)
    supabase.backups.restore_pitr {
      project = PRODUCTION, recovery_time_target_unix = 1795100000,
    }
    equal(supabase.projects.get({ project = PRODUCTION }).status, "RESTORING")
    equal(supabase.projects.get({}).status, "ACTIVE_HEALTHY")
  end)

test("restrictions are read in both of the service's shapes",
  function(session)
    local supabase = require "supabase"
    equal({ supabase.restrictions() }, { {
      { range = "0.0.0.0/0", family = "v4", state = "applied" },
      { range = "::/0", family = "v6", state = "applied" },
    }, true })
    supabase.network.apply { dbAllowedCidrs = { "0.0.0.0/0" },
      dbAllowedCidrsV6 = { "2001:db8::/32" } }
    equal(select(2, supabase.restrictions()), true, "the first is enough")
    supabase.network.apply { dbAllowedCidrs = { "0.0.0.0/0" },
      dbAllowedCidrsV6 = { "::/0" } }
    supabase.network.update {
      add = { dbAllowedCidrs = { "8.8.8.0/24" } },
      remove = { dbAllowedCidrs = { "0.0.0.0/0" },
        dbAllowedCidrsV6 = { "::/0" } },
    }
    local rows, open = supabase.restrictions()
    equal({ rows, open }, { {
      { range = "8.8.8.0/24", family = "v4", state = "stored" },
    }, false })
    after(session, 5)
    equal(supabase.restrictions()[1].state, "applied")
    equal(status_of(supabase.try.network.apply,
      { dbAllowedCidrs = { "here" } }), 400)
    http.request = function()
      return { status = 200, headers = {}, body = json.encode {
        status = "stored", config = { dbAllowedCidrs = {
          { address = "10.0.0.0/8", type = "v4" },
        } },
      } }
    end
    equal(supabase.restrictions(),
      { { range = "10.0.0.0/8", family = "v4", state = "stored" } })
  end)

test("settings are kept, and wrong ones refused", function(session)
  local supabase = require "supabase"
  local all = supabase.auth.update { settings = {
    jwt_exp = 7200, smtp_pass = "a secret of mail",
  } }
  equal({ all.jwt_exp, all.smtp_pass == "a secret of mail" }, { 7200, false })
  equal(status_of(supabase.try.auth.update,
    { settings = { no_such = 1 } }), 400)
  supabase.postgres.update { settings = {
    max_connections = 80, restart_database = true,
  } }
  equal(supabase.postgres.get {}, { max_connections = 80 })
  equal(supabase.projects.get({}).status, "RESTARTING")
  after(session, 20)
  equal(status_of(supabase.try.postgres.update,
    { settings = { max_connections = "many" } }), 400)
  equal(status_of(supabase.try.pooler.update, { default_pool_size = 9999 }),
    400)
  supabase.readonly.disable {}
  equal(supabase.readonly.get({}).override_enabled, true)
  after(session, 901)
  equal(supabase.readonly.get({}).override_enabled, false)
end)

-- --- branches ----------------------------------------------------------------

test("a branch is a project that is built, merged and deleted",
  function(session)
    local supabase = require "supabase"
    local made = supabase.branches.create { branch_name = "wishes" }
    equal(made.status, "CREATING_PROJECT")
    equal(status_of(supabase.try.branches.create,
      { branch_name = "wishes" }), 400)
    after(session, 50)
    equal(supabase.branches.get({ name = "wishes" }).status,
      "FUNCTIONS_DEPLOYED")
    equal(#supabase.projects.list {}, 2, "branches are not listed")
    supabase.migrations.apply {
      project = made.project_ref, query = "create table wishes (id int)",
      idempotency_key = "w",
    }
    equal(supabase.branches.diff { branch = made.id },
      "create table wishes (id int)\n")
    local run_id = supabase.branches.merge({ branch = made.id })
      .workflow_run_id
    equal(supabase.branches.diff { branch = made.id }, "")
    equal(#supabase.migrations.list {}, 3)
    after(session, 12)
    local steps = supabase.actions.get({ run = run_id }).run_steps
    equal({ steps[1].status, steps[3].status, steps[4].status },
      { "EXITED", "RUNNING", "CREATED" })
    equal(supabase.actions.logs({ run = run_id }):find("clone") ~= nil, true)
    supabase.branches.delete { branch = made.project_ref }
    equal(status_of(supabase.try.branches.config, { branch = made.id }), 404)
    raises(function() supabase.branches.diff { branch = made.id } end,
      "404 Branch not found: ")
  end)

-- --- functions ---------------------------------------------------------------

local FILES = {
  ["index.ts"] = "import './lib/a.ts'\r\n--runproof-\r\n",
  ["lib/a.ts"] = "export {}\n",
}

test("a function is deployed by a form that is the same every time",
  function(session)
    local supabase = require "supabase"
    local args = {
      slug = "mail-out", files = FILES,
      metadata = { entrypoint_path = "index.ts", verify_jwt = false },
    }
    equal(supabase.functions.deploy(args).version, 1)
    local again = supabase.functions.deploy(args)
    equal({ again.version, again.verify_jwt, again.slug },
      { 2, false, "mail-out" })
    local one, two = session.requests[1], session.requests[2]
    equal({ one.body == two.body, one.json == nil, one.url == two.url },
      { true, true, true })
    local kind = one.headers["Content-Type"]
    local boundary = kind:match("^multipart/form%-data; boundary=(%S+)$")
    equal(boundary:find("^runproof%-%x+$") ~= nil, true)
    equal(one.body:find("\r\nContent-Disposition: form-data; " ..
      'name="file"; filename="lib/a.ts"\r\nContent-Type: ' ..
      "application/octet-stream\r\n\r\nexport {}\n\r\n", 1, true)
      ~= nil, true)
    equal(one.body:find('filename="index.ts"', 1, true)
      < one.body:find('filename="lib/a.ts"', 1, true), true, "by path")
    equal(json.decode(supabase.functions.body { slug = "mail-out" }), FILES)
    equal(status_of(supabase.try.functions.deploy, {
      slug = "other", files = FILES,
      metadata = { entrypoint_path = "main.ts" },
    }), 400)
  end)

test("a boundary stands in no part, and names are quoted", function()
  local multipart = require "provider/multipart"
  local _, kind = multipart { { name = "a", text = "x" } }
  local first = kind:match("boundary=(.*)$")
  local body, other = multipart {
    { name = "a", text = "x" }, { name = 'q"\r\n', text = first },
  }
  local mark = other:match("boundary=(.*)$")
  equal(select(2, body:gsub("%-%-" .. mark:gsub("%-", "%%-"), "")), 3)
  equal(body:find('name="q%22%0D%0A"', 1, true) ~= nil, true)
end)

test("a boundary that a part holds is left for another", function()
  local multipart = require "provider/multipart"
  -- the digest of what the parts hold is looked for in them, so none can be
  -- found by chance: the search itself is what is put to the test
  local find, asked = string.find, 0
  string.find = function(text, what, ...) -- luacheck: ignore
    if what:match("^runproof%-") then
      asked = asked + 1
      if asked == 1 then return 1 end
    end
    return find(text, what, ...)
  end
  local ok, _, kind = pcall(multipart, { { name = "a", text = "x" } })
  string.find = find -- luacheck: ignore
  local _, plain = multipart { { name = "a", text = "x" } }
  equal({ ok, asked, kind ~= plain }, { true, 2, true })
end)

test("a bundle is not served, and a plan has room for so many",
  function(session)
    session.world.supabase.functions_max = 1
    local supabase = require "supabase"
    local args = {
      slug = "one", bundleOnly = true, files = FILES,
      metadata = { entrypoint_path = "index.ts" },
    }
    local bundle = supabase.functions.deploy(args)
    equal({ bundle.version, #supabase.functions.list {} }, { 1, 0 })
    supabase.functions.update_all { functions = { {
      id = bundle.id, slug = "one", name = "one", status = "ACTIVE",
      version = 7,
    } } }
    equal(supabase.functions.get({ slug = "one" }).version, 7)
    args.slug, args.bundleOnly = "two", nil
    raises(function() supabase.functions.deploy(args) end, "402", "billing")
  end)

-- --- the local stack ---------------------------------------------------------

local SECRETS = {
  "postgres:hunter2", "eyJhbGciOiJIUzI1NiJ9", "qUJDRA", "sb_secret_x",
}

local ENV_FILE = [[
# the local stack
export API_URL="http://127.0.0.1:54321"
STUDIO_URL=http://localhost:54323/
DB_URL=postgresql://postgres:hunter2@127.0.0.1:54322/postgres
ANON_KEY='eyJhbGciOiJIUzI1NiJ9'
SERVICE_KEY=sb_secret_x
NEXT_PUBLIC_SUPABASE_URL=http://eyJhbGciOiJIUzI1NiJ9@127.0.0.1:54321
PRIVATE="-----BEGIN KEY-----
qUJDRA==
"
EMPTY=""
]]

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- A folder with an .env.local of that text and a `supabase` that prints it,
-- either of which may be missing; fs and sh look there, for real.
local function folder(env_text, cli_text)
  local dir = os.tmpname()
  os.remove(dir)
  os.execute("mkdir " .. dir)
  local function put(name, text)
    local file = assert(io.open(dir .. "/" .. name, "w"))
    file:write(text)
    file:close()
  end
  if env_text then put(".env.local", env_text) end
  if cli_text then
    put("supabase", "#!/bin/sh\ncat <<'END'\n" .. cli_text .. "END\n")
    os.execute("chmod +x " .. dir .. "/supabase")
  end
  local said = {}
  fs.exists = function(name) return name == ".env.local" and env_text ~= nil end
  sh.run = function(argv)
    local words = {}
    for i, word in ipairs(argv) do words[i] = quoted(word) end
    local pipe = io.popen(("cd %s && PATH=%s:$PATH %s"):format(dir, dir,
      table.concat(words, " ")))
    local out = pipe:read("a")
    local _, _, code = pipe:close()
    said[#said + 1] = out
    return { code = code, stdout = out, stderr = "" }
  end
  return said, function() os.execute("rm -r " .. dir) end
end

local function no_secret(said)
  for _, one in ipairs(SECRETS) do
    for _, text in ipairs(said) do
      if text:find(one, 1, true) then error(one .. " leaked: " .. text, 0) end
    end
  end
end

test("the local stack is found by .env.local, and no value leaks",
  function()
    local said, clean = folder(ENV_FILE)
    local stack = require("supabase").local_stack()
    clean()
    equal({ stack.api_url, stack.studio_url, stack.source }, {
      "http://127.0.0.1:54321", "http://localhost:54323", ".env.local",
    })
    equal(stack.db, { secret = "DB_URL", template = "{}" }, "a handle")
    equal(stack.names, { "API_URL", "STUDIO_URL", "DB_URL", "ANON_KEY",
      "SERVICE_KEY", "NEXT_PUBLIC_SUPABASE_URL", "PRIVATE" })
    equal(stack.missing, json.array {})
    no_secret(said)
  end)

test("what .env.local lacks is said, and where it goes", function()
  local _, clean = folder("SUPABASE_URL=https://abc.supabase.co\n" ..
    "DATABASE_URL=postgresql://postgres:hunter2@127.0.0.1/x\n")
  secret.get = function(name) error("no secret " .. name, 0) end
  local stack = require("supabase").local_stack()
  clean()
  equal({ stack.api_url == nil, stack.db == nil, #stack.missing },
    { true, true, 2 })
  equal(stack.missing[1]:find("no URL of the API on loopback", 1, true), 1)
  equal(stack.missing[2]:find("DATABASE_URL: no secret DATABASE_URL; add " ..
    "`file: .env.local`", 1, true), 1)
end)

test("what else stands against a secret is told as it is", function()
  local _, clean = folder("DB_URL=postgresql://x:hunter2@127.0.0.1/x\n" ..
    "API_URL=http://127.0.0.1:54321\n")
  secret.get = function() error("run chmod 600 .env.local", 0) end
  local stack = require("supabase").local_stack()
  clean()
  equal(stack.missing, { "DB_URL: run chmod 600 .env.local" })
end)

test("without the file the stack is asked by its tool", function()
  local said, clean = folder(nil, 'API_URL="http://127.0.0.1:54321"\n' ..
    'DB_URL="postgresql://postgres:hunter2@127.0.0.1:54322/postgres"\n' ..
    'ANON_KEY="eyJhbGciOiJIUzI1NiJ9"\n')
  local stack = require("supabase").local_stack()
  clean()
  equal({ stack.api_url, stack.source, stack.db == nil },
    { "http://127.0.0.1:54321", "supabase status", true })
  equal(#stack.missing, 1)
  equal(stack.missing[1]:find("supabase status -o env >.env.local", 1, true)
    ~= nil, true)
  no_secret(said)
end)

test("without file and stack there is one line that says so",
  function(session)
    local _, clean = folder(nil, "")
    local stack = require("supabase").local_stack()
    clean()
    equal({ stack.source == nil, #stack.missing }, { true, 1 })
    equal(session.printed, { "local stack: " .. stack.missing[1] })
    equal(stack.missing[1]:find("no .env.local", 1, true), 1)
  end)

support.finish()
