-- A change whose answer was lost is done once: the probes find it.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

local function once(session, op)
  equal(session.world.counters[op], 1, op)
end

test("machine lease, update and restart", function(session)
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  session.lose = "fly.machines.lease"
  local lease = fly.machines.lease {
    machine = machine.id, ttl = 60, description = "runproof x",
  }
  once(session, "fly.machines.lease")
  machine.config.metadata.runproof_run = run.id
  session.lose = "fly.machines.update"
  local updated = fly.machines.update {
    machine = machine.id, nonce = lease.data.nonce, config = machine.config,
    current_version = machine.instance_id,
  }
  once(session, "fly.machines.update")
  equal(updated.instance_id ~= machine.instance_id, true, "new version")
  session.lose = "fly.machines.restart"
  fly.machines.restart {
    machine = machine.id, nonce = lease.data.nonce,
    after = updated.events[1].id,
  }
  once(session, "fly.machines.restart")
end)

test("a lost request that did nothing is sent again", function(session)
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  local probe
  local plain = http.request
  http.request = function(r)
    if r.probe then probe = r.probe end
    return plain(r)
  end
  local lease = fly.machines.lease {
    machine = machine.id, ttl = 60, description = "mine",
  }
  equal(probe() ~= nil, true, "held")
  fly.machines.lease {
    machine = machine.id, ttl = 60, nonce = lease.data.nonce,
  }
  equal(probe() ~= nil, true, "refreshed")
  session.now_ms = session.now_ms + 61000
  equal(probe() == nil, true, "expired")
end)

test("deployment, status and dispatch", function(session)
  local github = require "github"
  session.lose = "github.deployments.create"
  local deployment = github.start_deployment {
    ref = "main", environment = "staging", step = "deployment",
  }
  once(session, "github.deployments.create")
  equal(deployment.payload.run, run.id)
  session.lose = "github.statuses.create"
  local status = github.report(deployment, "in_progress", "under way")
  once(session, "github.statuses.create")
  equal(status.state, "in_progress")
  session.lose = "github.workflows.dispatch"
  local started = github.dispatch {
    workflow = "ci.yml", ref = "main", step = "ci",
  }
  once(session, "github.workflows.dispatch")
  equal(github.runs.get({ id = started.workflow_run_id }).head_branch, "main")
end)

test("a step's probe does not take another step's change for its own",
  function(session)
    local github = require "github"
    github.start_deployment {
      ref = "main", environment = "staging", step = "one",
    }
    local before = #session.world.github.deployments
    local probe
    local plain = http.request
    http.request = function(r)
      if r.method == "POST" then
        probe = r.probe
        return { status = 201, headers = {}, body = "{}" }
      end
      return plain(r)
    end
    github.start_deployment {
      ref = "main", environment = "staging", step = "two",
    }
    equal(probe() == nil, true)
    equal(#session.world.github.deployments, before)
  end)

test("setting a secret to what it is changes nothing", function(session)
  local fly = require "fly"
  fly.secrets.set { values = { LOG_LEVEL = "debug" } }
  once(session, "fly.secrets.set")
  fly.secrets.set { values = { LOG_LEVEL = "debug" } }
  once(session, "fly.secrets.set")
  fly.secrets.unset { name = "LOG_LEVEL" }
  fly.secrets.unset { name = "LOG_LEVEL" }
  once(session, "fly.secrets.unset")
end)

-- The probes that a call sent, as the engine would ask them.
local function probes_of(fn)
  local list, plain = {}, http.request
  http.request = function(r)
    if r.probe then list[#list + 1] = r.probe end
    return plain(r)
  end
  fn()
  http.request = plain
  return list
end

test("an app, a machine, a certificate, metadata, a release", function(session)
  local fly = require "fly"
  local image = session.world.fly.images[1]
  local machine = fly.machines.list({})[1]
  local release = {
    after = 42, input = {
      appId = "shop-staging", image = image, platformVersion = "machines",
      strategy = "ROLLING", definition = {},
    },
  }
  local pem = { hostname = "b.shop.example",
    fullchain = "-----BEGIN CERTIFICATE-----",
    private_key = "-----BEGIN PRIVATE KEY-----" }
  local cases = {
    { "fly.apps.create", fly.apps.create,
      { name = "extra", org_slug = "acme" } },
    { "fly.machines.create", fly.machines.create,
      { name = "extra", config = { image = image } } },
    { "fly.certificates.request", fly.certificates.request,
      { hostname = "a.shop.example" } },
    { "fly.certificates.upload", fly.certificates.upload, pem },
    { "fly.machines.set_metadata", fly.machines.set_metadata,
      { machine = machine.id, key = "team", value = "qa" } },
    { "fly.graphql", fly.releases.create, release,
      row = "fly.releases.create" },
  }
  for _, case in ipairs(cases) do
    session.lose = case.row or case[1]
    local answer = case[2](case[3])
    once(session, case[1])
    equal(type(answer), "table", case[1])
    session.now_ms = session.now_ms + 2000
  end
end)

test("what has not happened is not found by its probe", function(session)
  local fly = require "fly"
  -- The request never arrives; what does its probe say?
  local function lost(fn, args)
    local plain, probe = http.request, nil
    http.request = function(r)
      probe = r.probe
      return { status = 503, headers = {}, body = "" }
    end
    pcall(fn, args)
    http.request = plain
    session.now_ms = session.now_ms + 2000
    return probe()
  end
  local machine = fly.machines.list({})[1]
  local id = machine.id
  equal(lost(fly.apps.create, { name = "extra", org_slug = "acme" }) == nil,
    true, "app")
  equal(lost(fly.machines.create, { name = "extra", config = machine.config })
    == nil, true, "machine")
  equal(lost(fly.machines.update, { machine = id, config = machine.config,
    current_version = machine.instance_id }) == nil, true, "update")
  equal(lost(fly.machines.restart, { machine = id,
    after = machine.events[1].id }) == nil, true, "restart")
  equal(lost(fly.certificates.request, { hostname = "a.shop.example" }) == nil,
    true, "certificate")
  equal(lost(fly.machines.set_metadata,
    { machine = id, key = "a", value = "b" }) == nil, true, "metadata")
  equal(lost(fly.releases.create, { after = 42, input = {
    appId = "shop-staging", image = "r/x:1" } }) == nil, true, "release")
end)

test("an update is told from another's by its configuration", function()
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  local before = machine.instance_id
  machine.config.env.APP_ENV = "ours"
  local probe = probes_of(function()
    fly.machines.update {
      machine = machine.id, config = machine.config, current_version = before,
    }
  end)[1]
  equal(probe() ~= nil, true, "ours")
  local theirs = fly.machines.get({ machine = machine.id }).config
  theirs.env.APP_ENV = "theirs"
  fly.machines.update { machine = machine.id, config = theirs }
  equal(probe() == nil, true, "theirs")
end)

test("a change that nothing tells apart is a person's to judge", function()
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  local probe = probes_of(function()
    fly.machines.create { config = machine.config }
  end)[1]
  support.raises(probe, "without a name nobody can tell", "fly machine list")
  probe = probes_of(function() fly.machines.lease { machine = machine.id } end)
  support.raises(probe[1], "without a description nobody can tell")
end)

-- --- every probe of GitHub ---------------------------------------------------

local function sha_of(ref)
  return require("github").commits.get({ ref = ref }).sha
end

local function put_file(text)
  return require("github").contents.put {
    path = "docs/a.md", message = "docs: a", branch = "hotfix/rounding",
    content = text or "YQo=",
  }
end

local function open_pull()
  return require("github").pulls.create {
    head = "hotfix/rounding", base = "main", title = "A",
  }
end

local function start(workflow, inputs)
  return require("github").dispatch({
    workflow = workflow, ref = "main", step = "before", inputs = inputs,
  }).workflow_run_id
end

-- By row: the arguments of the change, after what must be there before it.
local CHANGES = {
  ["repo.dispatch"] = function(session)
    session.world.github.workflows["ci.yml"].events = { "nightly" }
    return { event_type = "nightly", client_payload = { marker = "m/1" } }
  end,
  ["workflows.dispatch"] = function()
    return { workflow = "ci.yml", ref = "main", inputs = { marker = "m/1" },
      return_run_details = true }
  end,
  ["runs.rerun"] = function()
    local id = start "ci.yml"
    time.sleep(300)
    return { id = id, attempt = 1 }
  end,
  ["runs.rerun_failed"] = function(session)
    session.world.github.workflows["ci.yml"].conclusion = "failure"
    local id = start "ci.yml"
    time.sleep(300)
    return { id = id, attempt = 1 }
  end,
  ["runs.review"] = function()
    local one = require("github").environments.put {
      environment = "guarded", reviewers = { { type = "User", id = 7 } },
    }
    local id = start("deploy.yml", { environment = "guarded", image = "x" })
    time.sleep(10)
    return { id = id, environment_ids = { one.id }, state = "approved",
      comment = "go" }
  end,
  ["deployments.create"] = function()
    return { ref = "main", environment = "staging", auto_merge = false,
      required_contexts = json.array {}, payload = { run = "r", step = "s" } }
  end,
  ["statuses.create"] = function()
    return { deployment = 8804, state = "success", description = "it is" }
  end,
  ["commit_statuses.create"] = function()
    return { sha = sha_of "main", state = "success" }
  end,
  ["variables.create"] = function()
    return { name = "COLOUR", value = "red" }
  end,
  ["repo_variables.create"] = function()
    return { name = "COLOUR", value = "red" }
  end,
  ["releases.create"] = function()
    return { tag_name = "v1", name = "One" }
  end,
  ["refs.create"] = function()
    return { ref = "refs/heads/topic", sha = sha_of "main" }
  end,
  ["refs.delete"] = function() return { ref = "heads/hotfix/rounding" } end,
  ["pulls.create"] = function()
    return { head = "hotfix/rounding", base = "main", title = "A" }
  end,
  ["pulls.merge"] = function() return { pull = open_pull().number } end,
  ["issues.create"] = function() return { title = "A", body = "b" } end,
  ["comments.create"] = function()
    local issue = require("github").issues.create { title = "A" }
    return { issue = issue.number, body = "because" }
  end,
  ["contents.put"] = function()
    return { path = "docs/a.md", message = "docs: a", content = "YQo=" }
  end,
  ["contents.delete"] = function()
    return { path = "docs/a.md", message = "docs: none",
      branch = "hotfix/rounding", sha = put_file().content.sha }
  end,
}

local function at(module, dotted)
  for name in dotted:gmatch("[^.]+") do module = module[name] end
  return module
end

test("every change of GitHub that is not idempotent has a test of its probe",
  function()
    for _, row in ipairs(require("github").rows) do
      local name = row.name:gsub("^github%.", "")
      local once_only = row.effect == "remote" and not row.idempotent
      equal(CHANGES[name] ~= nil, once_only, name)
      equal(row.probe == true, once_only, name .. " has a probe")
    end
  end)

-- What makes an answer what it is; times and counts may differ.
local function identity(answer)
  local one = answer.commit or answer
  local parts = {}
  for _, name in ipairs {
    "id", "number", "sha", "ref", "workflow_run_id", "state", "name",
  } do
    parts[#parts + 1] = name .. " " .. tostring(one[name])
  end
  return table.concat(parts, ", ")
end

for name, prepare in pairs(CHANGES) do
  local op = "github." .. name
  test(name .. ": made and lost, it is found", function(session)
    local args = prepare(session)
    local before = session.world.counters[op] or 0
    local probed
    local plain = http.request
    http.request = function(r)
      local response = plain(r)
      if r.row == op then
        probed = r.probe()
        equal(probed ~= nil, true, "found")
      end
      return response
    end
    local answer = at(require("github"), name)(args)
    equal(session.world.counters[op], before + 1)
    local found = probed.body ~= "" and json.decode(probed.body) or {}
    equal(json.encode(found) ~= "null", true)
    if type(answer) == "table" and answer[1] == nil then
      equal(identity(found), identity(answer), "the same")
    end
  end)
  test(name .. ": lost and not made, it is not found", function(session)
    local args = prepare(session)
    local probe
    local plain = http.request
    http.request = function(r)
      if r.row ~= op then return plain(r) end
      probe = r.probe
      return { status = 201, headers = {}, body = "{}" }
    end
    at(require("github").try, name)(args)
    equal(probe() == nil, true)
  end)
end

test("a dispatch that nobody can recognise is left to a person", function()
  for _, name in ipairs { "repo.dispatch", "workflows.dispatch" } do
    local probe
    http.request = function(r)
      probe = r.probe
      return { status = 204, headers = {}, body = "" }
    end
    at(require("github"), name) {
      workflow = name ~= "repo.dispatch" and "ci.yml" or nil,
      ref = name ~= "repo.dispatch" and "main" or nil,
      event_type = name == "repo.dispatch" and "x" or nil,
    }
    raises(probe, name, "marker", "look at the Actions page")
  end
end)

support.finish()
