-- Simulated GitHub: who may ask, how often, and the routes of all its parts.

local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"
local shapes = require "sandbox/github_shapes"
local jobs = require "sandbox/github_jobs"

local github = { routes = { rest = {}, files = jobs.files } }

local LIMIT, WINDOW_S = 5000, 3600
local meter = rest.meter(LIMIT, WINDOW_S)
local last = { used = 0, window_end = 0 } -- asking for the limit is free

function github.problem(status, message)
  local _, value = kit.problem(status, message)
  return value
end

-- What a world need not say.
local LISTS = {
  "commits", "commit_statuses", "secrets", "variables", "releases", "pulls",
  "issues", "comments", "checks", "runs", "deployments",
}
local MAPS = {
  "tags", "protected", "files", "failed_checks", "environments", "workflows",
  "branches",
}

function github.prepare(world)
  local state = world.github
  for _, name in ipairs(LISTS) do
    state[name] = state[name] or json.array {}
  end
  for _, name in ipairs(MAPS) do state[name] = state[name] or {} end
  for _, one in pairs(state.environments) do
    one.secrets = one.secrets or json.array {}
    one.variables = one.variables or json.array {}
  end
  for _, run in ipairs(state.runs) do
    run.jobs = run.jobs or { { name = "run", steps = { "Run" } } }
    run.artifacts = run.artifacts or json.array {}
  end
end

function github.headers(request)
  if not request.used then return {} end
  return {
    ["x-ratelimit-limit"] = tostring(LIMIT),
    ["x-ratelimit-used"] = tostring(request.used),
    ["x-ratelimit-remaining"] = tostring(math.max(0, LIMIT - request.used)),
    ["x-ratelimit-reset"] = tostring(request.window_end),
    ["x-ratelimit-resource"] = "core",
    ["x-github-request-id"] =
      rest.digest(request.method .. request.path .. request.now_ms),
  }
end

local function count(request)
  if request.path ~= "/rate_limit" then
    request.used, request.window_end = meter(request.now_ms)
    last.used, last.window_end = request.used, request.window_end
  elseif request.now_ms // 1000 < last.window_end then
    request.used, request.window_end = last.used, last.window_end
  else
    local window = request.now_ms // 1000 // WINDOW_S
    request.used, request.window_end = 0, (window + 1) * WINDOW_S
  end
end

-- The links to files are good by themselves, and for nobody's token. On
-- loopback they are of the API's own origin, to which the token may go.
local function guard_files(request)
  local same_origin = request.origin:find("/github_files$")
  if same_origin or not request.headers.authorization then return false end
  return true, kit.problem(400, "a token was sent to the host of the files")
end

function github.guard(request, surface)
  if surface == "files" then return guard_files(request) end
  count(request)
  local token = request.world.secrets.GITHUB_TOKEN
  local sent = request.headers.authorization
  if sent ~= "Bearer " .. token and sent ~= "token " .. token then
    local message = sent and "Bad credentials" or "Requires authentication"
    return true, kit.problem(401, message)
  end
  if request.used > LIMIT and request.path ~= "/rate_limit" then
    return true, kit.problem(403, "API rate limit exceeded for user ID 1000.")
  end
  local owner, repo = request.params.owner, request.params.repo
  if owner and owner .. "/" .. repo ~= request.world.github.repository then
    return true, kit.not_found()
  end
  return false
end

local function rate_limit(request)
  local core = {
    limit = LIMIT, used = request.used, reset = request.window_end,
    remaining = math.max(0, LIMIT - request.used),
  }
  local minute = (request.now_ms // 60000 + 1) * 60
  return 200, {
    rate = core,
    resources = {
      core = rest.copy(core),
      search = { limit = 30, used = 0, remaining = 30, reset = minute },
    },
  }
end

local function get_user(request)
  local user = shapes.user(request, request.world.github.actor)
  local since = request.world.commits[1].time
  local more = {
    name = json.null, company = json.null, blog = "", location = json.null,
    email = json.null, hireable = json.null, bio = json.null,
    user_view_type = "public", public_repos = 0, public_gists = 0,
    followers = 0, following = 0, created_at = since, updated_at = since,
  }
  for name, value in pairs(more) do user[name] = value end
  return 200, user
end

local function get_repository(request)
  return 200, shapes.full_repository(request)
end

local all = github.routes.rest
all[1] = { "GET", "/rate_limit", "github.rate_limit.get", rate_limit }
all[2] = { "GET", "/user", "github.user.get", get_user }
all[3] = { "GET", "/repos/{owner}/{repo}", "github.repo.get", get_repository }
for _, part in ipairs {
  "settings", "deployments", "runs", "releases", "commits", "refs",
  "contents", "pulls", "issues",
} do
  local routes = require("sandbox/github_" .. part).routes
  for _, route in ipairs(routes) do all[#all + 1] = route end
end
for _, route in ipairs(jobs.routes) do all[#all + 1] = route end

return github
