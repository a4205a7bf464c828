-- Simulated GitHub: issues, which pull requests are too, and comments.

local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"
local shapes = require "sandbox/github_shapes"

local issues = {}

local REASONS = {
  completed = true, not_planned = true, duplicate = true, reopened = true,
}

-- --- what there is -----------------------------------------------------------

-- An issue or pull request as one; is_pull tells.
local function all_of(world)
  local list = {}
  for _, one in ipairs(world.github.issues) do list[#list + 1] = one end
  for _, one in ipairs(world.github.pulls) do
    list[#list + 1] = setmetatable({
      is_pull = true, labels = {}, assignees = {},
    }, { __index = one })
  end
  table.sort(list, function(a, b) return a.number < b.number end)
  return list
end

local function comments_of(world, number)
  local list = {}
  for _, one in ipairs(world.github.comments) do
    if one.issue == number then list[#list + 1] = one end
  end
  return list
end

local function label(request, name)
  return {
    id = 3100000 + #name, node_id = kit.node_id("LA", name), name = name,
    url = kit.api(request) .. "/labels/" .. name, description = json.null,
    color = "ededed", default = false,
  }
end

local function shown(request, one)
  local url = kit.api(request) .. "/issues/" .. one.number
  local web = kit.web(request)
  local labels, people = json.array {}, json.array {}
  for i, name in ipairs(one.labels) do labels[i] = label(request, name) end
  for i, name in ipairs(one.assignees) do
    people[i] = shapes.user(request, name)
  end
  local out = {
    id = 5200000 + one.number, node_id = kit.node_id("I", one.number),
    number = one.number, title = one.title, body = rest.or_null(one.body),
    state = one.state, state_reason = rest.or_null(one.state_reason),
    locked = false, labels = labels, assignees = people,
    assignee = rest.or_null(people[1]), milestone = json.null,
    comments = #comments_of(request.world, one.number), url = url,
    repository_url = kit.api(request), labels_url = url .. "/labels{/name}",
    comments_url = url .. "/comments", events_url = url .. "/events",
    html_url = web .. (one.is_pull and "/pull/" or "/issues/") .. one.number,
    user = shapes.user(request, one.user),
    author_association = "COLLABORATOR",
    created_at = rest.iso(one.created_ms),
    updated_at = rest.iso(one.updated_ms),
    closed_at = one.closed_ms and rest.iso(one.closed_ms) or json.null,
  }
  if one.is_pull then
    out.pull_request = {
      url = kit.api(request) .. "/pulls/" .. one.number,
      html_url = out.html_url, diff_url = out.html_url .. ".diff",
      patch_url = out.html_url .. ".patch",
    }
  end
  return out
end

local function holds(list, names)
  for name in names:gmatch("[^,]+") do
    local found = false
    for _, one in ipairs(list) do found = found or one == name end
    if not found then return false end
  end
  return true
end

local function wanted(request, one)
  local state = rest.arg(request, "state") or "open"
  local labels = rest.arg(request, "labels")
  local who, creator = rest.arg(request, "assignee"),
    rest.arg(request, "creator")
  local since = rest.arg(request, "since")
  return (state == "all" or one.state == state)
    and (not labels or holds(one.labels, labels))
    and (not creator or one.user == creator)
    and (not since or rest.iso(one.updated_ms) >= since)
    and (not who or who == "none" and #one.assignees == 0
      or who == "*" and #one.assignees > 0 or holds(one.assignees, who))
end

local function list(request)
  local found = {}
  for _, one in ipairs(all_of(request.world)) do
    if wanted(request, one) then found[#found + 1] = shown(request, one) end
  end
  if rest.arg(request, "direction") ~= "asc" then
    found = kit.newest_first(found)
  end
  return kit.page(request, found)
end

-- --- changes -----------------------------------------------------------------

local function names_of(list_)
  local names = json.array {}
  for i, one in ipairs(rest.or_nil(list_) or {}) do
    names[i] = type(one) == "table" and one.name or one
  end
  return names
end

local function create(request)
  local world, body = request.world, request.body
  if type(body) ~= "table" or not kit.text(body.title) then
    return kit.invalid("Issue", "title", "missing_field")
  end
  local one = {
    number = rest.serial(world, "issue", 101), title = body.title,
    body = rest.or_nil(body.body), labels = names_of(body.labels),
    assignees = names_of(body.assignees), state = "open",
    user = world.github.actor, created_ms = request.now_ms,
    updated_ms = request.now_ms,
  }
  table.insert(world.github.issues, one)
  rest.touch(request)
  return 201, shown(request, one)
end

local of = kit.handlers_of(all_of, "number", "issue")

local function get(request, one)
  return 200, shown(request, one)
end

local function set_state(request, one, body)
  if not body.state or body.state == one.state then return end
  local open = body.state == "open"
  one.state = body.state
  one.closed_ms = not open and request.now_ms or nil
  one.state_reason = body.state_reason or (open and "reopened" or "completed")
end

local function update(request)
  local world, body = request.world, request.body or {}
  local number = request.params.issue
  local one = kit.find(world.github.issues, "number", number)
    or kit.find(world.github.pulls, "number", number)
  if not one then return kit.not_found() end
  if body.state and body.state ~= "open" and body.state ~= "closed"
    or body.state_reason and not REASONS[body.state_reason] then
    return kit.invalid("Issue", "state", "invalid")
  end
  if body.title then one.title = body.title end
  if body.body ~= nil then one.body = rest.or_nil(body.body) end
  if body.labels then one.labels = names_of(body.labels) end
  if body.assignees then one.assignees = names_of(body.assignees) end
  set_state(request, one, body)
  one.updated_ms = request.now_ms
  rest.touch(request)
  return 200, shown(request, kit.find(all_of(world), "number", number))
end

-- --- comments ----------------------------------------------------------------

local function shown_comment(request, one)
  local api = kit.api(request)
  return {
    id = one.id, node_id = kit.node_id("IC", one.id), body = one.body,
    url = api .. "/issues/comments/" .. one.id,
    issue_url = api .. "/issues/" .. one.issue,
    html_url = kit.web(request) .. "/issues/" .. one.issue ..
      "#issuecomment-" .. one.id,
    user = shapes.user(request, one.user),
    author_association = "COLLABORATOR",
    created_at = rest.iso(one.created_ms),
    updated_at = rest.iso(one.created_ms),
  }
end

local function list_comments(request, issue)
  local since, found = rest.arg(request, "since"), {}
  for _, one in ipairs(comments_of(request.world, issue.number)) do
    if not since or rest.iso(one.created_ms) >= since then
      found[#found + 1] = shown_comment(request, one)
    end
  end
  return kit.page(request, found)
end

local function create_comment(request, issue)
  local world, body = request.world, request.body
  if type(body) ~= "table" or not kit.text(body.body) then
    return kit.invalid("IssueComment", "body", "missing_field")
  end
  local one = {
    id = rest.serial(world, "comment", 81001), issue = issue.number,
    body = body.body, user = world.github.actor, created_ms = request.now_ms,
  }
  table.insert(world.github.comments, one)
  rest.touch(request)
  return 201, shown_comment(request, one)
end

local I = "/repos/{owner}/{repo}/issues"
local O = I .. "/{issue}"

issues.routes = {
  { "GET", I, "github.issues.list", list },
  { "POST", I, "github.issues.create", create },
  { "GET", O, "github.issues.get", of(get) },
  { "PATCH", O, "github.issues.update", update },
  { "GET", O .. "/comments", "github.comments.list", of(list_comments) },
  { "POST", O .. "/comments", "github.comments.create", of(create_comment) },
}

return issues
