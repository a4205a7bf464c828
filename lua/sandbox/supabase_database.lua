-- Simulated Supabase: SQL, backups and migrations of a project's database.

local rest = require "sandbox/rest"
local state = require "sandbox/supabase_state"

local problem = state.problem

local S = 1000

-- --- SQL ---------------------------------------------------------------------

-- Fixtures are found by the query's words: case, white space and a final
-- semicolon do not count.
local function normal(query)
  return (query:lower():gsub("%s+", " "):gsub("^ ", "")
    :gsub(" ?;? ?$", ""))
end

local READ_VERBS = {
  select = true, with = true, explain = true, show = true, table = true,
  values = true,
}

local TABLE = "supabase_migrations.schema_migrations"
local HISTORY = {
  ["select version from " .. TABLE .. " order by version"] = { "version" },
  ["select version, name from " .. TABLE .. " order by version"] =
    { "version", "name" },
}

local function by_version(a, b) return a.version < b.version end

local function history(request, columns)
  local migrations = state.project(request).migrations
  if not migrations then
    return problem(400, "Failed to run sql query: ERROR: 42P01: relation \"" ..
      TABLE .. "\" does not exist")
  end
  local rows = json.array {}
  for i, one in ipairs(migrations) do
    rows[i] = {}
    for _, column in ipairs(columns) do
      rows[i][column] = rest.or_null(one[column])
    end
  end
  table.sort(rows, by_version)
  return 201, rows
end

local function fixture_rows(request, words)
  for text, rows in pairs(state.project(request).sql) do
    if normal(text) == words then return rows end
  end
  return nil
end

local function read(request, words)
  if HISTORY[words] then return history(request, HISTORY[words]) end
  local rows = fixture_rows(request, words)
  if rows then return 201, rest.copy(rows) end
  return problem(400, "Failed to run sql query: the fixture has no rows " ..
    "for: " .. words)
end

local function remember(project, migration)
  project.migrations = project.migrations or json.array {}
  table.insert(project.migrations, migration)
  table.sort(project.migrations, by_version)
end

-- What a query changes is kept as its text; a row of the migrations' table is
-- the one that has a meaning here.
local function change(request, words, query)
  local project = state.project(request)
  local version, rest_of = words:match("insert into " ..
    TABLE:gsub("%p", "%%%0") .. ".-values ?%( ?'(%d+)'(.*)")
  if version then
    local name = rest_of:match("^ ?, ?'([^']*)'")
    remember(project, { version = version, name = name })
  end
  table.insert(project.statements, query)
  rest.touch(request)
  return 201, rest.copy(fixture_rows(request, words) or json.array {})
end

local function run_sql(request, read_only)
  local body = state.object(request)
  if type(body.query) ~= "string" or body.query == "" then
    return problem(400, "query: Required")
  end
  local asleep = state.asleep(request)
  if asleep then return problem(400, asleep) end
  local words = normal(body.query)
  local verb = words:match("^%a+") or ""
  if READ_VERBS[verb] then return read(request, words) end
  if read_only or body.read_only == true then
    return problem(400, "Failed to run sql query: ERROR: 25006: cannot " ..
      "execute " .. verb:upper() .. " in a read-only transaction")
  end
  return change(request, words, body.query)
end

local function query(request) return run_sql(request, false) end
local function read_only_query(request) return run_sql(request, true) end

local function set_password(request)
  local password = state.object(request).password
  if type(password) ~= "string" or #password < 4 then
    return problem(400,
      "password: String must contain at least 4 character(s)")
  end
  local project, digest = state.project(request), rest.digest(password)
  if project.password ~= digest then
    project.password = digest
    rest.touch(request)
  end
  return 200, { message = "Successfully updated password" }
end

local function typescript(request)
  local asleep = state.asleep(request)
  if asleep then return problem(400, asleep) end
  local schemas = rest.arg(request, "included_schemas") or "public"
  local lines = {}
  for schema in schemas:gmatch("[^,]+") do
    lines[#lines + 1] = "  " .. schema ..
      ": { Tables: { [_ in never]: never } }"
  end
  return 200, { types = "export type Database = {\n" ..
    table.concat(lines, "\n") .. "\n}\n" }
end

-- --- backups -----------------------------------------------------------------

local BACK = {
  { 0, "RESTORING" }, { 60, "COMING_UP" }, { 90, "ACTIVE_HEALTHY" },
}

local function list_backups(request)
  local project, physical = state.project(request), {}
  local list = rest.copy(project.backups)
  if #list > 0 then
    physical.earliest_physical_backup_date_unix =
      time.parse(list[1].inserted_at) // 1
    physical.latest_physical_backup_date_unix =
      time.parse(list[#list].inserted_at) // 1
  end
  return 200, {
    region = project.region, walg_enabled = true,
    pitr_enabled = project.pitr, backups = list,
    physical_backup_data = physical,
  }
end

local function schedule(request)
  return 200, {
    schedule_for = "03:00:00+00:00",
    updated_at = state.project(request).created_at,
  }
end

local function restore(request)
  local id, project = state.object(request).id, state.project(request)
  for _, backup in ipairs(project.backups) do
    if backup.id == id then
      state.move(request, project, BACK)
      return 201
    end
  end
  return problem(404, "Backup not found")
end

local function restore_pitr(request)
  local target = state.object(request).recovery_time_target_unix
  if math.type(target) ~= "integer" or target < 0 then
    return problem(400, "recovery_time_target_unix: Invalid input")
  end
  local project = state.project(request)
  if not project.pitr then
    return problem(400, "PITR is not enabled for this project.")
  end
  state.move(request, project, BACK)
  return 201
end

local POINT_S = 20

local function point_view(request, name, point)
  local done = request.now_ms >= point.done_ms
  return {
    name = name, status = done and "AVAILABLE" or "PENDING",
    completed_on = done and rest.iso(point.done_ms) or json.null,
  }
end

local function newest_point(points)
  local best
  for name, point in pairs(points) do
    if not best or point.done_ms > points[best].done_ms then best = name end
  end
  return best
end

local function get_point(request)
  local points = state.project(request).restore_points
  local name = rest.arg(request, "name") or newest_point(points)
  if not name or not points[name] then
    return problem(404, "Restore point not found")
  end
  return 200, point_view(request, name, points[name])
end

local function create_point(request)
  local name = state.object(request).name
  if type(name) ~= "string" or name == "" or #name > 20 then
    return problem(400, "name: String must contain at most 20 character(s)")
  end
  local points = state.project(request).restore_points
  if points[name] then
    return problem(400, "Restore point with this name already exists")
  end
  points[name] = { done_ms = request.now_ms + POINT_S * S }
  rest.touch(request)
  return 201, point_view(request, name, points[name])
end

local function undo(request)
  local project = state.project(request)
  local point = project.restore_points[state.object(request).name or ""]
  if not point then return problem(404, "Restore point not found") end
  if request.now_ms < point.done_ms then
    return problem(400, "Restore point is not available yet")
  end
  state.move(request, project, BACK)
  return 201
end

-- --- migrations --------------------------------------------------------------

-- A fixture says `"partner": false` for a token that may not.
local function partner(handler)
  return function(request)
    if request.world.supabase.partner == false then
      return problem(403, "Only available to selected partner OAuth apps")
    end
    local asleep = state.asleep(request)
    if asleep then return problem(400, asleep) end
    return handler(request, state.project(request))
  end
end

local function find(project, version)
  for i, one in ipairs(project.migrations or {}) do
    if one.version == version then return one, i end
  end
  return nil
end

local function list_migrations(_, project)
  local list = json.array {}
  for i, one in ipairs(project.migrations or {}) do
    list[i] = { version = one.version, name = one.name }
  end
  return 200, list
end

local function key_seen(project, key)
  for _, one in ipairs(project.migrations or {}) do
    if key and one.idempotency_key == key then return true end
  end
  return false
end

-- The version is the time, in digits, made later than every other one.
local function new_version(request, project)
  local digits = rest.iso(request.now_ms):gsub("%D", "")
  local version = math.tointeger(tonumber(digits))
  while find(project, tostring(version)) do version = version + 1 end
  return tostring(version)
end

local function add_migration(request, project)
  local want = state.object(request)
  if type(want.query) ~= "string" or want.query == "" then
    return problem(400, "query: Required")
  end
  local key = request.headers["idempotency-key"]
  if key_seen(project, key) then return 200 end
  remember(project, {
    version = new_version(request, project), name = want.name,
    statements = json.array { want.query }, idempotency_key = key,
    rollback = want.rollback and json.array { want.rollback } or nil,
    created_by = request.world.supabase.profile.email,
  })
  rest.touch(request)
  return 200
end

local function rollback(request, project)
  local from = rest.arg(request, "gte")
  if not from or not from:find("^%d+$") then
    return problem(400, "gte: Invalid")
  end
  local kept = json.array {}
  for _, one in ipairs(project.migrations or {}) do
    if one.version < from then kept[#kept + 1] = one end
  end
  if #kept < #(project.migrations or {}) then
    project.migrations = kept
    rest.touch(request)
  end
  return 200
end

local function get_migration(request, project)
  local one = find(project, request.params.version)
  if not one then return problem(404, "Migration not found") end
  return 200, rest.copy(one)
end

local function update_migration(request, project)
  local one = find(project, request.params.version)
  if not one then return problem(404, "Migration not found") end
  local want = state.object(request)
  one.name = want.name or one.name
  one.rollback = want.rollback and json.array { want.rollback }
    or one.rollback
  rest.touch(request)
  return 200
end

local D = "/v1/projects/{ref}/database"
local BACKUPS, MIGRATIONS = D .. "/backups", D .. "/migrations"

return {
  { "POST", D .. "/query", "supabase.sql.run", query },
  { "POST", D .. "/query/read-only", "supabase.sql.query", read_only_query },
  { "PATCH", D .. "/password", "supabase.database.set_password",
    set_password },
  { "GET", "/v1/projects/{ref}/types/typescript",
    "supabase.types.typescript", typescript },
  { "GET", BACKUPS, "supabase.backups.list", list_backups },
  { "GET", BACKUPS .. "/schedule", "supabase.backups.schedule", schedule },
  { "POST", BACKUPS .. "/restore", "supabase.backups.restore", restore },
  { "POST", BACKUPS .. "/restore-pitr", "supabase.backups.restore_pitr",
    restore_pitr },
  { "GET", BACKUPS .. "/restore-point", "supabase.backups.restore_point",
    get_point },
  { "POST", BACKUPS .. "/restore-point",
    "supabase.backups.create_restore_point", create_point },
  { "POST", BACKUPS .. "/undo", "supabase.backups.undo", undo },
  { "GET", MIGRATIONS, "supabase.migrations.list", partner(list_migrations) },
  { "POST", MIGRATIONS, "supabase.migrations.apply", partner(add_migration) },
  { "PUT", MIGRATIONS, "supabase.migrations.upsert",
    partner(add_migration) },
  { "DELETE", MIGRATIONS, "supabase.migrations.rollback", partner(rollback) },
  { "GET", MIGRATIONS .. "/{version}", "supabase.migrations.get",
    partner(get_migration) },
  { "PATCH", MIGRATIONS .. "/{version}", "supabase.migrations.update",
    partner(update_migration) },
}
