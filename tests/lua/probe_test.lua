-- A change whose answer was lost is done once: the probes find it.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal = support.test, support.equal

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

support.finish()
