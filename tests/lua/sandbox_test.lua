-- The simulated cloud itself: states, refusals, conflicts, time, counters.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

local function ask(session, method, url, body, headers)
  local all = { ["Accept"] = "application/json" }
  for name, value in pairs(headers or {}) do all[name] = value end
  local response = session.handler({
    method = method, url = url, headers = all,
    body = body and json.encode(body),
  }, session.now_ms)
  local text = response.body
  return response.status, text ~= "" and json.decode(text) or nil, response
end

local FLY = "https://api.machines.dev/v1/apps/shop-staging"
local HUB = "https://api.github.com/repos/acme/shop"
local SUPA = "https://api.supabase.com/v1/projects/abcdefghijklmnopqrst"

local function bearer(session, name)
  return { Authorization = "Bearer " .. session.world.secrets[name] }
end

test("what is not simulated is named", function(session)
  local status, body = ask(session, "GET", "https://example.org/x")
  equal(status, 501)
  equal(body.error:find("GET https://example.org/x", 1, true) ~= nil, true)
  equal(ask(session, "PATCH", FLY, nil, bearer(session, "FLY_API_TOKEN")), 405)
  equal(ask(session, "GET", FLY .. "/fortunes"), 501)
end)

test("without a token every service refuses", function(session)
  for _, url in ipairs {
    FLY, HUB .. "/commits", SUPA,
    "https://desk.shop.example/api/v1/accounts/1",
  } do
    equal(ask(session, "GET", url), 401, url)
  end
  equal(ask(session, "GET", "https://desk.shop.example/health"), 200)
end)

test("malformed JSON is a bad request", function(session)
  local response = session.handler({
    method = "POST", url = FLY .. "/secrets", body = "{",
    headers = bearer(session, "FLY_API_TOKEN"),
  }, session.now_ms)
  equal(response.status, 400)
  equal(response.changed, false)
end)

test("a machine goes down and comes up by the clock", function(session)
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  equal({ machine.state, fly.healthy(machine) }, { "started", true })
  machine.config.env.APP_ENV = "other"
  fly.machines.update { machine = machine.id, config = machine.config }
  local function state_after(s)
    session.now_ms = session.now_ms + s * 1000
    local now = fly.machines.get { machine = machine.id }
    return { now.state, fly.healthy(now) }
  end
  equal(state_after(0), { "replacing", false })
  raises(function() fly.machines.wait { machine = machine.id } end, "408")
  equal(state_after(4), { "starting", false })
  equal(state_after(4), { "started", false }, "checks lag behind")
  equal(state_after(2), { "started", true })
  equal(fly.machines.wait({ machine = machine.id }).ok, true)
end)

test("leases and versions guard a machine", function(session)
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  local id = machine.id
  local lease = fly.machines.lease { machine = id, ttl = 30 }
  local function update(args)
    args.machine, args.config = id, machine.config
    local _, err = fly.try.machines.update(args)
    return err and err.status or 200
  end
  equal(update {}, 409, "leased")
  local nonce = lease.data.nonce
  equal(update { nonce = nonce, current_version = "old" }, 409, "version")
  equal(update { nonce = nonce, current_version = machine.instance_id }, 200)
  local _, err = fly.try.machines.lease { machine = id, ttl = 30 }
  equal(err.status, 409, "second lease")
  session.now_ms = session.now_ms + 31000
  equal(update {}, 200, "the lease has expired")
end)

test("a bad machine configuration is refused", function(session)
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  local function refusal(change)
    local config = json.decode(json.encode(machine.config))
    local args = { machine = machine.id, config = config }
    change(args)
    session.now_ms = session.now_ms + 1000
    local _, err = fly.try.machines.update(args)
    return err.status
  end
  equal(refusal(function(a) a.config = {} end), 400, "config")
  equal(refusal(function(a) a.config.image = "nowhere/x:1" end), 400, "image")
  equal(refusal(function(a) a.region = "syd" end), 400, "region")
  session.world.fly.full_regions.fra = true
  equal(refusal(function() end), 422, "capacity")
  equal(session.world.counters, {}, "nothing changed")
end)

test("a workflow run takes its time", function(session)
  local github = require "github"
  local started = github.dispatch {
    workflow = "ci.yml", ref = "main", step = "ci",
  }
  local id = started.workflow_run_id
  equal(github.runs.get({ id = id }).status, "queued")
  local done = github.watch(id)
  equal({ done.status, done.conclusion }, { "completed", "success" })
  equal(session.printed,
    { "run 311  queued", "run 311  in_progress", "run 311  completed" })
end)

test("GitHub validates what it is given", function()
  local github = require "github"
  local function refused(fn, args)
    local _, err = fn(args)
    return err.status
  end
  local try = github.try
  equal(refused(try.workflows.dispatch,
    { workflow = "none.yml", ref = "main", inputs = { marker = "m" } }), 404)
  equal(refused(try.workflows.dispatch,
    { workflow = "ci.yml", ref = "none", inputs = { marker = "m" } }), 422)
  equal(refused(try.workflows.dispatch,
    { workflow = "deploy.yml", ref = "main", inputs = { marker = "m" } }), 422)
  equal(refused(try.workflows.dispatch, { workflow = "ci.yml", ref = "main",
    inputs = { marker = "m", colour = "red" } }), 422)
  equal(refused(try.deployments.create, { ref = "none" }), 422)
  equal(refused(try.statuses.create,
    { deployment = 8804, state = "great" }), 422)
  equal(refused(try.statuses.create,
    { deployment = 8804, state = "success", description = ("x"):rep(141) }),
    422)
  equal(refused(try.statuses.create, { deployment = 1, state = "success" }),
    404)
  equal(refused(try.compare, { range = "main...none" }), 404)
end)

test("commits compare along the history", function()
  local github = require "github"
  local ahead = github.compare { range = "main...hotfix/rounding" }
  equal({ ahead.status, ahead.ahead_by, #ahead.commits }, { "ahead", 1, 1 })
  local behind = github.compare { range = "hotfix/rounding...main" }
  equal({ behind.status, behind.behind_by }, { "behind", 1 })
  equal(#github.commits.list { sha = "hotfix/rounding" }, 4)
end)

test("without a repository the commits have names all the same", function()
  local world = support.world()
  world.git = nil
  support.fresh()
  support.start(world)
  local list = require("github").commits.list { sha = "hotfix/rounding" }
  equal({ #list, #list[1].sha, list[1].sha == list[2].sha }, { 4, 40, false })
end)

test("Supabase answers reads from fixtures and refuses writes", function()
  local supabase = require "supabase"
  local rows = supabase.sql.query {
    query = "SELECT count(*)  AS open_orders\nFROM orders " ..
      "WHERE status = 'open';",
  }
  equal(rows[1].open_orders, 12)
  raises(function()
    supabase.sql.query { query = "delete from orders" }
  end, "cannot execute DELETE in a read-only transaction")
  raises(function()
    supabase.sql.query { query = "select 7" }
  end, "no rows for: select 7")
  equal(supabase.pending_migrations(), {})
end)

test("Supabase throttles after 120 requests a minute", function(session)
  local headers = bearer(session, "SUPABASE_ACCESS_TOKEN")
  for _ = 1, 120 do equal(ask(session, "GET", SUPA, nil, headers), 200) end
  local status, _, response = ask(session, "GET", SUPA, nil, headers)
  equal(status, 429)
  equal(response.headers["x-ratelimit-reset"], "60", "seconds left")
  session.now_ms = session.now_ms + 60000
  equal(ask(session, "GET", SUPA, nil, headers), 200)
end)

-- One query on the database "shop" of a fixture with these answers.
local function query(session, text, class, more)
  session.world.postgres = { shop = { sql = {
    ["select id, name from t"] = {
      columns = { "name", "id" }, rows = { { id = 1, name = "x" } },
    },
    ["select b, a from t"] = { { b = 1, a = 2 }, { c = 3 } },
    ["select none"] = json.array(),
    ["update t set a = 1"] = 2,
    ["insert into t values (1) returning id"] = { { id = 1 } },
    ["explain delete from t"] = { { plan = "Delete on t" } },
    ["create table t (id int)"] = 0,
    ["select 'delete from t' as a"] = { { a = "delete from t" } },
    ["drop table t"] = { error = "must be owner of table t",
      sqlstate = "42501" },
  } } }
  local request = { sql = "DSN", class = class or "read", text = text,
    dsn = "postgresql://u:p@db.test/shop" }
  for name, value in pairs(more or {}) do request[name] = value end
  return session.handler(request, session.now_ms)
end

test("Postgres answers with the rows of the fixture", function(session)
  equal(query(session, "SELECT id,\n  name FROM t;").value, {
    columns = { "name", "id" }, rows = { { id = 1, name = "x" } }, count = 1,
    command = "SELECT",
  })
  equal(query(session, "select b, a from t").value.columns, { "a", "b", "c" })
  equal(query(session, "select none").value.count, 0)
  for _, text in ipairs {
    ";; SELECT none ;", "-- a 'comment\rselect none", "select/*/**/x*/none--",
    "/* it's */ select\tnone",
  } do equal(query(session, text).value.count, 0, text) end
  equal(query(session, "select '--', \"/*\"").error,
    "the fixture has no answer to: select '--', \"/*\"")
  equal(query(session, "select 8").error,
    "the fixture has no answer to: select 8")
  local other = { dsn = "postgresql://u@h/other" }
  equal(query(session, "select none", "read", other).error,
    "the fixture has no database DSN: add it to postgres in world.json")
  equal(query(session, "select b, a from t", "read",
    { opts = { max_rows = 1 } }).error:find("more than 1 rows", 1, true), 17)
end)

test("Postgres lets nothing write that may only read", function(session)
  for text, verb in pairs {
    ["update t set a = 1"] = "UPDATE",
    ["with d as (delete from t returning 1) select * from d"] = "SELECT",
    ["explain analyze delete from t"] = "DELETE",
    ["select * from t for update"] = "SELECT FOR UPDATE",
    ["select nextval('s')"] = "nextval()",
    ["select * into u from t"] = "SELECT INTO",
  } do
    local reply = query(session, text)
    equal(reply.refused, true, text)
    equal(reply.error, "this query may only read (cannot execute " .. verb ..
      " in a read-only transaction): give it effect=remote")
  end
  equal(query(session, "explain delete from t").value.count, 1)
  equal(query(session, "select 'delete from t' as a").value.count, 1)
  equal(session.world.counters, {})
end)

test("changes of Postgres are counted", function(session)
  local reply = query(session, "update t set a = 1", "remote")
  equal({ reply.changed, reply.value.count, reply.value.command },
    { true, 2, "UPDATE" })
  reply = query(session, "insert into t values (1) returning id", "remote")
  equal({ reply.value.count, #reply.value.rows }, { 1, 1 })
  equal(query(session, "create table t (id int)", "remote").value.command,
    "CREATE TABLE")
  equal(query(session, "select none", "remote").changed, false)
  equal(query(session, "drop table t", "remote").error,
    "must be owner of table t (SQLSTATE 42501)")
  equal(session.world.counters, { ["postgres.query"] = 3 })
end)

test("a local change of Postgres is one on this machine", function(session)
  for dsn, near in pairs {
    ["postgresql://u:p@localhost:5432/shop"] = true,
    ["postgresql://u:p@127.0.0.9/shop"] = true,
    ["postgresql://u:p@[::1]:5432/shop"] = true,
    ["host=/run/pg user=u dbname=shop"] = true,
    ["postgresql://u:p@127.1/shop"] = false,
    ["postgresql://localhost:p@db.test/shop"] = false,
    ["host=db.test user=u dbname=shop"] = false,
  } do
    local reply = query(session, "update t set a = 1", "local", { dsn = dsn })
    equal(reply.refused ~= true, near, dsn)
  end
end)

test("counters count changes, the state hides secrets", function(session)
  local github = require "github"
  github.start_deployment { ref = "main", environment = "staging", step = "x" }
  local where = "http://127.0.0.1:1/_sandbox/"
  local _, counters = ask(session, "GET", where .. "counters")
  equal(counters, { ["github.deployments.create"] = 1 })
  local _, state = ask(session, "GET", where .. "state")
  equal(state.secrets.FLY_API_TOKEN, "")
  equal(#state.github.deployments, 2)
  equal(#session.world.secrets.FLY_API_TOKEN > 15, true)
end)

test("a GraphQL answer holds what its document selects", function()
  local graphql = require "sandbox/graphql"
  local selected = graphql.selected [[
    query Q($n: String!, $m: [Int] = 5) @cached(s: 1) {
      a(name: $n, of: {deep: {er: "}"}}) { b: other(first: 3) { c } d # e {
        ... on T @skip(if: $x) { f, g } }
      h
    }]]
  equal(selected, {
    a = { b = { c = true }, d = true, f = true, g = true }, h = true,
  })
  equal(graphql.cut({
    a = {
      b = { { c = 1, no = 2 }, json.null }, d = json.array {}, f = json.null,
      no = 3,
    },
    h = { whole = true }, no = 4,
  }, selected), {
    a = { b = { { c = 1 }, json.null }, d = json.array {}, f = json.null },
    h = { whole = true },
  })
  raises(function() graphql.selected "{ a { ...Part } }" end, "fragments")
end)

test("what has no body has no type", function(session)
  local status, body, response = ask(session, "POST",
    HUB .. "/actions/workflows/ci.yml/dispatches", { ref = "main" },
    bearer(session, "GITHUB_TOKEN"))
  equal({ status, body == nil }, { 204, true })
  equal(response.headers["content-type"] == nil, true)
end)

test("the clock can be put forward", function(session)
  local clock = "http://127.0.0.1:1/_sandbox/clock"
  local headers = bearer(session, "SUPABASE_ACCESS_TOKEN")
  for _ = 1, 120 do equal(ask(session, "GET", SUPA, nil, headers), 200) end
  equal(ask(session, "GET", SUPA, nil, headers), 429)
  local status, body, response = ask(session, "POST", clock, { seconds = 60 })
  equal({ status, body, response.changed }, { 200, { ahead_ms = 60000 }, true })
  equal(ask(session, "GET", SUPA, nil, headers), 200)
  equal(ask(session, "POST", clock, { seconds = -1 }), 400)
  equal(ask(session, "POST", clock, {}), 400)
  equal(ask(session, "GET", clock), 400)
end)

test("loopback prefixes lead to the same services", function(session)
  local root = "http://127.0.0.1:8099"
  local hub = bearer(session, "GITHUB_TOKEN")
  local status, list, response = ask(session, "GET",
    root .. "/github/repos/acme/shop/commits?sha=main&per_page=1", nil, hub)
  equal({ status, #list }, { 200, 1 })
  equal(response.headers.link:match("^<(.-)>"), root ..
    "/github/repos/acme/shop/commits?per_page=1&sha=main&page=2")
  equal(ask(session, "GET", root .. "/site/shop-staging/health"), 200)
  equal(ask(session, "GET", root .. "/chatwoot/health"), 200)
end)

test("the same requests give the same world", function(session)
  local function play(s)
    local fly = require "fly"
    local plan = fly.plan_rollout {
      image = "registry.fly.io/shop:" .. s.world.git.head:sub(1, 12),
    }
    fly.roll(plan)
    return json.encode(s.world)
  end
  local first = play(session)
  support.fresh()
  equal(play(support.start()) == first, true)
end)

support.finish()
