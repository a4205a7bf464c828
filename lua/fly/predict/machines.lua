-- What changes of machines do, as reads would show it afterwards: power,
-- leases, metadata, and what the app's own pages tell. A machine that is booted
-- is taken to get healthy: a run that finds otherwise stops.

local copy = require "provider/copy"

local MACHINE = { one = "machines.get", all = "machines.list", key = "id",
  arg = "machine", last = true,
  shown = { "name", "region", "state", "config" },
  below = { "machines.lease_get", "machines.versions", "machines.metadata",
    "machines.metadata_value", "machines.wait", "machines.events" } }
local GONE = { one = MACHINE.one, all = MACHINE.all, key = "id",
  arg = "machine" }

local DOWN = { stopped = true, suspended = true, created = true, failed = true }

local function named(p)
  p.object = ("machine %s of %s"):format(p.args.machine, p.args.app)
end

-- --- machines ----------------------------------------------------------------

-- A lease of somebody else refuses every change.
local function check_lease(p)
  local lease = p:get("machines.lease_get",
    { app = p.args.app, machine = p.args.machine })
  local held = lease and lease.data or nil
  if held and held.nonce ~= p.args.nonce and held.expires_at > p.now then
    p:refuse(409, "machine is leased by someone else")
  end
  return held
end

local function machine_of(p)
  local machine = p:get("machines.get",
    { app = p.args.app, machine = p.args.machine })
  if not machine then p:refuse(404, "machine not found") end
  return machine
end

local function passing(machine, at)
  for _, one in ipairs(machine.checks or {}) do
    if one.status ~= "passing" then one.updated_at = at end
    one.status, one.output = "passing", nil
  end
end

-- Checks that the new configuration has, as the service lists them.
local function checks_of(config, old, at)
  local known, list = {}, json.array {}
  for _, one in ipairs(old or {}) do known[one.name] = one end
  for name in pairs(config.checks or {}) do
    list[#list + 1] = known[name] or { name = name, updated_at = at }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function event_of(p, kind, status)
  return { id = p.event, type = kind, status = status, source = "user",
    timestamp = p.now * 1000 }
end

local function happens(p, machine, kind, status)
  machine.updated_at = p:iso()
  if type(machine.events) ~= "table" then return end
  table.insert(machine.events, 1, event_of(p, kind, status))
end

-- What machines.wait answers once the machine is in a state for good.
local function waits(p, version, state)
  p:patch("machines.wait", {}, function(_, args)
    local asked = args.version or args.instance_id
    if asked and version and asked ~= version then return nil end
    local wanted = args.state or "started"
    for _, one in ipairs(type(wanted) == "table" and wanted or { wanted }) do
      if one == state or one == "settled" then
        return { ok = true, state = state, version = asked or version }
      end
    end
    return p:respond(408, { error = "deadline_exceeded: machine is " .. state })
  end, true)
end

local function edit_machine(p, kind, status, fn)
  named(p)
  check_lease(p)
  local machine = machine_of(p)
  p.event = p:hole()
  p:patch("machines.events", {}, function(list)
    if list then table.insert(list, 1, event_of(p, kind, status)) end
    return list
  end)
  local after = p:edit(MACHINE, p.args.machine, function(one)
    if not one then return nil end
    happens(p, one, kind, status)
    fn(one)
    return one
  end)
  return machine, after
end

local function to_state(p, kind, state)
  local before, after = edit_machine(p, kind, state, function(one)
    one.state = state
    if state == "started" then passing(one, p:iso()) end
  end)
  waits(p, after.instance_id, state)
  return before
end

-- --- the app's own pages -------------------------------------------------------

local function hosts_of(app)
  local hosts = { [app .. ".fly.dev"] = true }
  local function add(settings)
    if type(settings) ~= "table" then return end
    if settings.app == app and type(settings.url) == "string" then
      hosts[settings.url:match("^https?://([^/:?#]+)") or ""] = true
    end
    for _, more in pairs(settings) do add(more) end
  end
  add(env and env.fly)
  return hosts
end

local function tag_of(image)
  return image:match(":([^:/]+)$")
end

-- Every text in a value that is one of these.
local function replaced(value, by)
  if type(value) == "string" then return by[value] or value end
  if type(value) ~= "table" then return value end
  local out = copy(value)
  for key, item in pairs(out) do out[key] = replaced(item, by) end
  return out
end

-- A page that tells which image runs tells of the new one.
local function site_tells(p, from, to)
  if from == to or not tag_of(from) or not tag_of(to) then return end
  local by = { [from] = to, [tag_of(from)] = tag_of(to) }
  for host in pairs(hosts_of(p.args.app)) do
    p:site(host, function(response)
      local out = copy(response)
      local ok, body = pcall(json.decode, response.body)
      if ok and type(body) == "table" then
        out.body = json.encode(replaced(body, by))
      elseif type(response.body) == "string" then
        out.body = by[response.body] or response.body
      end
      return out
    end)
  end
end

-- --- configurations --------------------------------------------------------------

local function image_ref(p, config)
  local registry, repository, tag = config.image:match("^([^/]+)/(.+):([^:]+)$")
  return {
    registry = registry or "docker-hub-mirror.fly.io",
    repository = repository or config.image, tag = tag or "latest",
    digest = p.digest,
  }
end

local function take_config(p, machine, version)
  local config = copy(p.args.config)
  local same = machine.config and machine.config.image == config.image
  machine.config, machine.instance_id = config, version
  if not same or not machine.image_ref then
    machine.image_ref = image_ref(p, config)
  end
  machine.checks = checks_of(config, machine.checks, p:iso())
end

local function add_version(p, version)
  p:patch("machines.versions", {}, function(list)
    list = list or json.array {}
    table.insert(list, 1,
      { version = version, user_config = copy(p.args.config) })
    return list
  end)
end

local function metadata_reads(p, config)
  local metadata = config.metadata or {}
  p:patch("machines.metadata", {}, function() return copy(metadata) end, true)
  p:patch("machines.metadata_value", {}, function(_, args)
    local value = metadata[args.key]
    return value and { value = value } or nil
  end, true)
end

local function update(p)
  local before = machine_of(p)
  local wanted = p.args.current_version
  if wanted and wanted ~= before.instance_id then
    check_lease(p)
    p:refuse(409, "version conflict: machine is at " .. before.instance_id)
  end
  local version = p:hole()
  p.digest = p:hole()
  local state = p.args.skip_launch and "stopped" or "started"
  local _, after = edit_machine(p, "update", "replacing", function(one)
    take_config(p, one, version)
    one.state = state
    if state == "started" then passing(one, p:iso()) end
  end)
  waits(p, version, state)
  add_version(p, version)
  metadata_reads(p, after.config)
  if state == "started" then
    site_tells(p, before.config.image, p.args.config.image)
  end
  after.state = "replacing"
  return after
end

local function create(p)
  local args = p.args
  for _, one in ipairs(p:get("machines.list", { app = args.app }) or {}) do
    if args.name and one.name == args.name then
      p:refuse(409, "already_exists: unique machine name violation, machine " ..
        "ID " .. one.id .. " already exists with name " .. one.name)
    end
  end
  local id, version = p:hole(), p:hole()
  p.digest, p.event = p:hole(), p:hole()
  local machine = {
    id = id, name = args.name or p:hole(), region = args.region or p:hole(),
    state = args.skip_launch and "created" or "started",
    private_ip = p:hole(), created_at = p:iso(), host_status = "ok",
    events = json.array {},
  }
  take_config(p, machine, version)
  happens(p, machine, "launch", "created")
  if machine.state == "started" then passing(machine, p:iso()) end
  p.object = ("machine %s of %s"):format(args.name or "(new)", args.app)
  p:show(MACHINE, nil, machine)
  p:set(MACHINE, id, function() return copy(machine) end)
  p:patch("machines.wait", { machine = id }, function(_, asked)
    return { ok = true, state = machine.state,
      version = asked.version or version }
  end, true)
  p:patch("machines.lease_get", { machine = id }, function() return nil end,
    true)
  p:patch("machines.versions", { machine = id }, function()
    return json.array { { version = version, user_config = copy(args.config) } }
  end, true)
  local metadata = args.config.metadata or {}
  p:patch("machines.metadata", { machine = id }, function()
    return copy(metadata)
  end, true)
  p:patch("apps.get", {}, function(app)
    if app then app.machine_count = app.machine_count + 1 end
    return app
  end)
  local answer = copy(machine)
  answer.state = "created"
  if args.lease_ttl then answer.nonce = p:hole() end
  return answer
end

local function delete(p)
  named(p)
  check_lease(p)
  local machine = machine_of(p)
  if not DOWN[machine.state] and p.args.force ~= true
    and p.args.force ~= "true" then
    p:refuse(412, "failed_precondition: unable to destroy machine, not " ..
      "currently stopped, suspended, failed or created")
  end
  p:show(MACHINE, machine, nil)
  p:set(GONE, p.args.machine, function() return nil end)
  waits(p, nil, "destroyed")
  return { ok = true }
end

local function power(kind, state, answer)
  return function(p)
    local before = to_state(p, kind, state)
    return answer(before)
  end
end

local function fine()
  return { ok = true }
end

local function unseen(p)
  named(p)
  check_lease(p)
  machine_of(p)
  return { ok = true }
end

-- --- leases ------------------------------------------------------------------------

local function lease(p)
  named(p)
  local held, args = check_lease(p), p.args
  local nonce = held and held.nonce or p:hole()
  local version = machine_of(p).instance_id
  local data = {
    nonce = nonce, description = args.description or "", owner = p:hole(),
    expires_at = p.now + (args.ttl or 13), version = version,
  }
  p.before = held and { lease = held.description } or nil
  p.after = { lease = data.description, ttl = args.ttl or 13 }
  p:patch("machines.lease_get", {}, function()
    return { status = "success", data = copy(data) }
  end, true)
  return { status = "success", data = data }
end

local function release_lease(p)
  named(p)
  local held = check_lease(p)
  if not held then p:refuse(404, "lease not found") end
  p.before = { lease = held.description }
  p:patch("machines.lease_get", {}, function() return nil end, true)
  return { status = "success", data = { ok = true } }
end

-- --- metadata ------------------------------------------------------------------------

local function edit_metadata(p, values)
  named(p)
  local before = machine_of(p)
  p:set(MACHINE, p.args.machine, function(one)
    if not one then return nil end
    one.config.metadata = one.config.metadata or {}
    for key, value in pairs(values) do
      if value == json.null or value == "" then value = nil end
      one.config.metadata[key] = value
    end
    return one
  end)
  local after = copy(before)
  after.config.metadata = after.config.metadata or {}
  for key, value in pairs(values) do
    if value == json.null or value == "" then value = nil end
    after.config.metadata[key] = value
  end
  p:show(MACHINE, before, after)
  metadata_reads(p, after.config)
  return nil
end

local function update_metadata(p)
  local wanted = p.args.machine_version
  if wanted and wanted ~= machine_of(p).instance_id then
    p:refuse(412, "machine version does not match")
  end
  return edit_metadata(p, p.args.metadata)
end

local function delete_metadata(p)
  local metadata = machine_of(p).config.metadata or {}
  if metadata[p.args.key] == nil then
    p:refuse(404, "metadata key not found")
  end
  return edit_metadata(p, { [p.args.key] = json.null })
end

return {
  ["machines.create"] = create,
  ["machines.update"] = update,
  ["machines.delete"] = delete,
  ["machines.start"] = power("start", "started", function(before)
    return { previous_state = before.state, migrated = false, new_host = "" }
  end),
  ["machines.stop"] = power("stop", "stopped", fine),
  ["machines.suspend"] = power("suspend", "suspended", fine),
  ["machines.restart"] = power("restart", "started", fine),
  ["machines.cordon"] = unseen,
  ["machines.uncordon"] = unseen,
  ["machines.signal"] = unseen,
  ["machines.lease"] = lease,
  ["machines.release_lease"] = release_lease,
  ["machines.put_metadata"] = update_metadata,
  ["machines.update_metadata"] = update_metadata,
  ["machines.set_metadata"] = function(p)
    return edit_metadata(p, { [p.args.key] = p.args.value })
  end,
  ["machines.delete_metadata"] = delete_metadata,
}
