-- Simulated GitHub: branches, tags and the references below them.

local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"
local history = require "sandbox/github_history"
local commits = require "sandbox/github_commits"

local refs = {}

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function tip(request, sha)
  return { sha = sha, url = kit.api(request) .. "/commits/" .. sha }
end

-- --- branches and tags -------------------------------------------------------

local function is_protected(world, name)
  return world.github.protected[name] == true
end

local function list_branches(request)
  local world, list = request.world, {}
  local only = rest.arg(request, "protected")
  for _, name in ipairs(sorted_names(world.github.branches)) do
    local protected = is_protected(world, name)
    if only == nil or only == tostring(protected) then
      list[#list + 1] = {
        name = name, commit = tip(request, world.github.branches[name]),
        protected = protected,
      }
    end
  end
  return kit.page(request, list)
end

local function get_branch(request)
  local world, name = request.world, request.params.branch
  local sha = world.github.branches[name]
  if not sha then return kit.problem(404, "Branch not found") end
  local url = kit.api(request) .. "/branches/" .. name
  return 200, {
    name = name, protected = is_protected(world, name),
    commit = commits.whole(request, history.resolve(world, sha)),
    protection = { enabled = is_protected(world, name) },
    protection_url = url .. "/protection",
    _links = { self = url, html = kit.web(request) .. "/tree/" .. name },
  }
end

local function list_tags(request)
  local list, api = {}, kit.api(request)
  local names = sorted_names(request.world.github.tags)
  for _, name in ipairs(kit.newest_first(names)) do
    list[#list + 1] = {
      name = name, node_id = kit.node_id("REF", name),
      commit = tip(request, request.world.github.tags[name]),
      zipball_url = api .. "/zipball/refs/tags/" .. name,
      tarball_url = api .. "/tarball/refs/tags/" .. name,
    }
  end
  return kit.page(request, list)
end

-- --- references --------------------------------------------------------------

local function shown(request, ref, sha)
  ref = "refs/" .. ref:gsub("^refs/", "")
  return {
    ref = ref, node_id = kit.node_id("REF", ref),
    url = kit.api(request) .. "/git/" .. ref,
    object = {
      type = "commit", sha = sha,
      url = kit.api(request) .. "/git/commits/" .. sha,
    },
  }
end

local function get_ref(request)
  local sha = history.ref(request.world, request.params.ref)
  if not sha then return kit.not_found() end
  return 200, shown(request, request.params.ref, sha)
end

local function matching(request)
  local github, list = request.world.github, {}
  local wanted = request.params.ref
  for _, kind in ipairs { "heads", "tags" } do
    local place = kind == "heads" and github.branches or github.tags
    for _, name in ipairs(sorted_names(place)) do
      local ref = kind .. "/" .. name
      if ref:sub(1, #wanted) == wanted then
        list[#list + 1] = shown(request, ref, place[name])
      end
    end
  end
  return kit.page(request, list)
end

local function whole_sha(world, sha)
  local commit = type(sha) == "string" and #sha == 40
    and history.resolve(world, sha)
  return commit and commit.sha == sha and commit or nil
end

local function create_ref(request)
  local world, body = request.world, request.body
  if type(body) ~= "table" or not kit.text(body.ref) or not kit.text(body.sha)
  then
    return kit.malformed('"ref" and "sha" must be supplied.')
  end
  if not body.ref:match("^refs/heads/.") and not body.ref:match("^refs/tags/.")
  then
    return kit.problem(422, "Reference name must start with 'refs/'.")
  end
  if not whole_sha(world, body.sha) then
    return kit.problem(422, "Object does not exist")
  end
  if history.ref(world, body.ref) then
    return kit.problem(422, "Reference already exists")
  end
  history.set_ref(world, body.ref, body.sha)
  rest.touch(request)
  return 201, shown(request, body.ref, body.sha)
end

-- Whether commit `to` has commit `from` before it.
local function is_forward(world, from, to)
  local set = history.reach(world, to)
  return set[from] == true
end

local function update_ref(request)
  local world, body = request.world, request.body or {}
  local ref = request.params.ref
  local from = history.ref(world, ref)
  if not from then return kit.problem(422, "Reference does not exist") end
  local to = whole_sha(world, body.sha)
  if not to then return kit.problem(422, "Object does not exist") end
  if body.force ~= true and not is_forward(world, from, to) then
    return kit.problem(422, "Update is not a fast forward")
  end
  history.set_ref(world, ref, to.sha)
  rest.touch(request)
  return 200, shown(request, ref, to.sha)
end

local function delete_ref(request)
  local world, ref = request.world, request.params.ref
  if not history.ref(world, ref) then
    return kit.problem(422, "Reference does not exist")
  end
  if ref == "heads/" .. world.github.default_branch then
    return kit.problem(422, "Cannot delete the default branch")
  end
  history.set_ref(world, ref, nil)
  rest.touch(request)
  return 204, nil
end

local R = "/repos/{owner}/{repo}"

refs.routes = {
  { "GET", R .. "/branches", "github.branches.list", list_branches },
  { "GET", R .. "/branches/{branch*}", "github.branches.get", get_branch },
  { "GET", R .. "/tags", "github.tags.list", list_tags },
  { "GET", R .. "/git/ref/{ref*}", "github.refs.get", get_ref },
  { "GET", R .. "/git/matching-refs/{ref*}", "github.refs.matching", matching },
  { "POST", R .. "/git/refs", "github.refs.create", create_ref },
  { "PATCH", R .. "/git/refs/{ref*}", "github.refs.update", update_ref },
  { "DELETE", R .. "/git/refs/{ref*}", "github.refs.delete", delete_ref },
}

return refs
