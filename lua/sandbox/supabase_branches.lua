-- Simulated Supabase: branches, each a project of its own, and their runs.

local rest = require "sandbox/rest"
local state = require "sandbox/supabase_state"

local problem = state.problem

local S = 1000

-- --- views -------------------------------------------------------------------

local function projects(request)
  return request.world.supabase.projects
end

local function preview(request, branch)
  return projects(request)[branch.project_ref]
end

local function branch_view(request, branch)
  return {
    id = branch.id, name = branch.name, project_ref = branch.project_ref,
    parent_project_ref = branch.parent, is_default = branch.is_default,
    git_branch = branch.git_branch, persistent = branch.persistent,
    status = rest.at(branch.timeline, request.now_ms).state,
    created_at = branch.created_at, updated_at = branch.updated_at,
    with_data = branch.with_data, notify_url = branch.notify_url,
    review_requested_at = branch.review_requested_at,
    deletion_scheduled_at = branch.deletion_scheduled_at,
    preview_project_status =
      state.status(preview(request, branch), request.now_ms),
  }
end

-- The branch that the path names by its id or its project, and its parent.
local function find(request)
  local wanted = request.params.branch
  for _, parent in pairs(projects(request)) do
    for i, branch in ipairs(parent.branches) do
      if branch.id == wanted or branch.project_ref == wanted then
        return branch, parent, i
      end
    end
  end
  return nil
end

local function with_branch(handler)
  return function(request)
    local branch, parent, i = find(request)
    if not branch then return problem(404, "Branch not found") end
    return handler(request, branch, parent, i)
  end
end

local function named(project, name)
  for _, branch in ipairs(project.branches) do
    if branch.name == name then return branch end
  end
  return nil
end

-- --- runs --------------------------------------------------------------------

local STEPS = {
  "clone", "pull", "health", "configure", "migrate", "seed", "deploy",
}
local STEP_S = 5

local function start_run(request, branch, parent)
  local n = rest.serial(request.world, "supabase.actions")
  local run = {
    id = state.uuid("action " .. n), branch_id = branch.id,
    began_ms = request.now_ms,
  }
  table.insert(parent.actions, 1, run) -- newest first
  branch.updated_at = rest.iso(request.now_ms)
  rest.touch(request)
  return run.id
end

local function run_view(request, run)
  local steps, at = json.array {}, (request.now_ms - run.began_ms) // S
  for i, name in ipairs(STEPS) do
    local from = (i - 1) * STEP_S
    steps[i] = {
      name = name,
      status = at < from and "CREATED" or at < from + STEP_S and "RUNNING"
        or "EXITED",
      created_at = rest.iso(run.began_ms),
      updated_at = rest.iso(run.began_ms + math.min(at, from) * S),
    }
  end
  return {
    id = run.id, branch_id = run.branch_id, run_steps = steps,
    git_config = json.null, workdir = json.null, check_run_id = json.null,
    created_at = rest.iso(run.began_ms),
    updated_at = rest.iso(run.began_ms),
  }
end

local function list_runs(request)
  local limit, offset, wrong = state.window(request, 20, 10)
  if wrong then return problem(400, wrong) end
  local views = {}
  for i, run in ipairs(state.project(request).actions) do
    views[i] = run_view(request, run)
  end
  return 200, state.cut(views, limit, offset)
end

local function with_run(handler)
  return function(request)
    for _, run in ipairs(state.project(request).actions) do
      if run.id == request.params.run then
        return handler(request, run_view(request, run))
      end
    end
    return problem(404, "Action run not found")
  end
end

local function get_run(_, view)
  return 200, view
end

local TEXT = { ["content-type"] = "text/plain; charset=utf-8" }

local function run_logs(_, view)
  local lines = {}
  for _, step in ipairs(view.run_steps) do
    if step.status ~= "CREATED" then
      lines[#lines + 1] = step.updated_at .. " " .. step.name .. "\n"
    end
  end
  return 200, table.concat(lines), TEXT
end

-- --- branches of a project ---------------------------------------------------

local function list_branches(request)
  local list = json.array {}
  for i, branch in ipairs(state.project(request).branches) do
    list[i] = branch_view(request, branch)
  end
  return 200, list
end

-- The branch's project: the settings of its parent and its migrations.
local function new_project(request, parent, want, ref)
  local at = rest.iso(request.now_ms)
  projects(request)[ref] = state.complete(ref, {
    organization = parent.organization, branch_of = request.params.ref,
    name = parent.name .. " / " .. want.branch_name,
    region = want.region or parent.region, postgres = parent.postgres,
    status = "COMING_UP", created_at = at,
    migrations = rest.copy(parent.migrations or json.array {}),
    sql = rest.copy(parent.sql), secrets = rest.copy(want.secrets or {}),
    timeline = state.timeline(request,
      { { 0, "COMING_UP" }, { 20, "ACTIVE_HEALTHY" } }),
  })
end

local BUILT = {
  { 0, "CREATING_PROJECT" }, { 20, "RUNNING_MIGRATIONS" },
  { 35, "MIGRATIONS_PASSED" }, { 50, "FUNCTIONS_DEPLOYED" },
}

local function create_branch(request)
  local want, parent = state.object(request), state.project(request)
  if type(want.branch_name) ~= "string" or want.branch_name == "" then
    return problem(400, "branch_name: Required")
  end
  if named(parent, want.branch_name) then
    return problem(400, "A branch with this name already exists")
  end
  local n = rest.serial(request.world, "supabase.branches")
  local at, ref = rest.iso(request.now_ms), state.ref("branch " .. n)
  new_project(request, parent, want, ref)
  local branch = {
    id = state.uuid("branch " .. n), name = want.branch_name,
    project_ref = ref, parent = request.params.ref,
    is_default = want.is_default == true, git_branch = want.git_branch,
    persistent = want.persistent == true, with_data = want.with_data == true,
    notify_url = want.notify_url, created_at = at, updated_at = at,
    timeline = state.timeline(request, BUILT),
  }
  table.insert(parent.branches, branch)
  start_run(request, branch, parent)
  return 201, branch_view(request, branch)
end

local function disable(request)
  local parent = state.project(request)
  for _, branch in ipairs(parent.branches) do
    projects(request)[branch.project_ref] = nil
    rest.touch(request)
  end
  parent.branches = json.array {}
  return 200
end

local function get_branch(request)
  local branch = named(state.project(request), request.params.name)
  if not branch then return problem(404, "Branch not found") end
  return 200, branch_view(request, branch)
end

-- --- one branch --------------------------------------------------------------

local function config(request, branch)
  local project, ref = preview(request, branch), branch.project_ref
  local version = state.version(project, request.now_ms)
  return 200, {
    ref = ref, postgres_version = version,
    postgres_engine = version:match("^%d+"), release_channel = "ga",
    status = state.status(project, request.now_ms),
    db_host = "db." .. ref .. ".supabase.co", db_port = 5432,
    db_user = "postgres", db_pass = "sandbox-pass-" .. rest.digest(ref),
    jwt_secret = "sandbox-jwt-" .. rest.digest(ref),
  }
end

local STATUSES = {
  CREATING_PROJECT = true, RUNNING_MIGRATIONS = true,
  MIGRATIONS_PASSED = true, MIGRATIONS_FAILED = true,
  FUNCTIONS_DEPLOYED = true, FUNCTIONS_FAILED = true,
}

local function update(request, branch, parent)
  local want = state.object(request)
  if want.status ~= nil and not STATUSES[want.status] then
    return problem(400, "status: Invalid enum value")
  end
  local other = want.branch_name and named(parent, want.branch_name)
  if other and other ~= branch then
    return problem(400, "A branch with this name already exists")
  end
  branch.name = want.branch_name or branch.name
  branch.git_branch = want.git_branch or branch.git_branch
  branch.notify_url = want.notify_url or branch.notify_url
  if want.persistent ~= nil then branch.persistent = want.persistent end
  if want.status then
    branch.timeline = state.timeline(request, { { 0, want.status } })
  end
  local at = rest.iso(request.now_ms)
  if want.request_review == true then branch.review_requested_at = at end
  branch.updated_at = at
  rest.touch(request)
  return 200, branch_view(request, branch)
end

local GRACE_S = 3600

local function delete(request, branch, parent, i)
  if not state.flag(request, "force", true) then
    branch.deletion_scheduled_at =
      rest.iso(request.now_ms + GRACE_S * S)
  else
    table.remove(parent.branches, i)
    projects(request)[branch.project_ref] = nil
  end
  rest.touch(request)
  return 200, { message = "ok" }
end

local function restore(request, branch)
  if branch.deletion_scheduled_at then
    branch.deletion_scheduled_at = nil
    rest.touch(request)
  end
  return 200, { message = "Branch restoration initiated" }
end

-- Migrations of one project that another has not, oldest first.
local function ahead(from, to)
  local there, list = {}, json.array {}
  for _, one in ipairs(to.migrations or {}) do there[one.version] = true end
  for _, one in ipairs(from.migrations or {}) do
    if not there[one.version] then list[#list + 1] = one end
  end
  return list
end

local function bring(from, to, up_to)
  to.migrations = to.migrations or json.array {}
  for _, one in ipairs(ahead(from, to)) do
    if not up_to or one.version <= up_to then
      table.insert(to.migrations, rest.copy(one))
    end
  end
  table.sort(to.migrations, function(a, b) return a.version < b.version end)
end

-- A run that brings migrations somewhere; they are there at once.
local function runner(act)
  return function(request, branch, parent)
    local up_to = state.object(request).migration_version
    act(preview(request, branch), parent, up_to)
    local id = start_run(request, branch, parent)
    return 201, { workflow_run_id = id, message = "ok" }
  end
end

local push = runner(function(own, parent, up_to) bring(parent, own, up_to) end)
local merge = runner(function(own, parent, up_to) bring(own, parent, up_to) end)
local reset = runner(function(own, parent, up_to)
  own.migrations = json.array {}
  bring(parent, own, up_to)
end)

local function diff(request, branch, parent)
  local lines = {}
  for _, one in ipairs(ahead(preview(request, branch), parent)) do
    for _, text in ipairs(one.statements or {}) do
      lines[#lines + 1] = text .. "\n"
    end
  end
  return 200, table.concat(lines), TEXT
end

local P = "/v1/projects/{ref}"
local OF, B = P .. "/branches", "/v1/branches/{branch}"

return {
  { "GET", OF, "supabase.branches.list", list_branches },
  { "POST", OF, "supabase.branches.create", create_branch },
  { "DELETE", OF, "supabase.branches.disable", disable },
  { "GET", OF .. "/{name}", "supabase.branches.get", get_branch },
  { "GET", B, "supabase.branches.config", with_branch(config) },
  { "PATCH", B, "supabase.branches.update", with_branch(update) },
  { "DELETE", B, "supabase.branches.delete", with_branch(delete) },
  { "POST", B .. "/push", "supabase.branches.push", with_branch(push) },
  { "POST", B .. "/merge", "supabase.branches.merge", with_branch(merge) },
  { "POST", B .. "/reset", "supabase.branches.reset", with_branch(reset) },
  { "POST", B .. "/restore", "supabase.branches.restore",
    with_branch(restore) },
  { "GET", B .. "/diff", "supabase.branches.diff", with_branch(diff) },
  { "GET", P .. "/actions", "supabase.actions.list", list_runs },
  { "GET", P .. "/actions/{run}", "supabase.actions.get",
    with_run(get_run) },
  { "GET", P .. "/actions/{run}/logs", "supabase.actions.logs",
    with_run(run_logs) },
}
