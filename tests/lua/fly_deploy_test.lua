-- Deploys, roll-backs and secrets: releases noted, machines rolled, marked.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

local APP = "shop-staging"

local function app_of(session)
  return session.world.fly.apps[APP]
end

local function image_of(session, back)
  local shas = session.world.git.shas
  return "registry.fly.io/shop:" .. shas[#shas - back]:sub(1, 12)
end

test("a deploy notes the release, stamps the machines, ends it",
  function(session)
    local fly = require "fly"
    local plan = fly.plan_deploy { image = image_of(session, 0) }
    equal(plan.release.after, 42)
    equal(plan.release.definition.primary_region, "fra")
    equal(session.world.counters, {}, "a plan only reads")
    local done = fly.deploy(plan)
    equal({ done.release.version, done.release.status }, { 43, "complete" })
    local current = fly.releases.current { app = APP }
    equal({ current.version, current.imageRef }, { 43, image_of(session, 0) })
    for _, machine in ipairs(done.machines) do
      local metadata = machine.config.metadata
      equal({ metadata.fly_release_version, metadata.fly_release_id },
        { "43", done.release.id })
      equal(machine.config.image, image_of(session, 0))
    end
    equal(plan.moves[1].config.metadata.fly_release_version, "42",
      "the plan stays as it was read")
  end)

test("a deploy that stops leaves its release to a further attempt",
  function(session)
    local fly = require "fly"
    local plan = fly.plan_deploy { image = image_of(session, 0) }
    session.world.fly.full_regions.ams = true
    raises(function() fly.deploy(plan) end, "insufficient_capacity")
    equal(app_of(session).releases[1].status, "running")
    equal(fly.fail_release(plan), { 43 })
    equal(app_of(session).releases[1].status, "failed")
    equal(fly.fail_release(plan), {}, "there is nothing left to mark")
    equal(fly.releases.current({ app = APP }).version, 42)
  end)

test("the one-call deploy marks its release failed", function(session)
  local fly = require "fly"
  session.world.fly.full_regions.fra = true
  raises(function() fly.deploy_image { image = image_of(session, 0) } end,
    "insufficient_capacity")
  equal(app_of(session).releases[1].status, "failed")
  equal(session.final, true)
  session.world.fly.full_regions.fra = nil
  time.sleep(700) -- the lease of the first try
  local done = fly.deploy_image { image = image_of(session, 0) }
  equal({ done.release.version, done.release.status }, { 44, "complete" })
end)

test("a lost release is found by its version and image", function(session)
  local fly = require "fly"
  session.lose = "fly.releases.create"
  local done = fly.deploy_image { image = image_of(session, 0) }
  equal({ done.release.version, #app_of(session).releases }, { 43, 4 })
end)

test("a roll-back takes image and configuration of that time",
  function(session)
    local fly = require "fly"
    local plan = fly.plan_rollback()
    equal({ plan.target.version, plan.image }, { 40, image_of(session, 2) })
    equal(session.world.counters, {}, "a plan only reads")
    local done = fly.deploy(plan)
    local config = done.machines[1].config
    equal({ config.image, config.env.ROUNDING, config.guest.memory_mb },
      { image_of(session, 2), "line", 256 })
    equal(config.metadata.fly_release_version, "43", "a release of its own")
  end)

test("the newest version of a release counts, in whatever order they come",
  function(session)
    local fly = require "fly"
    local versions = app_of(session).machines[1].versions
    local newer = json.decode(json.encode(versions[2]))
    newer.version = newer.version .. "Z"
    newer.user_config.env.ROUNDING = "total"
    table.insert(versions, newer)
    local config = fly.plan_rollback().moves[1].config
    equal(config.env.ROUNDING, "total")
  end)

test("a machine that had no such release gets the image only",
  function(session)
    local fly = require "fly"
    table.remove(app_of(session).machines[2].versions, 2)
    local done = fly.rollback { release = 40 }
    local config = done.machines[2].config
    equal({ config.image, config.guest.memory_mb },
      { image_of(session, 2), 512 })
    local said = table.concat(session.printed, "\n")
    equal(said:find("9c487adb259611  has no configuration of that release", 1,
      true) ~= nil, true)
  end)

test("a roll-back keeps the volume a machine has mounted", function(session)
  local fly = require "fly"
  local machine = app_of(session).machines[1]
  local volume = fly.volumes.create { name = "data", region = "fra" }
  machine.config.mounts = { { volume = volume.id, path = "/data" } }
  equal(fly.plan_rollback().moves[1].config.mounts[1].volume, volume.id)
end)

test("machines boot with the secrets that were set", function(session)
  local fly = require "fly"
  local plan = fly.plan_rollout {}
  local done = fly.set_secrets { plan = plan, values = { LOG_LEVEL = "debug" } }
  equal({ done.version, #done.machines }, { 8, 2 })
  for _, machine in ipairs(app_of(session).machines) do
    equal(machine.secrets_version, 8)
  end
  for _, r in ipairs(session.requests) do
    if r.row == "fly.machines.update" then
      equal({ r.json.min_secrets_version, r.json.config.image },
        { 8, image_of(session, 1) })
    end
  end
end)

test("secrets can be set for the next boot alone", function(session)
  local fly = require "fly"
  local done = fly.set_secrets {
    values = { LOG_LEVEL = "debug", SENTRY_DSN = json.null }, stage = true,
  }
  equal({ done.version, #done.machines }, { 8, 0 })
  equal(session.world.counters, { ["fly.secrets.set"] = 1 })
  equal(app_of(session).secrets.SENTRY_DSN == nil, true)
end)

support.finish()
