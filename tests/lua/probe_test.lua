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
  fly.machines.lease { machine = machine.id, ttl = 60, description = "mine" }
  equal(probe() ~= nil, true, "held")
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

support.finish()
