-- The rolling update and the choice of a release to go back to.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

local function release(version, status, image)
  return { version = version, status = status, imageRef = "r/shop:" .. image }
end

local CURRENT = release(9, "complete", "d")
local HISTORY = {
  release(10, "failed", "e"), CURRENT, release(8, "failed", "c"),
  release(7, "complete", "d"), release(6, "complete", "b"),
  release(5, "complete", "a"),
}

test("the target is the last good release with another image", function()
  local fly = require "fly"
  equal(fly.rollback_target(HISTORY, CURRENT).version, 6)
  equal(fly.rollback_target(HISTORY, CURRENT, 0).version, 6)
  equal(fly.rollback_target(HISTORY, CURRENT, 5).version, 5)
  raises(function() fly.rollback_target(HISTORY, CURRENT, 4) end,
    "there is no release 4 to go back to: fly.releases.list")
  raises(function() fly.rollback_target({ CURRENT }, CURRENT) end,
    "no earlier release succeeded with another image")
end)

test("a machine is healthy when started with passing checks", function()
  local fly = require "fly"
  local good, bad = { status = "passing" }, { status = "warning" }
  for _, case in ipairs {
    { true, { state = "started", checks = { good, good } } },
    { true, { state = "started" } },
    { false, { state = "started", checks = { good, bad } } },
    { false, { state = "replacing", checks = { good } } },
  } do
    equal(fly.healthy(case[2]), case[1])
  end
end)

test("every operation of the description has a row", function()
  local shared = os.getenv("RUNPROOF_SHARED") or "../shared"
  local description = json.decode(
    support.read_file(shared .. "/contracts/fly-machines.json"))
  local have, count = {}, 0
  local function key(method, path)
    return method .. " " .. path:gsub("{[^}]+}", "{}")
  end
  for _, row in ipairs(require("fly").rows) do
    have[key(row.method, row.path)] = true
  end
  for path, methods in pairs(description.paths) do
    for method in pairs(methods) do
      if method ~= "parameters" then
        count = count + 1
        equal(have[key(method:upper(), path)], true, method .. " " .. path)
      end
    end
  end
  equal(count, 76)
end)

test("a row tells what it does, where that is written, what it takes",
  function()
    for _, row in ipairs(require("fly").catalogue()) do
      equal(type(row.doc) == "string" and #row.doc > 10, true, row.name)
      equal(row.link:match("^https://[%w.]+/") ~= nil, true, row.name)
      for _, line in ipairs(row.args) do
        equal(line:match("^[%w_]+%??: %S+") ~= nil, true,
          row.name .. " " .. line)
      end
    end
  end)

test("an empty list of a configuration stays a list", function(session)
  local fly = require "fly"
  local machine = session.world.fly.apps["shop-staging"].machines[1]
  machine.config.services = json.array {}
  local config = fly.plan_rollout({}).moves[1].config
  equal(json.encode(config.services), "[]")
end)

test("a plan keeps the configuration and marks the run", function()
  local fly = require "fly"
  local plan = fly.plan_rollout { image = "registry.fly.io/shop:new" }
  equal({ plan.app, #plan.moves }, { "shop-staging", 2 })
  local config = plan.moves[1].config
  equal(config.image, "registry.fly.io/shop:new")
  equal(config.env.APP_ENV, "staging")
  equal(config.metadata.runproof_run, run.id)
  equal(fly.rollout_rows(plan)[1].to, "new")
end)

test("an app without machines cannot be rolled", function(session)
  session.world.fly.apps["shop-staging"].machines = json.array {}
  local fly = require "fly"
  raises(function() fly.plan_rollout { image = "x" } end, "has no machines")
end)

local function image_of(session, back)
  local shas = session.world.git.shas
  return "registry.fly.io/shop:" .. shas[#shas - back]:sub(1, 12)
end

test("the roll stops at the first failure and a second try goes on",
  function(session)
    local fly = require "fly"
    local plan = fly.plan_rollout { image = image_of(session, 0) }
    session.world.fly.full_regions.ams = true
    raises(function() fly.roll(plan) end, "422", "insufficient_capacity")
    local machines = fly.machines.list {}
    equal(machines[1].config.image, image_of(session, 0), "first moved")
    equal(machines[2].config.image, image_of(session, 1), "second not")
    local lease = fly.machines.lease_get { machine = machines[2].id }
    equal(lease.data.description, "runproof " .. run.id, "still leased")
    equal(fly.release_leases(), { machines[2].id })
    equal(#fly.release_leases(), 0)
  end)

test("leases of others are left alone", function()
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  fly.machines.lease {
    machine = machine.id, ttl = 60, description = "deploy by hand",
  }
  equal(#fly.release_leases(), 0)
  raises(function()
    fly.roll(fly.plan_rollout { image = machine.config.image })
  end, "409", "another operator")
end)

test("a machine that never gets healthy is told", function(session)
  local fly = require "fly"
  local machine = session.world.fly.apps["shop-staging"].machines[1]
  machine.timeline = { { at = 0, state = "starting" } }
  local before = session.now_ms
  raises(function()
    fly.settle {
      app = "shop-staging", machine = machine.id, within_s = 20,
      version = machine.instance_id,
    }
  end, "not healthy after 20 s", "fly logs --app shop-staging")
  equal(session.now_ms - before < 30000, true, "the deadline is kept")
end)

test("a version that someone replaced is told at once", function()
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  raises(function()
    fly.settle {
      app = "shop-staging", machine = machine.id, version = "01JOLD",
    }
  end, "no longer at version 01JOLD", "start a new run")
end)

test("the app is waited for, and what is not healthy is named",
  function(session)
    local fly = require "fly"
    local machines = session.world.fly.apps["shop-staging"].machines
    fly.machines.restart { machine = machines[1].id }
    equal(fly.wait_healthy()[1].checks, "passing")
    machines[1].timeline = { { at = 0, state = "stopped" } }
    equal(fly.wait_healthy({ within_s = 4 })[1].state, "stopped", "meant so")
    machines[2].timeline = { { at = 0, state = "failed" } }
    raises(function() fly.wait_healthy { within_s = 8 } end,
      "not healthy after 8 s", machines[2].id .. " failed")
  end)

test("a command gives its output or raises with its first words", function()
  local fly = require "fly"
  local id = fly.machines.list({})[1].id
  equal(fly.exec({ machine = id, cmd = "node --version" }).stdout,
    "v22.11.0\n")
  equal(fly.exec({ machine = id, cmd = { "cat" }, stdin = "x" }).stdout, "x")
  raises(function()
    fly.exec { machine = id, cmd = { "npm", "run", "migrate" } }
  end, "machine " .. id, "npm run migrate", "exit code 1",
    "cannot connect to the database")
  time.sleep(1)
  equal(fly.exec({ machine = id, cmd = "nope", any_code = true }).exit_code,
    127)
end)

test("a machine that is down is updated and stays down", function(session)
  local fly = require "fly"
  local machine = session.world.fly.apps["shop-staging"].machines[2]
  machine.timeline = { { at = 0, state = "stopped" } }
  local plan = fly.plan_rollout { image = image_of(session, 0) }
  local done = fly.roll(plan)
  equal({ done[1].state, done[2].state }, { "started", "stopped" })
  equal(done[2].config.image, image_of(session, 0))
  equal(session.printed[2]:match("down, as it was$") ~= nil, true)
end)

test("machines of a release command or a console are left alone",
  function(session)
    local fly = require "fly"
    local machines = session.world.fly.apps["shop-staging"].machines
    machines[1].config.metadata.fly_process_group = "fly_app_release_command"
    machines[1].timeline = { { at = 0, state = "stopped" } }
    equal(#fly.plan_rollout({ image = image_of(session, 0) }).moves, 1)
    equal(#fly.plan_memory({ memory_mb = 1024 }).moves, 1)
    machines[2].timeline = { { at = 0, state = "destroying" } }
    raises(function() fly.plan_rollout {} end, "has no machines")
  end)

support.finish()
