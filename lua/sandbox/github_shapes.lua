-- The objects of GitHub's REST answers, complete as their description asks.

local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"

local shapes = {}

local USER_URLS = {
  "followers", "following", "gists", "starred", "subscriptions",
  "organizations", "repos", "events", "received_events",
}
local REPO_URLS = {
  "archive", "assignees", "blobs", "branches", "collaborators", "comments",
  "commits", "compare", "contents", "contributors", "deployments",
  "downloads", "events", "forks", "git_commits", "git_refs", "git_tags",
  "hooks", "issue_comment", "issue_events", "issues", "keys", "labels",
  "languages", "merges", "milestones", "notifications", "pulls", "releases",
  "stargazers", "statuses", "subscribers", "subscription", "tags", "teams",
  "trees",
}

local node_id, repo_url, web_url = kit.node_id, kit.api, kit.web

--- @param request rest.request
--- @param login string
--- @return table simple-user
function shapes.user(request, login)
  local url = request.origin .. "/users/" .. login
  local user = {
    login = login, id = #login + 1000, node_id = node_id("U", login),
    avatar_url = kit.WEB .. "/" .. login .. ".png", gravatar_id = "",
    url = url, html_url = kit.WEB .. "/" .. login,
    type = "User", site_admin = false,
  }
  for _, part in ipairs(USER_URLS) do
    user[part .. "_url"] = url .. "/" .. part
  end
  return user
end

--- @param request rest.request
--- @return table minimal-repository
function shapes.repository(request)
  local full = request.world.github.repository
  local owner, name = full:match("^([^/]+)/(.+)$")
  local url = repo_url(request)
  local repo = {
    id = 4100, node_id = node_id("R", full), name = name, full_name = full,
    owner = shapes.user(request, owner), private = true, fork = false,
    description = json.null, url = url, html_url = web_url(request),
  }
  for _, part in ipairs(REPO_URLS) do
    repo[part .. "_url"] = url .. "/" .. part
  end
  return repo
end

--- @param request rest.request
--- @return table full-repository
function shapes.full_repository(request)
  local repo, world = shapes.repository(request), request.world
  local ssh = "github.com/" .. repo.full_name .. ".git"
  local since = world.commits[1] and world.commits[1].time or world.epoch
  local more = {
    clone_url = "https://" .. ssh, git_url = "git://" .. ssh,
    ssh_url = "git@" .. ssh:gsub("/", ":", 1), svn_url = repo.html_url,
    default_branch = world.github.default_branch, visibility = "private",
    homepage = json.null, language = "JavaScript", license = json.null,
    mirror_url = json.null, archived = false, disabled = false,
    has_issues = true, has_projects = true, has_wiki = false,
    has_pages = false, has_discussions = false, has_downloads = true,
    topics = json.array {}, forks = 0, forks_count = 0, open_issues = 0,
    open_issues_count = 0, stargazers_count = 0, watchers = 0,
    watchers_count = 0, network_count = 0, subscribers_count = 1, size = 12,
    created_at = since, updated_at = since, pushed_at = since,
    permissions = {
      admin = true, maintain = true, push = true, triage = true, pull = true,
    },
  }
  for name, value in pairs(more) do repo[name] = value end
  return repo
end

--- @param request rest.request
--- @param commit table as github_history gives it
--- @return table commit
function shapes.commit(request, commit)
  local url = repo_url(request) .. "/commits/" .. commit.sha
  local person = {
    name = commit.author, email = commit.email, date = commit.time,
  }
  local parents = json.array {}
  for i, sha in ipairs(commit.parents) do
    local parent = repo_url(request) .. "/commits/" .. sha
    parents[i] = { sha = sha, url = parent, html_url = parent }
  end
  return {
    url = url, sha = commit.sha, node_id = node_id("C", commit.sha),
    html_url = web_url(request) .. "/commit/" .. commit.sha,
    comments_url = url .. "/comments",
    commit = {
      url = url, author = person, committer = rest.copy(person),
      message = commit.message, comment_count = 0,
      tree = { sha = rest.digest(commit.sha):rep(3):sub(1, 40), url = url },
    },
    author = json.null, committer = json.null, parents = parents,
  }
end

--- @param request rest.request
--- @param check table {id, name, conclusion?, at}
--- @param sha string
--- @return table check-run
function shapes.check_run(request, check, sha)
  local url = repo_url(request) .. "/check-runs/" .. check.id
  local done = check.conclusion ~= nil
  return {
    id = check.id, node_id = node_id("CR", check.id), head_sha = sha,
    external_id = "", url = url, name = check.name,
    html_url = web_url(request) .. "/runs/" .. check.id,
    details_url = web_url(request) .. "/runs/" .. check.id,
    status = done and "completed" or "in_progress",
    conclusion = rest.or_null(check.conclusion),
    started_at = check.at, completed_at = done and check.at or json.null,
    check_suite = { id = 1 }, app = json.null, pull_requests = json.array {},
    output = {
      title = json.null, summary = json.null, text = json.null,
      annotations_count = 0, annotations_url = url .. "/annotations",
    },
  }
end

--- @param request rest.request
--- @param run table as the world keeps it
--- @param state table {at, state, conclusion?} by now
--- @param commit table
--- @return table workflow-run
function shapes.run(request, run, state, commit)
  local url = repo_url(request) .. "/actions/runs/" .. run.id
  local person = { name = commit.author, email = commit.email }
  local out = {
    id = run.id, node_id = node_id("WFR", run.id), name = run.name,
    head_branch = run.branch, head_sha = run.sha, path = run.path,
    run_number = run.number, run_attempt = run.attempt or 1, event = run.event,
    display_title = run.title, status = state.state,
    conclusion = rest.or_null(state.conclusion),
    workflow_id = run.workflow_id, url = url,
    html_url = web_url(request) .. "/actions/runs/" .. run.id,
    created_at = rest.iso(run.created_ms), updated_at = rest.iso(state.at),
    run_started_at = rest.iso(run.started_ms or run.created_ms),
    actor = shapes.user(request, run.actor),
    triggering_actor = shapes.user(request, run.actor),
    pull_requests = json.array {}, check_suite_id = run.id,
    check_suite_url = repo_url(request) .. "/check-suites/" .. run.id,
    workflow_url = repo_url(request) .. "/actions/workflows/" ..
      run.workflow_id,
    previous_attempt_url = json.null,
    head_commit = {
      id = run.sha, tree_id = rest.digest(run.sha):rep(3):sub(1, 40),
      message = commit.message, timestamp = commit.time,
      author = person, committer = rest.copy(person),
    },
    repository = shapes.repository(request),
    head_repository = shapes.repository(request),
  }
  for _, part in ipairs { "jobs", "logs", "artifacts", "cancel", "rerun" } do
    out[part .. "_url"] = url .. "/" .. part
  end
  return out
end

--- @param request rest.request
--- @param one table as the world keeps it
--- @return table deployment
function shapes.deployment(request, one)
  local url = repo_url(request) .. "/deployments/" .. one.id
  return {
    url = url, id = one.id, node_id = node_id("DE", one.id),
    sha = one.sha, ref = one.ref, task = one.task,
    payload = rest.copy(one.payload), environment = one.environment,
    original_environment = one.environment,
    description = rest.or_null(one.description),
    creator = shapes.user(request, one.creator),
    created_at = rest.iso(one.created_ms),
    updated_at = rest.iso(one.created_ms),
    statuses_url = url .. "/statuses", repository_url = repo_url(request),
    transient_environment = one.transient,
    production_environment = one.production,
  }
end

--- @param request rest.request
--- @param deployment table
--- @param one table as the world keeps it
--- @return table deployment-status
function shapes.status(request, deployment, one)
  local parent = repo_url(request) .. "/deployments/" .. deployment.id
  return {
    url = parent .. "/statuses/" .. one.id, id = one.id,
    node_id = node_id("DES", one.id), state = one.state,
    creator = shapes.user(request, one.creator),
    description = one.description, environment = one.environment,
    environment_url = one.environment_url, target_url = one.target_url,
    log_url = one.target_url, deployment_url = parent,
    repository_url = repo_url(request),
    created_at = rest.iso(one.created_ms),
    updated_at = rest.iso(one.created_ms),
  }
end

return shapes
