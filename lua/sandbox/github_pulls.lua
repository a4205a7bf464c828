-- Simulated GitHub: pull requests.

local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"
local shapes = require "sandbox/github_shapes"
local history = require "sandbox/github_history"
local commits = require "sandbox/github_commits"

local pulls = {}

local LOOK_MS = 1500 -- until GitHub knows whether it conflicts
local METHODS = { merge = true, squash = true, rebase = true }

-- The tips of its two branches; one that is gone is where it last was.
local function tips(world, one)
  local branches = world.github.branches
  local head = branches[one.head] or one.head_sha
  local base = branches[one.base] or one.base_sha
  return history.resolve(world, head), history.resolve(world, base)
end

-- mergeable and mergeable_state, nil and "unknown" at first.
local function verdict(request, one)
  local world = request.world
  local head, base = tips(world, one)
  local since = math.max(one.created_ms, head.made_ms or 0)
  if one.state ~= "open" or request.now_ms < since + LOOK_MS then
    return nil, "unknown"
  elseif history.conflicts(world, base, head) then
    return false, "dirty"
  elseif one.draft then
    return true, "draft"
  end
  local green = commits.green(world, head, request.now_ms)
  return true, green and "clean" or "unstable"
end

local function side(request, ref, sha)
  local owner = request.world.github.repository:match("^[^/]+")
  return {
    label = owner .. ":" .. ref, ref = ref, sha = sha,
    repo = shapes.full_repository(request), user = shapes.user(request, owner),
  }
end

local function links(urls)
  local out = {}
  for name, url in pairs(urls) do out[name] = { href = url } end
  return out
end

local function shown(request, one)
  local head, base = tips(request.world, one)
  local api, web = kit.api(request), kit.web(request) .. "/pull/" .. one.number
  local url, issue = api .. "/pulls/" .. one.number,
    api .. "/issues/" .. one.number
  local head_sha = one.merged_ms and one.head_sha or head.sha
  return {
    id = 5200000 + one.number, node_id = kit.node_id("PR", one.number),
    number = one.number, title = one.title, body = rest.or_null(one.body),
    state = one.state, draft = one.draft, locked = false, url = url,
    html_url = web, diff_url = web .. ".diff", patch_url = web .. ".patch",
    issue_url = issue, commits_url = url .. "/commits",
    review_comments_url = url .. "/comments",
    review_comment_url = url .. "/comments{/number}",
    comments_url = issue .. "/comments",
    statuses_url = api .. "/statuses/" .. head_sha,
    user = shapes.user(request, one.user), assignee = json.null,
    assignees = json.array {}, requested_reviewers = json.array {},
    labels = json.array {}, milestone = json.null, auto_merge = json.null,
    author_association = "COLLABORATOR",
    created_at = rest.iso(one.created_ms),
    updated_at = rest.iso(one.updated_ms),
    closed_at = one.closed_ms and rest.iso(one.closed_ms) or json.null,
    merged_at = one.merged_ms and rest.iso(one.merged_ms) or json.null,
    merge_commit_sha = rest.or_null(one.merge_sha),
    head = side(request, one.head, head_sha),
    base = side(request, one.base, one.merged_ms and one.base_sha or base.sha),
    _links = links {
      self = url, html = web, issue = issue, comments = issue .. "/comments",
      review_comments = url .. "/comments",
      review_comment = url .. "/comments{/number}",
      commits = url .. "/commits", statuses = api .. "/statuses/" .. head_sha,
    },
  }
end

-- What one alone shows besides.
local function shown_whole(request, one)
  local out = shown(request, one)
  local head, base = tips(request.world, one)
  local ahead = history.diverge(request.world, base, head)
  local mergeable, state = verdict(request, one)
  out.merged = one.merged_ms ~= nil
  out.mergeable, out.mergeable_state = rest.or_null(mergeable), state
  out.rebaseable = out.mergeable
  out.merged_by = one.merged_ms and shapes.user(request, one.user)
    or json.null
  out.comments, out.review_comments = 0, 0
  out.commits, out.changed_files = #ahead, #history.changes(ahead)
  out.additions, out.deletions = 0, 0
  out.maintainer_can_modify = false
  return out
end

local function list(request)
  local owner = request.world.github.repository:match("^[^/]+")
  local state = rest.arg(request, "state") or "open"
  local head, base = rest.arg(request, "head"), rest.arg(request, "base")
  local found = {}
  for _, one in ipairs(request.world.github.pulls) do
    if (state == "all" or one.state == state) and (not base or one.base == base)
      and (not head or head == owner .. ":" .. one.head) then
      found[#found + 1] = shown(request, one)
    end
  end
  if rest.arg(request, "direction") ~= "asc" then
    found = kit.newest_first(found)
  end
  return kit.page(request, found)
end

-- --- changes -----------------------------------------------------------------

-- The branch of "branch" or "owner:branch"; forks are not simulated.
local function branch_of(request, head)
  local owner = request.world.github.repository:match("^[^/]+")
  local who, branch = head:match("^([^:]+):(.+)$")
  if who and who ~= owner then return nil end
  return branch or head
end

local function create_problem(request, body, head)
  local world = request.world
  local branches = world.github.branches
  if not kit.text(body.title) and not body.issue then
    return kit.invalid("PullRequest", "title", "missing_field")
  end
  if not head or not branches[head] then
    return kit.invalid("PullRequest", "head", "invalid")
  end
  if not branches[body.base] then
    return kit.invalid("PullRequest", "base", "invalid")
  end
  for _, one in ipairs(world.github.pulls) do
    if one.state == "open" and one.head == head and one.base == body.base then
      return kit.invalid("PullRequest", nil, "custom",
        "A pull request already exists for " .. side(request, head, "").label
          .. ".")
    end
  end
  local ahead = history.diverge(world,
    history.resolve(world, branches[body.base]),
    history.resolve(world, branches[head]))
  if #ahead == 0 then
    return kit.invalid("PullRequest", nil, "custom",
      "No commits between " .. body.base .. " and " .. head)
  end
  return nil
end

local function create(request)
  local world, body = request.world, request.body
  if type(body) ~= "table" or not kit.text(body.head)
    or not kit.text(body.base) then
    return kit.malformed('"head" and "base" must be supplied.')
  end
  local head = branch_of(request, body.head)
  local status, value = create_problem(request, body, head)
  if status then return status, value end
  local one = {
    number = body.issue or rest.serial(world, "issue", 101),
    title = body.title or "Issue " .. tostring(body.issue),
    body = rest.or_nil(body.body), head = head, base = body.base,
    head_sha = world.github.branches[head],
    base_sha = world.github.branches[body.base], draft = body.draft or false,
    state = "open", user = world.github.actor, created_ms = request.now_ms,
    updated_ms = request.now_ms,
  }
  table.insert(world.github.pulls, one)
  rest.touch(request)
  return 201, shown_whole(request, one)
end

local of = kit.handlers_of(function(world)
  return world.github.pulls
end, "number", "pull")

local function get(request, one)
  return 200, shown_whole(request, one)
end

local function update(request, one)
  local body = request.body or {}
  if body.base and not request.world.github.branches[body.base] then
    return kit.invalid("PullRequest", "base", "invalid")
  end
  if body.state == "open" and one.merged_ms then
    return kit.invalid("PullRequest", "state", "invalid")
  end
  one.title, one.base = body.title or one.title, body.base or one.base
  if body.body ~= nil then one.body = rest.or_nil(body.body) end
  if body.state and body.state ~= one.state then
    one.state = body.state
    one.closed_ms = body.state == "closed" and request.now_ms or nil
  end
  one.updated_ms = request.now_ms
  rest.touch(request)
  return 200, shown_whole(request, one)
end

local function merged(_, one)
  if not one.merged_ms then return kit.not_found() end
  return 204, nil
end

-- --- merging -----------------------------------------------------------------

local function merge_problem(request, one, head, base)
  local body = request.body or {}
  if body.merge_method and not METHODS[body.merge_method] then
    return kit.invalid("PullRequest", "merge_method", "invalid")
  end
  if one.state ~= "open" or one.draft
    or history.conflicts(request.world, base, head) then
    return kit.problem(405, one.draft and
      "Pull Request is still a draft" or "Pull Request is not mergeable")
  end
  if body.sha and body.sha ~= head.sha then
    return kit.problem(409,
      "Head branch was modified. Review and try the merge again.")
  end
  return nil
end

local BY = {}

function BY.merge(request, one, head, base)
  local owner = request.world.github.repository:match("^[^/]+")
  local title = ("Merge pull request #%d from %s/%s\n\n%s"):format(one.number,
    owner, one.head, one.title)
  return history.merge(request, base, head, title)
end

function BY.squash(request, one, head, base)
  local ahead = history.diverge(request.world, base, head)
  return history.add(request, {
    parents = { base.sha }, files = history.changes(ahead),
    message = ("%s (#%d)"):format(one.title, one.number),
  })
end

function BY.rebase(request, _, head, base)
  local tip = base
  for _, commit in ipairs((history.diverge(request.world, base, head))) do
    tip = history.add(request, {
      parents = { tip.sha }, files = commit.files, message = commit.message,
      author = commit.author, email = commit.email,
    })
  end
  return tip
end

local function merge(request, one)
  local head, base = tips(request.world, one)
  local status, value = merge_problem(request, one, head, base)
  if status then return status, value end
  local method = (request.body or {}).merge_method or "merge"
  local commit = BY[method](request, one, head, base)
  history.set_ref(request.world, "heads/" .. one.base, commit.sha)
  one.state, one.merge_sha = "closed", commit.sha
  one.head_sha, one.base_sha = head.sha, base.sha
  one.merged_ms, one.closed_ms, one.updated_ms =
    request.now_ms, request.now_ms, request.now_ms
  rest.touch(request)
  return 200, {
    sha = commit.sha, merged = true,
    message = "Pull Request successfully merged",
  }
end

local P = "/repos/{owner}/{repo}/pulls"
local O = P .. "/{pull}"

pulls.routes = {
  { "GET", P, "github.pulls.list", list },
  { "POST", P, "github.pulls.create", create },
  { "GET", O, "github.pulls.get", of(get) },
  { "PATCH", O, "github.pulls.update", of(update) },
  { "GET", O .. "/merge", "github.pulls.merged", of(merged) },
  { "PUT", O .. "/merge", "github.pulls.merge", of(merge) },
}

return pulls
