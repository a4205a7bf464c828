-- The simulated Fly.io: states, refusals, limits, pages, time.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal = support.test, support.equal

local APP = "shop-staging"

local function refused(fn, args)
  local value, err = fn(args)
  if value ~= nil then error("it was not refused", 2) end
  return err.status
end

local function pass(session, s)
  session.now_ms = session.now_ms + s * 1000
end

local function state_of(fly, id)
  return fly.machines.get({ machine = id }).state
end

local function create(fly, session, more)
  local args = {
    config = { image = session.world.fly.images[1] }, region = "fra",
  }
  for key, value in pairs(more or {}) do args[key] = value end
  return fly.machines.create(args)
end

test("a machine is created, stopped, suspended, destroyed", function(session)
  local fly = require "fly"
  local machine = create(fly, session, { name = "extra" })
  local id = machine.id
  equal({ machine.state, machine.events[1].type }, { "created", "launch" })
  pass(session, 9)
  equal(state_of(fly, id), "started")
  fly.machines.stop { machine = id }
  equal(refused(fly.try.machines.suspend, { machine = id }), 412)
  equal(refused(fly.try.machines.start, { machine = id }), 412, "stopping")
  pass(session, 3)
  equal(state_of(fly, id), "stopped")
  equal(fly.machines.start({ machine = id }).previous_state, "stopped")
  pass(session, 6)
  fly.machines.suspend { machine = id }
  pass(session, 4)
  equal(state_of(fly, id), "suspended")
  fly.machines.delete { machine = id }
  equal(state_of(fly, id), "destroying")
  pass(session, 3)
  equal(fly.machines.wait({ machine = id, state = "destroyed" }).ok, true)
  equal(refused(fly.try.machines.start, { machine = id }), 404)
  equal(#fly.machines.list {}, 2)
  equal(#fly.machines.list { include_deleted = true }, 3)
end)

test("a machine that runs is destroyed by force alone", function()
  local fly = require "fly"
  local id = fly.machines.list({})[1].id
  equal(refused(fly.try.machines.delete, { machine = id }), 412)
  equal(fly.machines.delete({ machine = id, force = true }).ok, true)
end)

test("a machine is refused for its name, region, image, memory",
  function(session)
    local fly = require "fly"
    local function status(more)
      pass(session, 2)
      local args = { config = { image = session.world.fly.images[1] } }
      for key, value in pairs(more) do args[key] = value end
      return refused(fly.try.machines.create, args)
    end
    equal(status { name = "aged-thunder-7371" }, 409)
    equal(status { region = "atl" }, 400)
    equal(status { config = { image = "nowhere/x:1" } }, 400)
    local image = session.world.fly.images[1]
    local function guest(kind, cpus, memory_mb)
      return status { config = { image = image, guest = {
        cpu_kind = kind, cpus = cpus, memory_mb = memory_mb,
      } } }
    end
    equal(guest("shared", 4, 512), 400, "too little")
    equal(guest("shared", 1, 4096), 400, "too much")
    equal(guest("performance", 1, 1024), 400, "too little")
    equal(guest("shared", 1, 300), 400, "no step of 256")
    equal(guest("quantum", 1, 256), 400)
    equal(status { min_secrets_version = 99 }, 400)
    session.world.fly.full_regions.fra = true
    equal(status {}, 422)
    equal(session.world.counters, {}, "nothing changed")
  end)

test("one that is not to be booted waits in created", function(session)
  local fly = require "fly"
  local machine = create(fly, session, { skip_launch = true, lease_ttl = 60 })
  pass(session, 60)
  equal(state_of(fly, machine.id), "created")
  local other = create(fly, session, { lease_ttl = 60 })
  equal(refused(fly.try.machines.stop, { machine = other.id }), 409, "leased")
  equal(fly.machines.cordon({ machine = other.id, nonce = other.nonce }).ok,
    true)
end)

test("waiting wants a state, a version and a sensible time", function()
  local fly = require "fly"
  local id = fly.machines.list({})[1].id
  local try = fly.try.machines.wait
  equal(refused(try, { machine = id, state = "stopped" }), 400)
  equal(refused(try, { machine = id, timeout = 600 }), 400)
  equal(refused(try, { machine = id, version = "01JOLD" }), 404)
  time.sleep(4)
  equal(fly.machines.wait({ machine = id, state = { "failed", "settled" } })
    .state, "started")
end)

test("versions tell what a machine was", function()
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  machine.config.env.APP_ENV = "other"
  local updated = fly.machines.update {
    machine = machine.id, config = machine.config,
  }
  local versions = fly.machines.versions { machine = machine.id }
  equal({ #versions, versions[1].version, versions[2].version },
    { 3, updated.instance_id, machine.instance_id })
  equal(versions[2].user_config.env.APP_ENV, "staging")
  local old = fly.machines.get {
    machine = machine.id, version = machine.instance_id,
  }
  equal({ old.state, old.config.env.APP_ENV }, { "replaced", "staging" })
end)

test("pages are followed by header and by member", function(session)
  local fly = require "fly"
  equal(#fly.machines.list { limit = 1 }, 2)
  equal(#session.requests, 2, "one request a page")
  equal(session.requests[2].url:match("%?(.*)$"), "cursor=after-1&limit=1")
  equal(#fly.apps.list { org_slug = "acme", limit = 1 }, 2)
  equal(#session.requests, 4)
  local page = fly.machines.list { limit = 1, cursor = "after-1" }
  equal({ #page, page[1].id }, { 1, "9c487adb259611" })
  pass(session, 1)
  equal(refused(fly.try.machines.list, { cursor = "stale" }), 400)
end)

test("each action on each machine has its own limit", function(session)
  local fly = require "fly"
  local function get(id)
    local response = session.handler({
      method = "GET", url = "https://api.machines.dev/v1/apps/" .. APP ..
        "/machines/" .. id .. "/ps",
      headers = { Authorization = "Bearer " ..
        session.world.secrets.FLY_API_TOKEN },
    }, session.now_ms)
    return response.status, response.headers["retry-after"]
  end
  for _ = 1, 3 do equal(get("1857156b526dd8"), 200) end
  local status, after = get("1857156b526dd8")
  equal({ status, after }, { 429, "1" })
  equal(get("9c487adb259611"), 200, "another machine")
  equal(#fly.machines.events { machine = "1857156b526dd8" }, 1,
    "another action")
  pass(session, 1)
  equal({ get("1857156b526dd8"), (get("1857156b526dd8")) }, { 200, 429 })
  for _ = 1, 10 do fly.machines.get { machine = "1857156b526dd8" } end
end)

test("metadata moves on without a new version", function()
  local fly = require "fly"
  local machine = fly.machines.list({})[1]
  local id = machine.id
  fly.machines.update_metadata {
    machine = id, metadata = { tier = "web", fly_process_group = "" },
    machine_version = machine.instance_id,
  }
  local metadata = fly.machines.metadata { machine = id }
  equal({ metadata.tier, metadata.fly_process_group == nil }, { "web", true })
  equal(fly.machines.get({ machine = id }).instance_id, machine.instance_id)
  equal(refused(fly.try.machines.update_metadata, {
    machine = id, metadata = { tier = 1 } }), 400)
end)

test("a cordoned machine gets no traffic", function(session)
  local fly = require "fly"
  local function health()
    return http.get("https://shop-staging.fly.dev/health").status
  end
  for _, machine in ipairs(session.world.fly.apps[APP].machines) do
    equal(health(), 200)
    fly.machines.cordon { machine = machine.id }
  end
  equal(health(), 503)
  fly.machines.uncordon { machine = "9c487adb259611" }
  equal(health(), 200)
end)

test("commands and memory need a machine that runs", function(session)
  local fly = require "fly"
  local id = fly.machines.list({})[1].id
  local memory = fly.machines.set_memory_limit {
    machine = id, limit_mb = 256,
  }
  equal(memory, { limit_mb = 256, available_mb = 192 })
  equal(refused(fly.try.machines.set_memory_limit,
    { machine = id, limit_mb = 1024 }), 400)
  fly.machines.restart { machine = id }
  equal(refused(fly.try.machines.exec,
    { machine = id, command = { "true" } }), 412)
  pass(session, 9)
  equal(fly.machines.memory({ machine = id }).limit_mb, 512, "a new boot")
end)

test("volumes are mounted, grow, and are kept while in use",
  function(session)
    local fly = require "fly"
    local volume = fly.volumes.create {
      name = "uploads", region = "fra", size_gb = 2,
    }
    local config = {
      image = session.world.fly.images[1],
      mounts = { { volume = volume.id, path = "/data" } },
    }
    local machine = create(fly, session, { config = config })
    local id = { volume = volume.id }
    equal(fly.volumes.get(id).attached_machine_id, machine.id)
    equal(refused(fly.try.volumes.delete, id), 412)
    equal(refused(fly.try.machines.create, { config = config }), 412, "taken")
    equal(refused(fly.try.volumes.extend,
      { volume = volume.id, size_gb = 1 }), 400)
    equal(fly.volumes.extend({ volume = volume.id, size_gb = 4 })
      .needs_restart, true)
    fly.volumes.snapshot(id)
    equal(fly.volumes.snapshots(id)[1].status, "creating")
    pass(session, 16)
    local snapshot = fly.volumes.snapshots(id)[1]
    equal(snapshot.status, "created")
    equal(refused(fly.try.volumes.create,
      { name = "x", region = "fra", snapshot_id = "vs_none" }), 404)
    equal(fly.volumes.create({ name = "x", region = "fra",
      snapshot_id = snapshot.id }).name, "x")
    fly.machines.delete { machine = machine.id, force = true }
    equal(fly.volumes.delete(id).state, "pending_destroy")
    equal(refused(fly.try.volumes.create, { name = "UP", region = "fra" }),
      400)
  end)

test("a certificate is issued after a while", function(session)
  local fly = require "fly"
  local host = "www.shop.example"
  local asked = fly.certificates.request { hostname = host }
  equal({ asked.status, asked.configured }, { "pending_validation", false })
  pass(session, 21)
  local issued = fly.certificates.get { hostname = host }
  equal({ issued.status, issued.certificates[1].issued[1].type },
    { "active", "ecdsa" })
  equal(#fly.certificates.stop_acme({ hostname = host }).certificates, 0)
  equal(fly.certificates.list({ filter = "www" })[1].has_fly_certificate,
    false)
end)

test("an app is named by the rules and destroyed when it is at rest",
  function(session)
    local fly = require "fly"
    local function status(name)
      pass(session, 1)
      return refused(fly.try.apps.create,
        { name = name, org_slug = "acme" })
    end
    equal(status(APP), 422, "taken")
    equal(status("Shop"), 422, "capitals")
    equal(refused(fly.try.apps.create,
      { name = "x", org_slug = "nobody" }), 400)
    equal(refused(fly.try.apps.delete, { app = APP }), 412)
    fly.apps.create { name = "shop-empty", org_slug = "acme" }
    equal(fly.apps.get({ app = "shop-empty" }).status, "pending")
    fly.apps.delete { app = "shop-empty" }
    equal(refused(fly.try.apps.get, { app = "shop-empty" }), 404)
  end)

test("secrets have versions and show values only where asked", function()
  local fly = require "fly"
  local one = fly.secrets.set_one { name = "LOG_LEVEL", value = "debug" }
  equal({ one.version, one.value == nil }, { 8, true })
  equal(fly.secrets.get({ name = "LOG_LEVEL", show_secrets = true }).value,
    "sandbox-value-of-log_level")
  equal(refused(fly.try.secrets.list, { min_version = "9" }), 400)
  equal(refused(fly.try.secrets.set, { values = { ["a b"] = "x" } }), 400)
end)

test("what a key sealed only that key opens, with the same data",
  function(session)
    local fly = require "fly"
    local plain = { 104, 105 }
    fly.secretkeys.generate { name = "BOX", type = "nacl_box" }
    local sealed = fly.secretkeys.encrypt {
      name = "BOX", plaintext = plain, associated_data = { 1 },
    }
    local function open(more)
      local args = { name = "BOX", ciphertext = sealed.ciphertext }
      for key, value in pairs(more) do args[key] = value end
      return fly.try.secretkeys.decrypt(args)
    end
    equal(open({ associated_data = { 1 } }).plaintext, plain)
    equal(refused(open, {}), 400)
    fly.secretkeys.generate { name = "BOX", type = "nacl_box" }
    pass(session, 2)
    equal(refused(open, { associated_data = { 1 } }), 400, "another key")
  end)

test("GraphQL says what is wrong with a mutation", function(session)
  local fly = require "fly"
  local function message(row, input)
    local _, err = row { input = input }
    return err.message
  end
  local function holds(text, piece)
    equal(text:find(piece, 1, true) ~= nil, true, text)
  end
  local input = {
    appId = APP, image = "x", platformVersion = "machines",
    strategy = "SOON", definition = {},
  }
  local try = fly.try
  holds(message(try.releases.create, { appId = APP }), "definition")
  holds(message(try.releases.create, input), "to be one of: BLUEGREEN")
  input.strategy, input.appId = "ROLLING", "none"
  holds(message(try.releases.create, input), "Could not find App")
  holds(message(try.releases.update, { releaseId = "none" }),
    "Could not find Release")
  holds(message(try.app_secrets.set, { appId = APP }), "secrets")
  equal(session.world.counters, {}, "nothing changed")
  fly.app_secrets.unset { input = { appId = APP, keys = { "SENTRY_DSN" } } }
  equal(#fly.app_secrets.list { app = APP }, 5)
end)

support.finish()
