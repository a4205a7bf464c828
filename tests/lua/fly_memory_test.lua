-- Memory of all machines or of none: what is changed, put back, told.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

local APP = "shop-staging"

local function machines_of(session)
  return session.world.fly.apps[APP].machines
end

local function memory_of(session)
  local list = {}
  for i, machine in ipairs(machines_of(session)) do
    list[i] = machine.config.guest.memory_mb
  end
  return list
end

-- No lease is left on any machine.
local function leases(session)
  local n = 0
  for _, machine in ipairs(machines_of(session)) do
    n = n + (machine.lease and 1 or 0)
  end
  return n
end

-- The names of the changes that were asked for, in order.
local function changes(session)
  local list = {}
  for _, r in ipairs(session.requests) do
    local id = r.url:match("/machines/(%w+)")
    local name = (r.row or ""):match("^fly%.machines%.(.+)$")
    if r.method ~= "GET" then list[#list + 1] = name .. " " .. id:sub(1, 4) end
  end
  return list
end

test("a plan reads, names every machine and skips what has the size",
  function(session)
    local fly = require "fly"
    machines_of(session)[2].config.guest.memory_mb = 1024
    local plan = fly.plan_memory { memory_mb = 1024 }
    equal({ #plan.moves, #plan.rows }, { 1, 2 })
    equal({ plan.rows[2].before, plan.rows[2].after }, { 1024, 1024 })
    equal(#changes(session), 0)
    local move = plan.moves[1]
    equal({ move.old.guest.memory_mb, move.config.guest.memory_mb },
      { 512, 1024 })
    move.old.guest.memory_mb, move.config.guest.memory_mb = 0, 0
    equal(move.old, move.config, "nothing else is changed")
  end)

test("sizes and groups that cannot be meant are refused at once", function()
  local fly = require "fly"
  for _, size in ipairs { 0, 300, 512.5, "512" } do
    raises(function() fly.plan_memory { memory_mb = size } end,
      "multiple of 256")
  end
  raises(function()
    fly.plan_memory { memory_mb = 512, groups = { "worker" } }
  end, "no machines of group worker")
end)

test("groups choose the machines", function(session)
  local fly = require "fly"
  machines_of(session)[1].config.metadata.fly_process_group = "worker"
  local rows = fly.scale_memory { memory_mb = 768, groups = { "worker" } }
  equal(#rows, 1)
  equal(memory_of(session), { 768, 512 })
end)

test("every machine is leased, updated, healthy, given back, in turn",
  function(session)
    local fly = require "fly"
    local rows = fly.scale_memory(APP, 1024)
    equal(memory_of(session), { 1024, 1024 })
    equal(changes(session), {
      "lease 1857", "update 1857", "release_lease 1857",
      "lease 9c48", "update 9c48", "release_lease 9c48",
    })
    equal(rows[2], { machine = "9c487adb259611", region = "ams", before = 512,
      after = 1024, state = "started" })
    equal(session.printed[1],
      "1857156b526dd8  512 -> 1024 MB  started, checks passing")
    equal(leases(session), 0)
    local count = #session.requests
    equal(fly.scale_memory(APP, 1024)[1].before, 1024)
    equal(#session.requests, count + 1, "there is nothing left to do")
  end)

test("a refusal puts the machines before it back", function(session)
  local fly = require "fly"
  local before = json.encode(machines_of(session)[1].config)
  session.world.fly.full_regions.ams = true
  raises(function() fly.scale_memory(APP, 1024) end,
    "machine 9c487adb259611 (ams) did not scale to 1024 MB",
    "422 insufficient_capacity", "put back: 1857156b526dd8")
  equal(session.final, true, "an undone step cannot be resumed")
  equal(json.encode(machines_of(session)[1].config), before)
  equal({ memory_of(session), leases(session) }, { { 512, 512 }, 0 })
  equal(fly.healthy(fly.machines.list({})[1]), true)
end)

test("a lease of another is waited for by a further attempt",
  function(session)
    local fly = require "fly"
    local plan = fly.plan_memory { memory_mb = 1024 }
    fly.machines.lease {
      machine = plan.moves[1].machine, ttl = 60, description = "by hand",
    }
    raises(function() fly.set_memory(plan) end, "409", "another operator",
      "no machine was changed")
    equal(session.final, false)
    time.sleep(61)
    fly.set_memory(plan)
    equal(memory_of(session), { 1024, 1024 })
  end)

test("the last one changed is the first put back", function(session)
  local fly = require "fly"
  local third = json.decode(json.encode(machines_of(session)[1]))
  third.id, third.name, third.needs_mb = "3f00000000aaaa", "third", 512
  third.instance_id = "01JTHIRD"
  third.config.guest.memory_mb = 1024
  table.insert(machines_of(session), third)
  raises(function() fly.scale_memory(APP, 256) end,
    "machine 3f00000000aaaa (fra)", "not healthy after 120 s",
    "put back: 3f00000000aaaa, 9c487adb259611, 1857156b526dd8")
  equal({ memory_of(session), leases(session) }, { { 512, 512, 1024 }, 0 })
  local order = {}
  for _, change in ipairs(changes(session)) do
    order[#order + 1] = change:match("^update (%w+)")
  end
  equal(order, { "1857", "9c48", "3f00", "3f00", "9c48", "1857" })
end)

test("a size the machine cannot have is the service's word", function(session)
  local fly = require "fly"
  raises(function() fly.scale_memory(APP, 4096) end,
    "400", "cannot exceed 2048 MiB", "no machine was changed")
  equal({ memory_of(session), leases(session) }, { { 512, 512 }, 0 })
end)

test("what cannot be put back is named with its cause", function(session)
  local fly = require "fly"
  local plan = fly.plan_memory { memory_mb = 1024 }
  local plain = http.request
  http.request = function(r)
    if r.row == "fly.machines.update" and r.url:find("9c487adb") then
      session.world.fly.full_regions.fra = true
      session.world.fly.full_regions.ams = true
    end
    return plain(r)
  end
  raises(function() fly.set_memory(plan) end,
    "NOT put back, look at it: 1857156b526dd8 (fly machines.update: 422")
  equal(fly.release_leases(), { "1857156b526dd8" }, "the lease is kept")
end)

test("a machine that someone else changed is not touched", function(session)
  local fly = require "fly"
  local plan = fly.plan_memory { memory_mb = 1024 }
  local machine = fly.machines.list({})[2]
  machine.config.env.APP_ENV = "theirs"
  fly.machines.update { machine = machine.id, config = machine.config }
  time.sleep(10)
  raises(function() fly.set_memory(plan) end, "machine 9c487adb259611",
    "409 version conflict", "; put back: 1857156b526dd8")
  equal(machines_of(session)[2].config.env.APP_ENV, "theirs")
  equal({ memory_of(session), leases(session) }, { { 512, 512 }, 0 })
end)

test("a machine that was changed after its turn is named", function(session)
  local fly = require "fly"
  local plain = http.request
  http.request = function(r)
    if r.row == "fly.machines.lease" and r.url:find("9c487adb") then
      session.world.fly.full_regions.ams = true
      machines_of(session)[1].instance_id = "01JTHEIRS"
    end
    return plain(r)
  end
  raises(function() fly.scale_memory(APP, 1024) end,
    "NOT put back, look at it: 1857156b526dd8 (someone changed it since)")
  equal({ memory_of(session), leases(session) }, { { 1024, 512 }, 0 })
end)

test("a lost answer is found again and nothing is done twice",
  function(session)
    local fly = require "fly"
    session.lose = "fly.machines.update"
    fly.scale_memory(APP, 1024)
    equal(session.world.counters["fly.machines.update"], 2, "one a machine")
    equal(memory_of(session), { 1024, 1024 })
  end)

support.finish()
