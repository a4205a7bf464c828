-- Fly.io: apps, machines, releases and secrets, and the rolling update.

local provider = require "provider"

-- The answer a lost lease request would have given: the lease on the machine
-- carries our description.
local function probe_lease(args, get)
  local ok, lease = pcall(get, "machines.lease_get",
    { app = args.app, machine = args.machine })
  if ok and lease.data and lease.data.description == args.description then
    return lease
  end
  return nil
end

-- An update is on the machine when its image and the run that set it are.
local function probe_update(args, get)
  local machine = get("machines.get",
    { app = args.app, machine = args.machine })
  local have, want = machine.config, args.config
  local run_now = have.metadata and have.metadata.runproof_run
  local run_want = want.metadata and want.metadata.runproof_run
  if have.image == want.image and run_want and run_now == run_want then
    return machine
  end
  return nil
end

-- A restart happened when an event of that type is newer than `after`, the
-- id of the newest event the caller knew (events come newest first).
local function probe_restart(args, get)
  local machine = get("machines.get",
    { app = args.app, machine = args.machine })
  for _, event in ipairs(machine.events or {}) do
    if event.id == args.after then return nil end
    if event.type == "restart" then return { ok = true } end
  end
  return nil
end

local RELEASES = "query Releases($app: String!, $limit: Int) " ..
  "{ app(name: $app) { releases: releasesUnprocessed(first: $limit) " ..
  "{ nodes { id version status imageRef stable createdAt } } } }"
local CURRENT = "query CurrentRelease($app: String!) { app(name: $app) " ..
  "{ currentRelease: currentReleaseUnprocessed " ..
  "{ id version status imageRef createdAt } } }"

local NONCE = { nonce = "fly-machine-lease-nonce" }
local LEASED = "another operator or deploy holds the lease: " ..
  "`fly machine leases view` tells who; wait, or clear it with them"

--- @class fly.machine
--- @field id string
--- @field region string
--- @field state string created, started, stopped, replacing, …
--- @field instance_id string its version: another one after each update
--- @field config {image:string, metadata:table<string,string>}
--- @field checks {name:string, status:"passing"|"warning"|"critical"}[]
--- @field events {id:string, type:string, timestamp:integer}[] newest first

--- @class fly.release
--- @field version integer
--- @field status string complete, failed, running, interrupted
--- @field imageRef string
--- @field createdAt string

--- Calls of Fly.io. `app` may be left out where env.fly.app is meant. Each
--- raises one line on failure; fly.try.… gives nil and a provider.failure.
--- https://fly.io/docs/machines/api
--- @class fly
local fly = provider.define {
  name = "fly",
  base = "https://api.machines.dev",
  bases = { fly_graphql = "https://api.fly.io" },
  auth = {
    secret = "FLY_API_TOKEN",
    header = "Authorization",
    scheme = "Bearer {}",
  },
  defaults = function(settings) return { app = settings.app } end,
  rows = {
    { "apps.list", "GET", "/v1/apps", items = "apps",
      doc = "Apps of an organisation: org_slug." },
    { "apps.get", "GET", "/v1/apps/{app}",
      doc = "One app: id, name, status, machine_count." },
    { "machines.list", "GET", "/v1/apps/{app}/machines",
      doc = "Machines of an app; optional region, state, summary." },
    { "machines.get", "GET", "/v1/apps/{app}/machines/{machine}",
      doc = "One machine: state, instance_id, config, checks, events." },
    { "machines.update", "POST", "/v1/apps/{app}/machines/{machine}",
      headers = NONCE, probe = probe_update,
      hints = {
        [409] = "leased by someone else, or changed since it was read: " ..
          "run the step that reads it again",
        [422] = "if the region is full, wait, or `fly machine clone` to " ..
          "another one",
      },
      doc = "Replaces config (whole); current_version guards against a " ..
        "change in between; nonce is the lease's. Reboots the machine." },
    { "machines.wait", "GET", "/v1/apps/{app}/machines/{machine}/wait",
      timeout_s = 75,
      hints = { [408] = "the machine did not get there in time: " ..
        "`fly logs` tells why" },
      doc = "Blocks until state (default started) of version, at most " ..
        "timeout seconds (60)." },
    { "machines.restart", "POST", "/v1/apps/{app}/machines/{machine}/restart",
      headers = NONCE, notes = { "after" }, query = { "timeout", "signal" },
      probe = probe_restart,
      doc = "Restarts a machine; after is the id of its newest event, by " ..
        "which a resumed run knows whether it happened." },
    { "machines.lease", "POST", "/v1/apps/{app}/machines/{machine}/lease",
      headers = NONCE, probe = probe_lease, hints = { [409] = LEASED },
      doc = "Takes the lease for ttl seconds; description tells who. " ..
        "data.nonce opens it." },
    { "machines.lease_get", "GET", "/v1/apps/{app}/machines/{machine}/lease",
      doc = "The lease on a machine; 404 when there is none." },
    { "machines.release_lease", "DELETE",
      "/v1/apps/{app}/machines/{machine}/lease",
      headers = NONCE, accept_gone = true,
      doc = "Gives the lease with that nonce back." },
    { "releases.list", "POST", "/graphql", at = "fly_graphql",
      effect = "read", document = RELEASES,
      result = function(data)
        return data.app and data.app.releases.nodes or json.array({})
      end,
      doc = "The newest releases of app, at most limit: version, status, " ..
        "imageRef." },
    { "releases.current", "POST", "/graphql", at = "fly_graphql",
      effect = "read", document = CURRENT,
      result = function(data) return data.app and data.app.currentRelease end,
      doc = "The release that is current for app." },
    { "secrets.list", "GET", "/v1/apps/{app}/secrets", items = "secrets",
      doc = "Names and digests of an app's secrets." },
    { "secrets.set", "POST", "/v1/apps/{app}/secrets", idempotent = true,
      doc = "Sets values {NAME = secret}; machines see them at their next " ..
        "update. Gives the version to pass as min_secrets_version." },
    { "secrets.unset", "DELETE", "/v1/apps/{app}/secrets/{name}",
      accept_gone = true, doc = "Removes one secret." },
  },
}

local LEASE_S = 600 -- longer than a step with its retries
local POLL_S = 4
local SETTLE_S = 120

local function lease_note()
  return "runproof " .. run.id
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, item in pairs(value) do out[key] = copy(item) end
  return out
end

--- "registry/app:tag" without what stands before the tag, for tables.
--- @param image string
--- @return string
function fly.tag(image)
  return image:match(":([^:/]+)$") or image
end

--- What a table of machines shows.
--- @param machines fly.machine[]
--- @return table[] rows machine, region, state, image, checks
function fly.summary(machines)
  local rows = {}
  for _, m in ipairs(machines) do
    rows[#rows + 1] = {
      machine = m.id,
      region = m.region,
      state = m.state,
      image = fly.tag(m.config.image),
      checks = fly.healthy(m) and "passing" or "not passing",
    }
  end
  return rows
end

--- True when the machine is started and all its health checks pass.
--- @param machine fly.machine
--- @return boolean
function fly.healthy(machine)
  if machine.state ~= "started" then return false end
  for _, one in ipairs(machine.checks or {}) do
    if one.status ~= "passing" then return false end
  end
  return true
end

--- The newest earlier release that succeeded with another image, or the one
--- numbered version. Raises when there is none.
--- @param releases fly.release[] newest first
--- @param current fly.release
--- @param version? integer 0 or nil: choose
--- @return fly.release
function fly.rollback_target(releases, current, version)
  local wanted = version and version > 0 and version or nil
  for _, r in ipairs(releases) do
    local candidate = r.version < current.version
      and r.status == "complete" and r.imageRef ~= current.imageRef
    if wanted == r.version or (not wanted and candidate) then return r end
  end
  error("fly: no release to go back to: see `fly releases --image`", 0)
end

--- A rollout: for people to read and for fly.roll to execute, unchanged,
--- however often it is tried.
--- @class fly.plan
--- @field app string
--- @field image string
--- @field moves {machine:string, region:string, from:string, version:string, config:table}[]

--- What would be done to bring every machine of an app to an image. Reads
--- only.
--- @param args {app?:string, image:string}
--- @return fly.plan
function fly.plan_rollout(args)
  local app = args.app or env.fly.app
  local plan = { app = app, image = args.image, moves = {} }
  for _, m in ipairs(fly.machines.list { app = app }) do
    local config = copy(m.config)
    config.image = args.image
    config.metadata = config.metadata or {}
    config.metadata.runproof_run = run.id
    plan.moves[#plan.moves + 1] = {
      machine = m.id,
      region = m.region,
      from = m.config.image,
      version = m.instance_id,
      config = config,
    }
  end
  if #plan.moves == 0 then
    error("fly: app " .. app .. " has no machines: deploy it once by hand", 0)
  end
  return plan
end

--- What a table of a rollout shows.
--- @param plan fly.plan
--- @return table[] rows machine, region, from, to
function fly.rollout_rows(plan)
  local rows = {}
  for _, move in ipairs(plan.moves) do
    rows[#rows + 1] = {
      machine = move.machine,
      region = move.region,
      from = fly.tag(move.from),
      to = fly.tag(plan.image),
    }
  end
  return rows
end

-- Asks again until done() gives a value; the deadline is the clock's.
local function poll(within_s, done)
  local deadline = time.now() + within_s
  repeat
    local value = done()
    if value then return value end
    time.sleep(POLL_S)
  until time.now() >= deadline
  return nil
end

--- Waits until the machine runs that version and its checks pass. A wait
--- that times out is asked again: the service blocks 60 s at most.
--- @param args {app:string, machine:string, version:string, within_s?:number}
--- @return fly.machine
function fly.settle(args)
  local app, id, within_s = args.app, args.machine, args.within_s or SETTLE_S
  local started = poll(within_s, function()
    local reached, err = fly.try.machines.wait {
      app = app, machine = id, version = args.version, state = "started",
      timeout = 30,
    }
    if not reached and err.status ~= 408 then error(err.message, 0) end
    return reached
  end)
  local machine = started and poll(within_s, function()
    local now = fly.machines.get { app = app, machine = id }
    return fly.healthy(now) and now
  end)
  if machine then return machine end
  error(("fly: machine %s is not healthy after %d s: `fly logs --app %s` " ..
    "tells why"):format(id, within_s, app), 0)
end

local function move_one(plan, move)
  local app, machine = plan.app, move.machine
  local lease = fly.machines.lease {
    app = app, machine = machine, ttl = LEASE_S, description = lease_note(),
  }
  local nonce = lease.data.nonce
  local updated = fly.machines.update {
    app = app, machine = machine, nonce = nonce,
    config = move.config, current_version = move.version,
  }
  local settled = fly.settle {
    app = app, machine = machine, version = updated.instance_id,
  }
  fly.machines.release_lease { app = app, machine = machine, nonce = nonce }
  return settled
end

--- Executes a plan of fly.plan_rollout, one machine after the other, and
--- stops at the first that does not get healthy. On a failure the lease is
--- kept, so that a further attempt can go on under it: fly.release_leases
--- gives it back at the end.
--- @param plan fly.plan
--- @return fly.machine[] as they are now
function fly.roll(plan)
  local done = {}
  for _, move in ipairs(plan.moves) do
    done[#done + 1] = move_one(plan, move)
    print(("%s  %s -> %s  started, checks passing"):format(move.machine,
      fly.tag(move.from), fly.tag(plan.image)))
  end
  return done
end

--- Gives back the leases this run still holds on an app's machines.
--- @param app? string default env.fly.app
--- @return string[] ids of the machines that were still leased
function fly.release_leases(app)
  app = app or env.fly.app
  local released = {}
  for _, m in ipairs(fly.machines.list { app = app }) do
    local lease, err =
      fly.try.machines.lease_get { app = app, machine = m.id }
    if err and err.status ~= 404 then error(err.message, 0) end
    if lease and lease.data.description == lease_note() then
      fly.machines.release_lease {
        app = app, machine = m.id, nonce = lease.data.nonce,
      }
      released[#released + 1] = m.id
    end
  end
  return released
end

return fly
