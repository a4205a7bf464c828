-- Simulated Supabase: edge functions and the form that deploys them.

local rest = require "sandbox/rest"
local state = require "sandbox/supabase_state"

local problem = state.problem

local MOST = 100 -- of the plan, unless the fixture says otherwise

local function find(project, slug)
  for i, one in ipairs(project.functions) do
    if one.slug == slug then return one, i end
  end
  return nil
end

local function view(one)
  return {
    id = one.id, slug = one.slug, name = one.name, status = one.status,
    version = one.version, created_at = one.created_at,
    updated_at = one.updated_at, verify_jwt = one.verify_jwt,
    import_map = one.import_map_path ~= nil,
    entrypoint_path = one.entrypoint_path,
    import_map_path = one.import_map_path, ezbr_sha256 = one.digest,
  }
end

local function is_full(request)
  local most = request.world.supabase.functions_max or MOST
  return #state.project(request).functions >= most
end

local FULL = "Maximum number of functions reached for Plan"

local function digest_of(files)
  local list = {}
  for path, text in pairs(files) do list[#list + 1] = path .. "\0" .. text end
  table.sort(list)
  return rest.digest(table.concat(list, "\0")):rep(4)
end

-- The function of that slug, made when there is none, with a further version
-- of its files. keep: false shows it without serving it.
local function put(request, slug, want, keep)
  local project = state.project(request)
  local one = find(project, slug)
  if not one then
    local n = rest.serial(request.world, "supabase.functions")
    one = {
      id = state.uuid("function " .. n), slug = slug, status = "ACTIVE",
      version = 0, created_at = request.now_ms, verify_jwt = true,
      name = slug,
    }
    if keep then table.insert(project.functions, one) end
  elseif not keep then
    one = rest.copy(one)
  end
  for name, value in pairs(want) do one[name] = value end
  one.version, one.updated_at = one.version + 1, request.now_ms
  one.digest = digest_of(one.files)
  if keep then rest.touch(request) end
  return one
end

local function is_slug(text)
  return type(text) == "string" and text:find("^%a[%w_-]*$") ~= nil
end

-- --- calls -------------------------------------------------------------------

local function list(request)
  local all = json.array {}
  for i, one in ipairs(state.project(request).functions) do
    all[i] = view(one)
  end
  return 200, all
end

local function create(request)
  local want = state.object(request)
  if not is_slug(want.slug) or type(want.name) ~= "string"
    or type(want.body) ~= "string" then
    return problem(400, "slug, name and body: Required")
  end
  if find(state.project(request), want.slug) then
    return problem(400, "Duplicated function slug")
  end
  if is_full(request) then return problem(402, FULL) end
  return 201, view(put(request, want.slug, {
    name = want.name, verify_jwt = want.verify_jwt ~= false,
    files = { ["index.ts"] = want.body }, entrypoint_path = "index.ts",
  }, true))
end

local function update_all(request)
  local wanted = request.body
  if type(wanted) ~= "table" or wanted[1] == nil then
    return problem(400, "Expected array")
  end
  local project, all = state.project(request), json.array {}
  for _, want in ipairs(wanted) do
    if not is_slug(want.slug) or math.type(want.version) ~= "integer" then
      return problem(400, "slug and version: Required")
    end
  end
  for i, want in ipairs(wanted) do
    local old = find(project, want.slug)
    local one = put(request, want.slug, {
      name = want.name, status = want.status, verify_jwt = want.verify_jwt,
      entrypoint_path = want.entrypoint_path,
      files = old and old.files or {},
    }, true)
    one.version = want.version -- the caller counts
    all[i] = view(one)
  end
  return 200, { functions = all }
end

-- The parts of a form, {name, file, text} each; nil when it is none.
local function form_of(request)
  local kind, body = request.headers["content-type"] or "", request.body
  local boundary = kind:match("^multipart/form%-data; boundary=(.+)$")
  if not boundary or type(body) ~= "string" then return nil end
  local parts, mark = {}, "--" .. boundary
  local at = #mark + 3 -- behind the first mark and its line end
  while true do
    local stop = body:find("\r\n" .. mark, at, true)
    if not stop then return parts end
    local head, text = body:sub(at, stop - 1):match("^(.-)\r\n\r\n(.*)$")
    parts[#parts + 1] = {
      name = head:match('; name="([^"]*)"'),
      file = head:match('; filename="([^"]*)"'), text = text,
    }
    at = stop + 2 + #mark + 2
  end
end

local function take_form(parts)
  local metadata, files
  for _, part in ipairs(parts) do
    if part.name == "metadata" then
      local ok, value = pcall(json.decode, part.text)
      metadata = ok and value or nil
    elseif part.name == "file" then
      files = files or {}
      files[part.file] = part.text
    end
  end
  return metadata, files
end

local function deploy(request)
  local parts = form_of(request)
  if not parts then return problem(400, "multipart/form-data expected") end
  local metadata, files = take_form(parts)
  local entry = type(metadata) == "table" and metadata.entrypoint_path
  if type(entry) ~= "string" then
    return problem(400, "metadata.entrypoint_path: Required")
  end
  if not files or not files[entry] then
    return problem(400, "Entrypoint path does not exist: " .. entry)
  end
  local slug = rest.arg(request, "slug") or metadata.name
  if not is_slug(slug) then return problem(400, "slug: Invalid") end
  if not find(state.project(request), slug) and is_full(request) then
    return problem(402, FULL)
  end
  local keep = not state.flag(request, "bundleOnly", false)
  return 201, view(put(request, slug, {
    name = metadata.name, verify_jwt = metadata.verify_jwt, files = files,
    entrypoint_path = entry, import_map_path = metadata.import_map_path,
  }, keep))
end

local function with_function(handler)
  return function(request)
    local one, i = find(state.project(request), request.params.slug)
    if not one then return problem(404, "Function not found") end
    return handler(request, one, i)
  end
end

local function get(_, one)
  return 200, view(one)
end

local function update(request, one)
  local want = state.object(request)
  return 200, view(put(request, one.slug, {
    name = want.name, verify_jwt = want.verify_jwt,
    files = want.body and { ["index.ts"] = want.body } or nil,
  }, true))
end

local function delete(request, _, i)
  table.remove(state.project(request).functions, i)
  rest.touch(request)
  return 200, { message = "ok" }
end

-- The description says no more than that it is an object.
local function body(_, one)
  return 200, rest.copy(one.files)
end

local F = "/v1/projects/{ref}/functions"

return {
  { "GET", F, "supabase.functions.list", list },
  { "POST", F, "supabase.functions.create", create },
  { "PUT", F, "supabase.functions.update_all", update_all },
  { "POST", F .. "/deploy", "supabase.functions.deploy", deploy },
  { "GET", F .. "/{slug}", "supabase.functions.get", with_function(get) },
  { "PATCH", F .. "/{slug}", "supabase.functions.update",
    with_function(update) },
  { "DELETE", F .. "/{slug}", "supabase.functions.delete",
    with_function(delete) },
  { "GET", F .. "/{slug}/body", "supabase.functions.body",
    with_function(body) },
}
