-- The blocks of the shipped runbooks in order, without the engine: each runs,
-- stays below its effect= and ticks its boxes.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal = support.test, support.equal

local RANK = { none = 0, read = 1, ["local"] = 2, remote = 3 }

-- {id, attributes, code} of every block that runs.
local function blocks_of(text)
  local list = {}
  for info, code in text:gmatch("\n```lua {#([^\n]*)}\n(.-)\n```") do
    list[#list + 1] = {
      id = info:match("^[%w-]+"),
      effect = info:match("effect=(%a+)") or "read",
      condition = info:match('if="([^"]*)"'),
      rescue = info:match("on%-fail=([%w-]+)"),
      code = code,
    }
  end
  return list
end

local function parameters(text)
  local values = {}
  for name, body in text:gmatch("\n  (%a+):\n(.-)\n    default: ") do
    local value = text:match("\n  " .. name .. ":\n.-    default: ([^\n]*)")
    values[name] = body:find("integer") and math.tointeger(value) or value
  end
  return values
end

-- Fails when a request is above the block's class.
local function guard(block)
  local plain = http.request
  return function(r)
    local reads = r.method == "GET" or (r.row or ""):find("%.releases%.")
      or r.row == "supabase.sql.query"
    local class = reads and "read" or "remote"
    if RANK[class] > RANK[block.effect] then
      error(block.id .. " is " .. block.effect .. ": " .. r.row, 0)
    end
    return plain(r)
  end
end

local function run_block(block)
  if block.condition
    and not load("return " .. block.condition)() then return end
  local plain = http.request
  http.request = guard(block)
  local ok, message = pcall(assert(load(block.code, "=" .. block.id)))
  http.request = plain
  if not ok then error(block.id .. ": " .. tostring(message), 0) end
end

local function modules()
  for _, name in ipairs {
    "fly", "github", "supabase", "chatwoot", "envmatrix",
  } do
    _G[name] = require(name)
  end
  ask = { confirm = function() return true end }
  expect = function(have)
    return { equals = function(_, want) equal(have, want) end }
  end
end

local function boxes_of(text)
  local list = {}
  for id in text:gmatch("%- %[ %] [^\n]*<!%-%- check: (%S+) %-%->") do
    list[#list + 1] = id
  end
  return list
end

local function play(session, name)
  local text = support.read_file("runbooks/" .. name .. ".md")
  modules()
  params = parameters(text)
  local blocks, rescues = blocks_of(text), {}
  for _, block in ipairs(blocks) do
    if block.rescue then rescues[block.rescue] = true end
  end
  for _, block in ipairs(blocks) do
    if not rescues[block.id] then run_block(block) end
  end
  local ticked = {}
  for _, one in ipairs(session.checks) do
    if not one.ok then error("check " .. one.id .. ": " .. one.detail, 0) end
    ticked[one.id] = true
  end
  for _, id in ipairs(boxes_of(text)) do
    if not id:find("^manual:") then equal(ticked[id], true, id) end
  end
  return #blocks
end

local CHANGES = {
  ["staging-redeploy"] = {
    ["fly.machines.lease"] = 2, ["fly.machines.update"] = 2,
    ["fly.machines.release_lease"] = 2, ["github.deployments.create"] = 1,
    ["github.statuses.create"] = 2,
  },
  ["rollback"] = {
    ["fly.machines.lease"] = 2, ["fly.machines.update"] = 2,
    ["fly.machines.release_lease"] = 2, ["github.deployments.create"] = 1,
    ["github.statuses.create"] = 2,
  },
  ["hotfix"] = {
    ["fly.machines.lease"] = 2, ["fly.machines.update"] = 2,
    ["fly.machines.release_lease"] = 2, ["github.deployments.create"] = 1,
    ["github.statuses.create"] = 2, ["github.workflows.dispatch"] = 2,
  },
  ["env-matrix"] = {},
}

for name, changes in pairs(CHANGES) do
  test(name .. " runs from end to end", function(session)
    local blocks = play(session, name)
    equal(blocks >= 6 and blocks <= 15, true, "6 to 15 blocks")
    equal(session.world.counters, changes, "changes")
  end)
end

test("the rollback leaves the old image and a note", function(session)
  play(session, "rollback")
  local old = "registry.fly.io/shop:" .. session.world.git.shas[2]:sub(1, 12)
  for _, machine in ipairs(fly.machines.list {}) do
    equal(machine.config.image, old)
  end
  equal(session.written["notes/rollbacks.md"]:match("release %d+ %-> %d+"),
    "release 42 -> 40")
end)

test("the matrix shows names and never a value", function(session)
  play(session, "env-matrix")
  local report = session.written["reports/env-matrix.md"]
  equal(report:find("SENTRY_DSN | optional | yes | - | yes | absent", 1,
    true) ~= nil, true, report)
  for _, text in ipairs { report, json.encode(session.printed) } do
    equal(text:find("sandbox-", 1, true) == nil, true, "a value")
  end
end)

support.finish()
