-- Rows of Fly.io's Machines API: machines, leases, metadata, memory.

local config = require "fly/config"

local MACHINES = "/v1/apps/{app}/machines"
local MACHINE = MACHINES .. "/{machine}"
local LEASE = MACHINE .. "/lease"
local METADATA = MACHINE .. "/metadata"
local DOCS = "https://fly.io/docs/machines/api/machines-resource/#"
local SPEC = "https://docs.machines.dev/#tag/machines/"
local SPEC_MACHINE = "/apps/{app_name}/machines/{machine_id}/"

local NONCE = { nonce = "fly-machine-lease-nonce" }
local NONCE_ARG = "nonce?: string  of the lease on it"
local OK = "{ok:boolean}"
local LEASED = "another operator or deploy holds the lease: " ..
  "`fly machine leases view` tells who; wait, or clear it with them"
local WRONG_STATE = "it is in a state that does not allow this: look at " ..
  "its state, wait until it has settled, then try again"
local FULL = "if the region is full, wait, or `fly machine clone` to " ..
  "another one"

local CREATE = {
  "config: fly.config  the whole configuration; image is needed",
  "name?: string  unique in the app, default a random one",
  "region?: string  three letters, default the one next to the caller",
  "lease_ttl?: integer  take a lease for so many s; nonce is in the answer",
  "min_secrets_version?: integer  boot with secrets not older than that",
  "skip_launch?: boolean  do not boot it",
  "skip_secrets?: boolean  boot it without the app's secrets",
  "skip_service_registration?: boolean  no traffic until machines.uncordon",
  "lsvd?: boolean  log structured virtual disks",
}

local UPDATE = {
  "config: fly.config  the whole configuration, not the difference",
  "current_version?: string  instance_id it must have, else 409",
  NONCE_ARG,
  "min_secrets_version?: integer  boot with secrets not older than that",
  "skip_launch?: boolean  do not boot it",
  "skip_secrets?: boolean  boot it without the app's secrets",
  "skip_service_registration?: boolean  no traffic until machines.uncordon",
  "lease_ttl?: integer  s",
  "lsvd?: boolean  log structured virtual disks",
  "name?: string  cannot be changed",
  "region?: string  cannot be changed",
}

-- --- probes ------------------------------------------------------------------

local function machine_of(args, get)
  return get("machines.get", { app = args.app, machine = args.machine })
end

-- The answer a lost lease request would have given: the lease on the machine
-- carries our description, or the nonce that was to be refreshed.
local function probe_lease(args, get)
  if not args.description and not args.nonce then
    error("fly machines.lease: without a description nobody can tell whose " ..
      "lease it is: `fly machine leases view` shows it", 0)
  end
  local ok, lease = pcall(get, "machines.lease_get",
    { app = args.app, machine = args.machine })
  local held = ok and lease.data or {}
  local ours = args.nonce and held.nonce == args.nonce
    or not args.nonce and held.description == args.description
  return ours and lease or nil
end

-- A machine that was asked for by name is there or not.
local function probe_create(args, get)
  if not args.name then
    error("fly machines.create: without a name nobody can tell whether the " ..
      "lost request made a machine: `fly machine list` shows it", 0)
  end
  for _, machine in ipairs(get("machines.list", { app = args.app })) do
    if machine.name == args.name then return machine end
  end
  return nil
end

-- An update is on the machine when it has left the version that was to be
-- replaced, or when no version was told the run's mark is on it, and it has
-- the configuration that was asked for.
local function probe_update(args, get)
  local machine = machine_of(args, get)
  local moved
  if args.current_version then
    moved = machine.instance_id ~= args.current_version
  else
    moved = args.config.metadata and args.config.metadata.runproof_run
  end
  if moved and config.holds(machine.config, args.config) then return machine end
  return nil
end

-- Something of that kind happened when such an event is newer than `after`,
-- the id of the newest event the caller knew (events come newest first).
local function happened(args, get, kind)
  for _, event in ipairs(machine_of(args, get).events or {}) do
    if event.id == args.after then return nil end
    if event.type == kind then return { ok = true } end
  end
  return nil
end

local function probe_restart(args, get)
  return happened(args, get, "restart")
end

local function probe_set_metadata(args, get)
  local metadata = get("machines.metadata",
    { app = args.app, machine = args.machine })
  return metadata[args.key] == args.value and {} or nil
end

-- --- rows --------------------------------------------------------------------

local machines = {
  { "machines.list", "GET", MACHINES, page = "cursor",
    args = {
      "region?: string  only of that region",
      "state?: string  only in these states, with commas",
      "summary?: boolean  leave configuration, checks and events out",
      "include_deleted?: boolean  destroyed ones too",
      "include_leases?: boolean  with the lease nonces",
      "limit?: integer  machines a page, at most 1000",
      "cursor?: string  that page alone",
    },
    gives = "fly.machine[]", link = DOCS .. "list-machines",
    doc = "Machines of an app." },
  { "machines.create", "POST", MACHINES, args = CREATE,
    probe = probe_create, gives = "fly.machine",
    hints = { [422] = FULL },
    link = DOCS .. "create-a-machine",
    doc = "Makes a machine and boots it." },
  { "machines.get", "GET", MACHINE,
    args = {
      "version?: string  the instance_id to look at",
      "include_leases?: boolean  with the lease's nonce",
    },
    gives = "fly.machine", link = DOCS .. "get-a-machine",
    doc = "One machine: state, instance_id, config, checks, events." },
  { "machines.update", "POST", MACHINE, args = UPDATE,
    headers = NONCE, probe = probe_update, gives = "fly.machine",
    hints = {
      [409] = "leased by someone else, or changed since it was read: " ..
        "run the step that reads it again",
      [422] = FULL,
    },
    link = DOCS .. "update-a-machine",
    doc = "Replaces config (whole); current_version guards against a " ..
      "change in between; nonce is the lease's. Reboots the machine." },
  { "machines.delete", "DELETE", MACHINE, headers = NONCE,
    query = { "force" }, accept_gone = true,
    args = { "force?: boolean  even when it runs", NONCE_ARG }, gives = OK,
    hints = { [409] = LEASED, [412] = "stop it first, or give force" },
    link = DOCS .. "delete-a-machine-permanently",
    doc = "Destroys a machine for good; it has to be stopped." },
  { "machines.wait", "GET", MACHINE .. "/wait", timeout_s = 75,
    args = {
      "state?: string  or a list of them; default started; stopped, " ..
        "suspended, destroyed, failed, settled",
      "version?: string  instance_id it must have; needed for stopped",
      "instance_id?: string  the old name of version",
      "from_event_id?: string  wait for what comes after that event",
      "timeout?: integer  s, at most 60",
    },
    gives = "{ok:boolean, state:string, version:string}",
    hints = { [408] = "the machine did not get there in time: " ..
      "`fly logs` tells why" },
    link = DOCS .. "wait-for-a-machine-to-reach-a-specified-state",
    doc = "Blocks until state (default started) of version, at most " ..
      "timeout seconds (60)." },
  { "machines.versions", "GET", MACHINE .. "/versions", args = {},
    gives = "{version:string, user_config:fly.config}[]",
    link = SPEC .. "get" .. SPEC_MACHINE .. "versions",
    doc = "The versions a machine has had, newest first, each with its " ..
      "configuration." },
  { "machines.events", "GET", MACHINE .. "/events",
    args = { "limit?: integer  how many, default 20" },
    gives = "fly.event[]",
    link = SPEC .. "get" .. SPEC_MACHINE .. "events",
    doc = "What happened to a machine, newest first." },
}

local power = {
  { "machines.start", "POST", MACHINE .. "/start", headers = NONCE,
    idempotent = true, args = { NONCE_ARG },
    gives = "{previous_state:string}",
    hints = { [409] = LEASED, [412] = WRONG_STATE },
    link = DOCS .. "start-a-machine",
    doc = "Starts a stopped, suspended or just created machine." },
  { "machines.stop", "POST", MACHINE .. "/stop", headers = NONCE,
    before = "machines.get",
    idempotent = true,
    args = {
      "signal?: string  default SIGINT",
      "timeout?: string  then it is killed: \"10s\"",
      NONCE_ARG,
    },
    gives = OK, hints = { [409] = LEASED, [412] = WRONG_STATE },
    link = DOCS .. "stop-a-machine", doc = "Stops a machine." },
  { "machines.restart", "POST", MACHINE .. "/restart",
    headers = NONCE, notes = { "after" }, query = { "timeout", "signal" },
    probe = probe_restart,
    args = {
      "after?: string  id of its newest event, not sent: tells a resumed " ..
        "run whether the restart happened",
      "timeout?: string  then it is killed: \"10s\"",
      "signal?: string  default SIGINT",
      NONCE_ARG,
    },
    gives = OK, hints = { [409] = LEASED },
    link = SPEC .. "post" .. SPEC_MACHINE .. "restart",
    doc = "Restarts a machine; after is the id of its newest event, by " ..
      "which a resumed run knows whether it happened." },
  { "machines.suspend", "POST", MACHINE .. "/suspend", headers = NONCE,
    before = "machines.get",
    idempotent = true, args = { NONCE_ARG }, gives = OK,
    hints = { [409] = LEASED, [412] = WRONG_STATE },
    link = DOCS .. "suspend-a-machine",
    doc = "Suspends a machine; its memory is kept for the next start." },
  { "machines.signal", "POST", MACHINE .. "/signal", headers = NONCE,
    args = { "signal: string  as SIGHUP", NONCE_ARG }, gives = OK,
    hints = { [409] = LEASED },
    doubt = "`fly logs` shows whether the process got the signal",
    link = SPEC .. "post" .. SPEC_MACHINE .. "signal",
    doc = "Sends a signal to the main process." },
  { "machines.cordon", "POST", MACHINE .. "/cordon", headers = NONCE,
    idempotent = true, args = { NONCE_ARG }, gives = OK,
    hints = { [409] = LEASED },
    link = DOCS .. "route-requests-away-from-or-back-to-a-machine",
    doc = "Takes a machine out of the traffic." },
  { "machines.uncordon", "POST", MACHINE .. "/uncordon", headers = NONCE,
    idempotent = true, args = { NONCE_ARG }, gives = OK,
    hints = { [409] = LEASED },
    link = DOCS .. "route-requests-away-from-or-back-to-a-machine",
    doc = "Puts a machine back into the traffic." },
}

local inside = {
  { "machines.exec", "POST", MACHINE .. "/exec", timeout_s = 75,
    args = {
      "command: string[]  program and arguments; no shell",
      "stdin?: string  what it reads",
      "timeout?: integer  s",
      "container?: string  where there are several",
    },
    gives = "fly.output",
    hints = { [412] = "only a started machine can run a command" },
    doubt = "what the command changes, or `fly logs`, shows whether it ran",
    link = SPEC .. "post" .. SPEC_MACHINE .. "exec",
    doc = "Runs a command inside a machine; fly.exec is the shorter way." },
  { "machines.ps", "GET", MACHINE .. "/ps",
    args = {
      "sort_by?: string  cpu, rss, pid, command",
      "order?: string  asc or desc",
    },
    gives = "{pid:integer, command:string, rss:integer}[]",
    link = SPEC .. "get" .. SPEC_MACHINE .. "ps",
    doc = "The processes inside a machine." },
  { "machines.memory", "GET", MACHINE .. "/memory", args = {},
    gives = "{limit_mb:integer, available_mb:integer}",
    link = SPEC .. "get" .. SPEC_MACHINE .. "memory",
    doc = "Memory limit of a running machine and what is available." },
  { "machines.set_memory_limit", "PUT", MACHINE .. "/memory",
    before = "machines.memory",
    args = { "limit_mb: integer  MiB, at most those of the guest" },
    gives = "{limit_mb:integer, available_mb:integer}",
    link = SPEC .. "put" .. SPEC_MACHINE .. "memory",
    doc = "Limits the memory of a running machine until its next boot; to " ..
      "scale it, see fly.scale_memory." },
  { "machines.reclaim_memory", "POST", MACHINE .. "/memory/reclaim",
    idempotent = true,
    args = { "amount_mb: integer  MiB" }, gives = "{actual_mb:integer}",
    link = SPEC .. "post" .. SPEC_MACHINE .. "memory/reclaim",
    doc = "Takes memory that is not in use back from a running machine." },
}

local leases = {
  { "machines.lease", "POST", LEASE, ok = { 201, 200 },
    headers = NONCE, probe = probe_lease, hints = { [409] = LEASED },
    args = {
      "ttl?: integer  s, default 13",
      "description?: string  who holds it and why",
      "nonce?: string  of the lease to refresh",
    },
    gives = "{data:fly.lease}",
    link = DOCS .. "create-a-machine-lease",
    doc = "Takes the lease for ttl seconds; description tells who. " ..
      "data.nonce opens it." },
  { "machines.lease_get", "GET", LEASE, args = {},
    gives = "{data:fly.lease}",
    link = DOCS .. "get-a-machine-lease",
    doc = "The lease on a machine; 404 when there is none." },
  { "machines.release_lease", "DELETE", LEASE,
    headers = NONCE, accept_gone = true,
    args = { "nonce: string  of the lease" }, gives = "table",
    link = DOCS .. "release-a-machine-lease",
    doc = "Gives the lease with that nonce back." },
}

local METADATA_ARGS = {
  "metadata: table<string,string>  the keys to set; \"\" removes one",
  "machine_version?: string  instance_id it must have, else 412",
  "updated_at?: string  RFC 3339, when it was changed",
}
local MOVED = { [412] = "the machine has another version by now: read it " ..
  "again" }

local metadata = {
  { "machines.metadata", "GET", METADATA, args = {},
    gives = "table<string,string>", link = DOCS .. "get-a-machines-metadata",
    doc = "All metadata of a machine." },
  { "machines.put_metadata", "PUT", METADATA, ok = { 204 },
    before = "machines.metadata",
    args = METADATA_ARGS, hints = MOVED,
    link = SPEC .. "put/apps/{app_name}/machines/{machine_id}/metadata",
    doc = "Sets and removes some metadata of a machine; it goes on " ..
      "running. The same as machines.update_metadata." },
  { "machines.update_metadata", "PATCH", METADATA, ok = { 204 },
    idempotent = true, before = "machines.metadata", args = METADATA_ARGS,
    hints = MOVED,
    link = SPEC .. "patch/apps/{app_name}/machines/{machine_id}/metadata",
    doc = "Sets and removes some metadata of a machine; it goes on " ..
      "running." },
  { "machines.metadata_value", "GET", METADATA .. "/{key}", args = {},
    gives = "{value:string}",
    link = SPEC .. "get" .. SPEC_MACHINE .. "metadata/{key}",
    doc = "One value of a machine's metadata." },
  { "machines.set_metadata", "POST", METADATA .. "/{key}", ok = { 204 },
    probe = probe_set_metadata, before = "machines.metadata",
    args = {
      "value: string  what it is from now on",
      "updated_at?: string  RFC 3339, when it was changed",
    },
    link = DOCS .. "add-or-update-machine-metadata",
    doc = "Sets one value of a machine's metadata." },
  { "machines.delete_metadata", "DELETE", METADATA .. "/{key}",
    ok = { 204 }, accept_gone = true, before = "machines.metadata", args = {},
    link = DOCS .. "delete-machine-metadata",
    doc = "Removes one value of a machine's metadata." },
}

return { machines, power, inside, leases, metadata }
