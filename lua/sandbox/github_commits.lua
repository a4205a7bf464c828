-- Simulated GitHub: commits, comparisons, check runs and commit statuses.

local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"
local shapes = require "sandbox/github_shapes"
local history = require "sandbox/github_history"

local commits = {}

local CHECK_S = 40 -- a new commit's checks take that long
local STATES = { error = true, failure = true, pending = true, success = true }
local MAX_DESCRIPTION = 140

-- Handlers get the commit that {ref} means.
local function of_commit(handler, status)
  return function(request)
    local ref = request.params.ref or request.params.sha
    local commit = history.resolve(request.world, ref)
    if not commit then
      return kit.problem(status or 422, "No commit found for SHA: " .. ref)
    end
    return handler(request, commit)
  end
end

local function diff_entry(request, commit, file)
  local web = kit.web(request)
  local path = commit.sha .. "/" .. file.path
  local lines = select(2, (file.text or ""):gsub("\n", ""))
  return {
    sha = file.gone and json.null or kit.sha("blob" .. (file.text or "")),
    filename = file.path, status = file.gone and "removed" or "modified",
    additions = file.gone and 0 or lines, deletions = 0,
    changes = file.gone and 0 or lines,
    blob_url = web .. "/blob/" .. path, raw_url = web .. "/raw/" .. path,
    contents_url = kit.api(request) .. "/contents/" .. file.path ..
      "?ref=" .. commit.sha,
  }
end

local function diff(request, commit, files)
  local list = json.array {}
  for i, file in ipairs(files) do
    list[i] = diff_entry(request, commit, file)
  end
  return list
end

--- A commit with its files, as one alone is shown.
function commits.whole(request, commit)
  local one = shapes.commit(request, commit)
  one.files = diff(request, commit, commit.files)
  one.stats = { additions = 0, deletions = 0, total = #commit.files }
  return one
end

local function touches(commit, path)
  if not path then return true end
  for _, file in ipairs(commit.files) do
    if file.path == path or file.path:find(path .. "/", 1, true) == 1 then
      return true
    end
  end
  return false
end

local function list_commits(request)
  local world = request.world
  local from = rest.arg(request, "sha") or world.github.default_branch
  local tip = history.resolve(world, from)
  if not tip then return kit.not_found() end
  local path, author = rest.arg(request, "path"), rest.arg(request, "author")
  local since, before = rest.arg(request, "since"), rest.arg(request, "until")
  local _, all = history.reach(world, tip)
  local list = {}
  for _, one in ipairs(all) do
    local person = not author or author == one.email or author == one.author
    if person and touches(one, path) and (not since or one.time >= since)
      and (not before or one.time <= before) then
      list[#list + 1] = shapes.commit(request, one)
    end
  end
  return kit.page(request, kit.newest_first(list))
end

local function get_commit(request, commit)
  return 200, commits.whole(request, commit)
end

local function direction(ahead, behind)
  if ahead > 0 and behind > 0 then return "diverged" end
  return ahead > 0 and "ahead" or behind > 0 and "behind" or "identical"
end

local function compare(request)
  local world = request.world
  local left, right = request.params.range:match("^(.-)%.%.%.(.+)$")
  local base = left and history.resolve(world, left)
  local head = right and history.resolve(world, right)
  if not base or not head then return kit.not_found() end
  local ahead, behind, common = history.diverge(world, base, head)
  local added = json.array {}
  for i, one in ipairs(ahead) do added[i] = shapes.commit(request, one) end
  local web = kit.web(request) .. "/compare/" .. request.params.range
  return 200, {
    url = request.origin .. request.path, html_url = web,
    permalink_url = web, diff_url = web .. ".diff", patch_url = web .. ".patch",
    base_commit = shapes.commit(request, base),
    merge_base_commit = shapes.commit(request, common),
    status = direction(#ahead, #behind), ahead_by = #ahead,
    behind_by = #behind, total_commits = #added, commits = added,
    files = diff(request, head, (history.changes(ahead))),
  }
end

-- --- checks ------------------------------------------------------------------

--- What a check says of a commit by now: nil while it runs.
function commits.conclusion(world, commit, check, now_ms)
  local running = commit.made_ms
    and now_ms < commit.made_ms + CHECK_S * 1000
  if running then return nil end
  local failed = world.github.failed_checks[check]
  return failed == commit.sha and "failure" or "success"
end

--- Whether all checks have passed; nil while one runs.
function commits.green(world, commit, now_ms)
  local green = true
  for _, check in ipairs(world.github.checks) do
    local conclusion = commits.conclusion(world, commit, check, now_ms)
    if not conclusion then return nil end
    green = green and conclusion == "success"
  end
  return green
end

local function list_checks(request, commit)
  local world, list = request.world, {}
  local only = rest.arg(request, "check_name")
  local status = rest.arg(request, "status")
  for i, check in ipairs(world.github.checks) do
    local one = shapes.check_run(request, {
      id = commit.index * 100 + i, name = check, at = commit.time,
      conclusion = commits.conclusion(world, commit, check, request.now_ms),
    }, commit.sha)
    if (not only or only == check) and (not status or status == one.status)
    then
      list[#list + 1] = one
    end
  end
  return kit.counted(request, list, "check_runs")
end

local function list_suites(request, commit)
  local world = request.world
  local green = commits.green(world, commit, request.now_ms)
  local conclusion = json.null
  if green ~= nil then conclusion = green and "success" or "failure" end
  local url = kit.api(request) .. "/check-suites/" .. commit.index
  local person = { name = commit.author, email = commit.email }
  return kit.counted(request, #world.github.checks == 0 and {} or { {
    id = commit.index, node_id = kit.node_id("CS", commit.sha),
    head_branch = world.github.default_branch, head_sha = commit.sha,
    status = green == nil and "in_progress" or "completed",
    conclusion = conclusion, url = url, before = json.null, after = commit.sha,
    created_at = commit.time, updated_at = commit.time, app = json.null,
    head_commit = {
      id = commit.sha, tree_id = kit.sha("tree" .. commit.sha),
      message = commit.message, timestamp = commit.time, author = person,
      committer = rest.copy(person),
    },
    repository = shapes.repository(request), pull_requests = json.array {},
    latest_check_runs_count = #world.github.checks,
    check_runs_url = url .. "/check-runs",
  } }, "check_suites")
end

-- --- statuses ----------------------------------------------------------------

local function shown_status(request, one)
  return {
    id = one.id, node_id = kit.node_id("SC", one.id), state = one.state,
    url = kit.api(request) .. "/statuses/" .. one.sha, context = one.context,
    description = rest.or_null(one.description),
    target_url = rest.or_null(one.target_url), avatar_url = json.null,
    creator = shapes.user(request, request.world.github.actor),
    created_at = rest.iso(one.created_ms),
    updated_at = rest.iso(one.created_ms),
  }
end

local function statuses_of(request, commit)
  local list = {}
  for _, one in ipairs(request.world.github.commit_statuses) do
    if one.sha == commit.sha then list[#list + 1] = one end
  end
  return kit.newest_first(list)
end

local function list_statuses(request, commit)
  local list = {}
  for i, one in ipairs(statuses_of(request, commit)) do
    list[i] = shown_status(request, one)
  end
  return kit.page(request, list)
end

local function combined(request, commit)
  local seen, list, worst = {}, json.array {}, "success"
  for _, one in ipairs(statuses_of(request, commit)) do
    if not seen[one.context] then
      seen[one.context] = true
      list[#list + 1] = shown_status(request, one)
      if one.state == "error" or one.state == "failure" then
        worst = "failure"
      elseif one.state == "pending" and worst == "success" then
        worst = "pending"
      end
    end
  end
  local url = kit.api(request) .. "/commits/" .. commit.sha
  return 200, {
    state = #list == 0 and "pending" or worst, sha = commit.sha,
    total_count = #list, statuses = list, commit_url = url,
    url = url .. "/status", repository = shapes.repository(request),
  }
end

local function create_status(request, commit)
  local body = request.body
  if type(body) ~= "table" or not STATES[body.state] then
    return kit.invalid("Status", "state", "invalid")
  end
  if #(rest.or_nil(body.description) or "") > MAX_DESCRIPTION then
    return kit.invalid("Status", "description", "custom",
      "description is too long (maximum is 140 characters)")
  end
  local one = {
    id = rest.serial(request.world, "commit_status", 72001),
    sha = commit.sha, state = body.state, context = body.context or "default",
    description = rest.or_nil(body.description),
    target_url = rest.or_nil(body.target_url), created_ms = request.now_ms,
  }
  table.insert(request.world.github.commit_statuses, one)
  rest.touch(request)
  return 201, shown_status(request, one)
end

local R = "/repos/{owner}/{repo}"
local C = R .. "/commits/{ref}"

commits.routes = {
  { "GET", R .. "/commits", "github.commits.list", list_commits },
  { "GET", C, "github.commits.get", of_commit(get_commit) },
  { "GET", C .. "/check-runs", "github.checks.list", of_commit(list_checks) },
  { "GET", C .. "/check-suites", "github.checks.suites",
    of_commit(list_suites) },
  { "GET", C .. "/status", "github.commit_statuses.combined",
    of_commit(combined, 404) },
  { "GET", C .. "/statuses", "github.commit_statuses.list",
    of_commit(list_statuses, 404) },
  { "POST", R .. "/statuses/{sha}", "github.commit_statuses.create",
    of_commit(create_status) },
  { "GET", R .. "/compare/{range*}", "github.compare", compare },
}

return commits
