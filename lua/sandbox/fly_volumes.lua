-- Simulated Fly.io volumes and their snapshots.

local rest = require "sandbox/rest"
local common = require "sandbox/fly_common"
local problem = common.problem

local volumes = {}

local BLOCK, BLOCKS_A_GB = 4096, 262144
local SNAPSHOT_MS = 15000
local MOST_GB = 500

--- What the API tells of a volume.
function volumes.view(volume)
  local blocks = volume.size_gb * BLOCKS_A_GB
  return {
    id = volume.id, name = volume.name, region = volume.region,
    state = volume.state or "created", size_gb = volume.size_gb,
    zone = rest.digest(volume.region .. volume.id):sub(1, 4),
    encrypted = volume.encrypted ~= false, fstype = volume.fstype or "ext4",
    attached_machine_id = volume.attached_machine_id,
    snapshot_retention = volume.snapshot_retention or 5,
    auto_backup_enabled = volume.auto_backup_enabled ~= false,
    block_size = BLOCK, blocks = blocks,
    blocks_free = blocks // 2, blocks_avail = blocks // 2,
    bytes_total = blocks * BLOCK, bytes_used = blocks // 2 * BLOCK,
    created_at = volume.created_at, host_status = "ok", type = "local",
  }
end
local view = volumes.view

local function with_volume(fn)
  return common.with_app(function(request, app)
    local volume, i = common.find(app.volumes, "id", request.params.volume)
    if not volume then return problem(404, "volume not found") end
    return fn(request, volume, app, i)
  end)
end

local function list(_, app)
  local all = json.array {}
  for i, volume in ipairs(app.volumes) do all[i] = view(volume) end
  return 200, all
end

local function snapshot_of(app, id)
  for _, volume in ipairs(app.volumes) do
    local one = common.find(volume.snapshots or {}, "id", id)
    if one then return one end
  end
  return nil
end

local function create_problem(request, app, body)
  if type(body.name) ~= "string" or not body.name:find("^[a-z0-9_]+$")
    or #body.name > 30 then
    return problem(400, "volume name must be 30 characters of a-z, 0-9, _")
  end
  local size = body.size_gb or 3
  if math.type(size) ~= "integer" or size < 1 or size > MOST_GB then
    return problem(400, "size_gb must be between 1 and " .. MOST_GB)
  end
  if body.region and not common.region_known(body.region) then
    return problem(400, "region " .. body.region .. " not found")
  end
  if body.snapshot_id and not snapshot_of(app, body.snapshot_id) then
    return problem(404, "snapshot not found")
  end
  if body.source_volume_id
    and not common.find(app.volumes, "id", body.source_volume_id) then
    return problem(404, "source volume not found")
  end
  if common.is_full(request.world, body.region or "fra") then
    return problem(422, "could not reserve resources in " ..
      (body.region or "fra"), common.CAPACITY)
  end
  return nil
end

local function create(request, app)
  local body = common.body(request)
  local status, value = create_problem(request, app, body)
  if status then return status, value end
  local n = rest.serial(request.world, "volume")
  local volume = {
    id = ("vol_9vw681egy1%06x"):format(n), name = body.name,
    region = body.region or "fra", size_gb = body.size_gb or 3,
    encrypted = body.encrypted, fstype = body.fstype,
    snapshot_retention = body.snapshot_retention,
    auto_backup_enabled = body.auto_backup_enabled,
    created_at = rest.iso(request.now_ms), snapshots = json.array {},
  }
  table.insert(app.volumes, volume)
  rest.touch(request)
  return 200, view(volume)
end

local function get(_, volume)
  return 200, view(volume)
end

local function update(request, volume)
  local body = common.body(request)
  local days = body.snapshot_retention
  if days and (math.type(days) ~= "integer" or days < 1 or days > 60) then
    return problem(400, "snapshot_retention must be between 1 and 60")
  end
  volume.snapshot_retention = days or volume.snapshot_retention
  if body.auto_backup_enabled ~= nil then
    volume.auto_backup_enabled = body.auto_backup_enabled
  end
  rest.touch(request)
  return 200, view(volume)
end

local function delete(request, volume, app, i)
  if volume.attached_machine_id then
    return common.wrong_state("volume is currently bound to machine: " ..
      volume.attached_machine_id)
  end
  table.remove(app.volumes, i)
  volume.state = "pending_destroy"
  rest.touch(request)
  return 200, view(volume)
end

local function extend(request, volume)
  local size = math.tointeger(common.body(request).size_gb)
  if not size or size > MOST_GB then
    return problem(400, "size_gb must be between 1 and " .. MOST_GB)
  end
  if size < volume.size_gb then
    return problem(400, "volume size can only be extended, it is " ..
      volume.size_gb .. " GB")
  end
  volume.size_gb = size
  rest.touch(request)
  return 200, {
    needs_restart = volume.attached_machine_id ~= nil, volume = view(volume),
  }
end

local function snapshot_view(one, now_ms)
  local made = now_ms >= one.at + SNAPSHOT_MS
  return {
    id = one.id, status = made and "created" or "creating",
    size = made and one.size or 0, digest = rest.digest(one.id):rep(4),
    created_at = rest.iso(one.at), retention_days = one.days,
    volume_size = one.volume_size,
  }
end

local function list_snapshots(request, volume)
  local all = json.array {}
  local snapshots = volume.snapshots or {}
  for i = #snapshots, 1, -1 do
    all[#all + 1] = snapshot_view(snapshots[i], request.now_ms)
  end
  return 200, all
end

local function create_snapshot(request, volume)
  local n = rest.serial(request.world, "snapshot")
  volume.snapshots = volume.snapshots or json.array {}
  local bytes = volume.size_gb * BLOCKS_A_GB * BLOCK
  table.insert(volume.snapshots, {
    id = ("vs_%014x"):format(0x9ab8e3 + n), at = request.now_ms,
    days = volume.snapshot_retention or 5, size = bytes // 2,
    volume_size = bytes,
  })
  rest.touch(request)
  return 200, nil
end

local V = "/v1/apps/{app}/volumes"
local ONE = V .. "/{volume}"

volumes.routes = {
  { "GET", V, "fly.volumes.list", common.with_app(list) },
  { "POST", V, "fly.volumes.create", common.with_app(create) },
  { "GET", ONE, "fly.volumes.get", with_volume(get) },
  { "PUT", ONE, "fly.volumes.update", with_volume(update) },
  { "DELETE", ONE, "fly.volumes.delete", with_volume(delete) },
  { "PUT", ONE .. "/extend", "fly.volumes.extend", with_volume(extend) },
  { "GET", ONE .. "/snapshots", "fly.volumes.snapshots",
    with_volume(list_snapshots) },
  { "POST", ONE .. "/snapshots", "fly.volumes.snapshot",
    with_volume(create_snapshot) },
}

return volumes
