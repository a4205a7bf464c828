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
    "no release to go back to")
  raises(function() fly.rollback_target({ CURRENT }, CURRENT) end,
    "no release to go back to")
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

support.finish()
