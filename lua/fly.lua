-- Fly.io: every call of its APIs, rolling updates, memory, deploys, rollback.

local provider = require "provider"

--- @class fly.app
--- @field id string
--- @field name string
--- @field status string pending, deployed, suspended
--- @field machine_count integer
--- @field organization {name:string, slug:string}

--- @class fly.ip
--- @field ip string
--- @field region string
--- @field shared boolean
--- @field created_at string

--- @class fly.certificate
--- @field hostname string
--- @field status string active, pending_ownership, pending_validation
--- @field configured boolean the DNS records are there
--- @field dns_requirements table the records it needs
--- @field certificates {source:string, status:string, expires_at:string}[]

--- What a machine is made of; there is more, see
--- https://fly.io/docs/machines/api/machines-resource/
--- @class fly.config
--- @field image string
--- @field env? table<string,string>
--- @field guest? {cpu_kind:string, cpus:integer, memory_mb:integer}
--- @field metadata? table<string,string>
--- @field checks? table<string,table>
--- @field services? table[]
--- @field mounts? {volume:string, path:string}[]

--- @class fly.machine
--- @field id string
--- @field name string
--- @field region string
--- @field state string created, started, stopped, suspended, replacing, …
--- @field instance_id string its version: another one after each update
--- @field config fly.config
--- @field checks {name:string, status:"passing"|"warning"|"critical"}[]
--- @field events fly.event[] newest first

--- @class fly.event
--- @field id string
--- @field type string launch, start, update, restart, exit, …
--- @field status string
--- @field timestamp integer ms

--- @class fly.lease
--- @field nonce string opens the machine while the lease lasts
--- @field description string
--- @field owner string
--- @field expires_at integer s

--- @class fly.output
--- @field exit_code integer
--- @field exit_signal integer
--- @field stdout string
--- @field stderr string

--- @class fly.release
--- @field id string
--- @field version integer
--- @field status string complete, failed, running, pending, interrupted
--- @field imageRef string
--- @field createdAt string

--- Names and digests; values only come back where they were asked for.
--- @class fly.secret
--- @field name string
--- @field digest string
--- @field created_at string
--- @field updated_at string

--- @class fly.secretkey
--- @field name string
--- @field type string
--- @field public_key integer[] bytes

--- @class fly.volume
--- @field id string
--- @field name string
--- @field state string
--- @field region string
--- @field size_gb integer
--- @field attached_machine_id? string

--- @class fly.snapshot
--- @field id string
--- @field status string
--- @field size integer
--- @field created_at string

local function rows()
  local all = {}
  for _, part in ipairs {
    "apps", "machines", "volumes", "secrets", "platform", "releases",
  } do
    for _, group in ipairs(require("fly/" .. part)) do
      table.move(group, 1, #group, #all + 1, all)
    end
  end
  return all
end

--- Calls of Fly.io. `app` may be left out where env.fly.app is meant, but in
--- those of GraphQL. Each raises one line on failure; fly.try.… gives nil and
--- a provider.failure. https://fly.io/docs/machines/api
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
  headers = { -- else machines.exec may give bare bytes, without the exit code
    ["Accept"] = "application/json, text/plain;q=0.9, */*;q=0.1",
  },
  defaults = function(settings)
    return { app = settings.app, org = settings.org }
  end,
  cursor = { arg = "cursor", header = "fly-next-cursor",
    member = "next_cursor" },
  predictions = "fly/predict",
  limits = { at_once = 4, per_second = 5 }, -- as many as `machines.get` of one
  undos = "fly/undos",
  rows = rows(),
}

local named = require "provider/named"
local roll = require "fly/roll"(fly)
local deploys = require "fly/deploys"(fly, roll)

local columns = require "provider/columns"
local summary_row =
  columns("machine", "region", "state", "image", "checks")
local rollout_row = columns("machine", "region", "from", "to")

local TAKES = {
  settle = { "app: string", "machine: string", "version: string",
    "within_s?: number", "state?: string|table" },
  wait_healthy = { "app?: string", "within_s?: number" },
  exec = { "app?: string", "machine: string", "cmd: string|table",
    "stdin?: string", "timeout?: integer", "any_code?: boolean" },
  plan_rollout = { "app?: string", "image?: string" },
  plan_memory = { "app?: string", "memory_mb: any", "groups?: table" },
  plan_deploy = { "app?: string", "image: string" },
  plan_rollback = { "app?: string", "release?: integer" },
  deploy_image = { "app?: string", "image: string" },
  rollback = { "app?: string", "release?: integer" },
  set_secrets = { "app?: string", "values: table", "plan?: table",
    "stage?: boolean" },
}

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
  local list = {}
  for _, m in ipairs(machines) do
    list[#list + 1] = summary_row {
      machine = m.id,
      region = m.region,
      state = m.state,
      image = fly.tag(m.config.image),
      checks = fly.healthy(m) and "passing" or "not passing",
    }
  end
  return list
end

--- True when the machine is started and all its health checks pass.
--- @param machine fly.machine
--- @return boolean
function fly.healthy(machine)
  return roll.healthy(machine)
end

--- Waits until the machine runs that version and its checks pass, or until it
--- is in the state that is given. A wait that times out is asked again: the
--- service blocks 60 s at most.
--- @param args {app:string, machine:string, version:string, within_s?:number, state?:string|string[]}
--- @return fly.machine
function fly.settle(args)
  return roll.settle(args)
end

--- Waits until every machine of an app that is not meant to be down is
--- started and its checks pass. Raises with the ones that are not.
--- @param args? {app?:string, within_s?:number} default env.fly.app, 120 s
--- @return table[] rows machine, region, state, image, checks
function fly.wait_healthy(args)
  return fly.summary(roll.wait_healthy(args.app or env.fly.app, args.within_s))
end

--- @class fly.exec_args
--- @field app? string default env.fly.app
--- @field machine string
--- @field cmd string|string[]
--- @field stdin? string
--- @field timeout? integer s
--- @field any_code? boolean give the output whatever the exit code

--- Runs a command inside a machine and raises unless it gives 0. A text is
--- run by the machine's shell, a list is program and arguments.
--- @param args fly.exec_args
--- @return fly.output
function fly.exec(args)
  return roll.exec(args)
end

-- --- rolling updates ---------------------------------------------------------

--- A rollout: for people to read and for fly.roll to execute, unchanged,
--- however often it is tried.
--- @class fly.plan
--- @field app string
--- @field image? string
--- @field moves fly.move[]

--- @class fly.move
--- @field machine string
--- @field region string
--- @field from string image
--- @field to string image
--- @field version string instance_id it is taken from
--- @field old fly.config
--- @field config fly.config
--- @field down? string the state of a machine that is meant to be down

-- Plans are made by one function and executed by another.
local function demand(name, plan, member, makers)
  if type(plan) == "table" and plan[member] then return end
  error(("%s takes a plan: make it by %s"):format(name, makers), 0)
end

--- What would be done to bring every machine of an app to an image, or with no
--- image to boot each anew. Machines that are down stay so. Reads only.
--- @param args {app?:string, image?:string}
--- @return fly.plan
function fly.plan_rollout(args)
  return deploys.plan_rollout(args)
end

--- What a table of a rollout shows.
--- @param plan fly.plan
--- @return table[] rows machine, region, from, to
function fly.rollout_rows(plan)
  demand("fly.rollout_rows", plan, "moves", "fly.plan_rollout")
  local list = {}
  for _, move in ipairs(plan.moves) do
    list[#list + 1] = rollout_row {
      machine = move.machine,
      region = move.region,
      from = fly.tag(move.from),
      to = fly.tag(move.to),
    }
  end
  return list
end

--- Executes a plan of fly.plan_rollout, one machine after the other, and
--- stops at the first that does not get healthy. On a failure the lease is
--- kept, so that a further attempt can go on under it: fly.release_leases
--- gives it back at the end.
--- @param plan fly.plan
--- @param more? {min_secrets_version?:integer} boot with no older secrets
--- @return fly.machine[] as they are now
function fly.roll(plan, more)
  demand("fly.roll", plan, "moves", "fly.plan_rollout")
  return deploys.roll(plan, more)
end

--- Gives back the leases this run still holds on an app's machines.
--- @param app? string default env.fly.app
--- @return string[] ids of the machines that were still leased
function fly.release_leases(app)
  named.value("fly.release_leases", "the name of an app", app, "string|nil")
  return roll.release_leases(app or env.fly.app)
end

-- --- memory ------------------------------------------------------------------

--- What would be done to give machines another memory size: for people to
--- read and for fly.set_memory to execute.
--- @class fly.memory_plan
--- @field app string
--- @field memory_mb integer
--- @field moves fly.move[] without the machines that have it already
--- @field rows table[] machine, region, before, after, state, of all machines

--- Plans the memory of all machines of an app, or of those of some process
--- groups. Reads only.
--- @param args {app?:string, memory_mb:integer, groups?:string[]} MiB, a multiple of 256
--- @return fly.memory_plan
function fly.plan_memory(args)
  return deploys.plan_memory(args)
end

--- Executes a plan of fly.plan_memory: one machine after the other is leased,
--- updated, waited for until its checks pass, and given back. When one fails,
--- all that were changed go back to what they had, the last one first, and it
--- fails with the machine and the cause; there is no further attempt of the
--- step then.
--- @param plan fly.memory_plan
--- @return table[] rows machine, region, before, after, state
function fly.set_memory(plan)
  demand("fly.set_memory", plan, "memory_mb", "fly.plan_memory")
  return deploys.set_memory(plan)
end

--- Plan and execution in one: fly.scale_memory { memory_mb = 512 }, with the
--- arguments of fly.plan_memory, or fly.scale_memory(app, 512).
--- @param args string|{app?:string, memory_mb:integer, groups?:string[]}
--- @param memory_mb? integer MiB, when args is the app's name
--- @return table[] rows machine, region, before, after, state
function fly.scale_memory(args, memory_mb)
  if type(args) == "string" then
    args = { app = args, memory_mb = memory_mb }
  end
  named.check("fly.scale_memory", args, TAKES.plan_memory)
  return fly.set_memory(fly.plan_memory(args))
end

-- --- releases ----------------------------------------------------------------

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
  error(("fly: %s: fly.releases.list tells which there are"):format(
    wanted and "there is no release " .. wanted .. " to go back to" or
    "no earlier release succeeded with another image"), 0)
end

--- A rollout that is noted as a release, for fly.deploy to execute.
--- @class fly.deploy_plan : fly.plan
--- @field image string
--- @field release {after:integer, definition:table, strategy:string}
--- @field target? fly.release of a rollback: what it goes back to

--- Plans a deploy of an image as flyctl does one. Reads only.
--- @param args {app?:string, image:string}
--- @return fly.deploy_plan
function fly.plan_deploy(args)
  return deploys.plan_deploy(args)
end

--- Plans to go back to an earlier release: its image, and for each machine
--- the configuration it had then; a machine that had none then keeps its own
--- and move.image_only says so. Reads only.
--- @param args? {app?:string, release?:integer} 0 or nil: the last good one with another image
--- @return fly.deploy_plan
function fly.plan_rollback(args)
  return deploys.plan_rollback(args)
end

--- Executes a plan of fly.plan_deploy or fly.plan_rollback: notes the release,
--- rolls the machines as fly.roll does, marks the release complete. After a
--- failure a further attempt goes on; when there is none left,
--- fly.fail_release marks the release failed.
--- @param plan fly.deploy_plan
--- @return {release:fly.release, machines:fly.machine[]}
function fly.deploy(plan)
  demand("fly.deploy", plan, "release", "fly.plan_deploy; " ..
    "fly.deploy_image plans and executes")
  return deploys.deploy(plan)
end

--- Marks the release that fly.deploy began and did not end as failed.
--- @param plan fly.deploy_plan|{app?:string, image:string}
--- @return integer[] versions of the releases that were marked
function fly.fail_release(plan)
  demand("fly.fail_release", plan, "image", "fly.plan_deploy")
  return deploys.fail_release(plan)
end

--- Plan and execution in one; marks the release failed when it raises.
--- @param args {app?:string, image:string}
--- @return {release:fly.release, machines:fly.machine[]}
function fly.deploy_image(args)
  return deploys.deploy_once(fly.plan_deploy(args))
end

--- Plan and execution in one; marks the release failed when it raises.
--- @param args? {app?:string, release?:integer}
--- @return {release:fly.release, machines:fly.machine[]}
function fly.rollback(args)
  return deploys.deploy_once(fly.plan_rollback(args))
end

-- --- secrets -----------------------------------------------------------------

--- @class fly.set_secrets_args
--- @field app? string default env.fly.app
--- @field values table<string,secret> json.null removes one
--- @field plan? fly.plan
--- @field stage? boolean leave the machines alone

--- Sets secrets and boots every machine anew with them, as fly.roll does.
--- With a plan of fly.plan_rollout it only changes; without it reads first.
--- @param args fly.set_secrets_args
--- @return {version:integer, machines:fly.machine[]}
function fly.set_secrets(args)
  return deploys.set_secrets(args)
end

return named.guard(fly, "fly", TAKES)
