-- What changes of Fly.io do, as its reads would show it afterwards: releases,
-- secrets, apps, addresses, volumes; machines in a file of their own.

local copy = require "provider/copy"

local VOLUME = { one = "volumes.get", all = "volumes.list", key = "id",
  arg = "volume", last = true, below = { "volumes.snapshots" } }
local function secret_kind(app)
  return { one = "secrets.get", all = "secrets.list", key = "name",
    last = true, scope = { app = app } }
end

-- --- releases ------------------------------------------------------------------------

local made = {} -- releases of this plan, by id

-- fn changes the list of an app's releases, newest first.
local function release_list(p, app, fn)
  p:patch("releases.list", { app = app }, function(data, args)
    if data and data.app then
      local nodes = data.app.releases.nodes
      fn(nodes)
      while #nodes > (args.limit or 25) do table.remove(nodes) end
    end
    return data
  end)
end

local function create_release(p)
  local input = p.args.input
  local one = { id = p:hole(), version = p:number(), status = "pending",
    imageRef = input.image, stable = false, createdAt = p:iso() }
  made[one.id] = { app = input.appId, release = one }
  p.object = "release of " .. tostring(input.appId)
  p.after = { image = input.image, strategy = input.strategy,
    status = "pending" }
  release_list(p, input.appId, function(nodes)
    table.insert(nodes, 1, copy(one))
  end)
  p:patch("releases.definition", { app = input.appId }, function(data)
    if data and data.app then
      data.app.config = { definition = copy(input.definition) }
    end
    return data
  end)
  return { createRelease = { release = { id = one.id,
    version = one.version } } }
end

local function update_release(p)
  local input = p.args.input
  local known = made[input.releaseId]
  local function told(one)
    one.status, one.stable = input.status, input.status == "complete"
    return one
  end
  p.object = "release " .. tostring(input.releaseId)
  p.after = { status = input.status }
  release_list(p, known and known.app, function(nodes)
    for _, one in ipairs(nodes) do
      if one.id == input.releaseId and input.status then told(one) end
    end
  end)
  if known and input.status == "complete" then
    p:patch("releases.current", { app = known.app }, function(data)
      if data and data.app then
        data.app.currentRelease = told(copy(known.release))
      end
      return data
    end)
  end
  return { updateRelease = { release = {
    id = input.releaseId, status = input.status,
    version = known and known.release.version or p:number(),
  } } }
end

-- --- secrets -------------------------------------------------------------------------

-- Both APIs show it. Values are only known by their digests: that of a new one
-- is a hole; nil: it is gone.
local function put_secret(p, app, name, digest)
  p:set(secret_kind(app), name, function(one)
    if not digest then return nil end
    return {
      name = name, digest = digest, updated_at = p:iso(),
      created_at = one and one.created_at or p:iso(),
    }
  end)
  p:patch("app_secrets.list", { app = app }, function(data)
    if not (data and data.app) then return data end
    local list, old = json.array {}, nil
    for _, one in ipairs(data.app.secrets) do
      if one.name == name then old = one else list[#list + 1] = one end
    end
    if digest then
      list[#list + 1] = { name = name, digest = digest,
        createdAt = old and old.createdAt or p:iso() }
    end
    table.sort(list, function(a, b) return a.name < b.name end)
    data.app.secrets = list
    return data
  end)
end

local function secret_names(p)
  local known = {}
  for _, one in ipairs(p:get("secrets.list", { app = p.args.app }) or {}) do
    known[one.name] = one
  end
  return known
end

local function names_of(known)
  local list = {}
  for name in pairs(known) do list[#list + 1] = name end
  return json.array(list)
end

local function set_secrets(p)
  p.object = "secrets of " .. p.args.app
  local known = secret_names(p)
  p.before = { names = names_of(known) }
  for name, value in pairs(p.args.values) do
    if value == json.null then
      known[name] = nil
      put_secret(p, p.args.app, name, nil)
    else
      local digest = p:hole()
      known[name] = { name = name, digest = digest, updated_at = p:iso(),
        created_at = known[name] and known[name].created_at or p:iso() }
      put_secret(p, p.args.app, name, digest)
    end
  end
  p.after = { names = names_of(known), set = names_of(p.args.values) }
  local version, list = p:number(), json.array {}
  for _, one in pairs(known) do list[#list + 1] = one end
  return { version = version, Version = version, secrets = list }
end

local function set_secret(p)
  local name = p.args.name
  p.object = ("secret %s of %s"):format(name, p.args.app)
  local known, digest, version =
    secret_names(p)[name], p:hole(), p:number()
  p.before = known and { name = name, digest = known.digest } or nil
  p.after = { name = name, digest = digest }
  put_secret(p, p.args.app, name, digest)
  return { name = name, digest = digest, updated_at = p:iso(),
    created_at = known and known.created_at or p:iso(),
    version = version, Version = version }
end

local function unset_secret(p)
  local name = p.args.name
  p.object = ("secret %s of %s"):format(name, p.args.app)
  if not secret_names(p)[name] then p:refuse(404, "secret not found") end
  p.before = { name = name }
  put_secret(p, p.args.app, name, nil)
  local version = p:number()
  return { version = version, Version = version }
end

-- The older way: it notes a release of the image that runs.
local function with_release(p, app, mutation, names)
  local current = p:get("releases.current", { app = app })
  local image = current and current ~= json.null and current.imageRef
    or json.null
  local one = { id = p:hole(), version = p:number(), status = "complete",
    imageRef = image, stable = true, createdAt = p:iso() }
  p.object, p.after = "secrets of " .. app, { set = names }
  release_list(p, app, function(nodes) table.insert(nodes, 1, copy(one)) end)
  p:patch("releases.current", { app = app }, function(data)
    if data and data.app then data.app.currentRelease = copy(one) end
    return data
  end)
  return { [mutation] = { release = { id = one.id, version = one.version } } }
end

local function set_app_secrets(p)
  local input, names = p.args.input, json.array {}
  if input.replaceAll == true then
    p:stop("not predicted: which secrets are left when all are replaced")
  end
  for i, one in ipairs(input.secrets) do
    names[i] = one.key
    put_secret(p, input.appId, one.key, p:hole())
  end
  return with_release(p, input.appId, "setSecrets", names)
end

local function unset_app_secrets(p)
  local input = p.args.input
  for _, name in ipairs(input.keys) do
    put_secret(p, input.appId, name, nil)
  end
  local answer = with_release(p, input.appId, "unsetSecrets", nil)
  p.before = { names = input.keys }
  return answer
end

-- --- apps, addresses, certificates, volumes ----------------------------------------------

local function create_app(p)
  local args = p.args
  if p:get("apps.get", { app = args.name }) then
    p:refuse(422, "Validation failed: Name has already been taken")
  end
  local id = p:hole()
  p.object, p.after = "app " .. args.name, { name = args.name,
    organization = args.org_slug }
  p:patch("apps.get", { app = args.name }, function()
    return { id = id, name = args.name, status = "pending", machine_count = 0,
      volume_count = 0, network = args.network or "default",
      organization = { name = p:hole(), slug = args.org_slug } }
  end)
  for _, name in ipairs { "machines.list", "volumes.list", "secrets.list",
    "ips.list", "certificates.list" } do
    p:patch(name, { app = args.name }, function(list)
      return list or json.array {}
    end, true)
  end
  return { id = id, created_at = p.now * 1000 }
end

local function delete_app(p)
  local app = p:get("apps.get", { app = p.args.app })
  if not app then p:refuse(404, "app not found") end
  for _, one in ipairs(p:get("machines.list", { app = p.args.app }) or {}) do
    if one.state == "started" then
      p:refuse(412, "failed_precondition: machine " .. one.id ..
        " of the app is not stopped")
    end
  end
  p.object, p.before = "app " .. p.args.app, app
  for _, name in ipairs { "apps.get", "machines.list", "volumes.list",
    "secrets.list", "ips.list", "certificates.list" } do
    p:patch(name, { app = p.args.app }, function() return nil end, true)
  end
  return p:empty(202)
end

local function assign_ip(p)
  local ip = { ip = p:hole(), region = p.args.region or "global",
    shared = p.args.type == "shared_v4",
    service_name = p.args.service_name or "", created_at = p:iso() }
  p.object, p.after = "addresses of " .. p.args.app, { ip = p.args.type }
  p:patch("ips.list", {}, function(list)
    table.insert(list, copy(ip))
    return list
  end)
  return ip
end

local function release_ip(p)
  p.object, p.before = "address of " .. p.args.app, { ip = p.args.ip }
  p:patch("ips.list", {}, function(list)
    local left = json.array {}
    for _, one in ipairs(list or {}) do
      if one.ip ~= p.args.ip then left[#left + 1] = one end
    end
    return left
  end)
  return nil
end

local function create_volume(p)
  local args = p.args
  local one = {
    id = p:hole(), name = args.name, region = args.region,
    size_gb = args.size_gb or 3, state = "created",
    encrypted = args.encrypted ~= false, fstype = args.fstype or "ext4",
    snapshot_retention = args.snapshot_retention or 5,
    auto_backup_enabled = args.auto_backup_enabled ~= false,
    created_at = p:iso(),
  }
  p.object = ("volume %s of %s"):format(args.name, args.app)
  p.after = one
  p:set(VOLUME, one.id, function() return copy(one) end)
  p:patch("volumes.snapshots", { volume = one.id }, function()
    return json.array {}
  end, true)
  return one
end

local function edit_volume(members)
  return function(p)
    p.object = ("volume %s of %s"):format(p.args.volume, p.args.app)
    local after = p:edit(VOLUME, p.args.volume, function(one)
      for _, name in ipairs(one and members or {}) do
        if p.args[name] ~= nil then one[name] = p.args[name] end
      end
      return one
    end)
    if not after then p:refuse(404, "volume not found") end
    return after
  end
end

local function extend_volume(p)
  p.object = ("volume %s of %s"):format(p.args.volume, p.args.app)
  local after = p:edit(VOLUME, p.args.volume, function(one)
    if one then one.size_gb = p.args.size_gb end
    return one
  end)
  if not after then p:refuse(404, "volume not found") end
  if p.before.size_gb > p.args.size_gb then
    p:refuse(400, "volume size can only be extended, it is " ..
      p.before.size_gb .. " GB")
  end
  return { needs_restart = after.attached_machine_id ~= nil, volume = after }
end

local function delete_volume(p)
  p.object = ("volume %s of %s"):format(p.args.volume, p.args.app)
  local before = p:get("volumes.get",
    { app = p.args.app, volume = p.args.volume })
  if not before then p:refuse(404, "volume not found") end
  if before.attached_machine_id then
    p:refuse(412, "failed_precondition: volume is currently bound to " ..
      "machine: " .. tostring(before.attached_machine_id))
  end
  p:set(VOLUME, p.args.volume, function() return nil end)
  p.before = before
  local answer = copy(before)
  answer.state = "pending_destroy"
  return answer
end

local all = {
  ["releases.create"] = create_release,
  ["releases.update"] = update_release,
  ["secrets.set"] = set_secrets,
  ["secrets.set_one"] = set_secret,
  ["secrets.unset"] = unset_secret,
  ["app_secrets.set"] = set_app_secrets,
  ["app_secrets.unset"] = unset_app_secrets,
  ["apps.create"] = create_app,
  ["apps.delete"] = delete_app,
  ["ips.assign"] = assign_ip,
  ["ips.release"] = release_ip,
  ["volumes.create"] = create_volume,
  ["volumes.update"] =
    edit_volume { "snapshot_retention", "auto_backup_enabled" },
  ["volumes.extend"] = extend_volume,
  ["volumes.delete"] = delete_volume,
}

for name, predict in pairs(require "fly/predict/machines") do
  all[name] = predict
end

return all
