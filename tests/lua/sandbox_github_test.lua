-- The simulated GitHub: states, refusals, conflicts, limits, what it hands out.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

local HUB = "https://api.github.com/repos/acme/shop"

local function ask(session, method, url, body, headers)
  local all = {
    Authorization = "Bearer " .. session.world.secrets.GITHUB_TOKEN,
  }
  for name, value in pairs(headers or {}) do all[name] = value end
  local response = session.handler({
    method = method, url = url, headers = all,
    body = body and json.encode(body),
  }, session.now_ms)
  local text = response.body
  local kind = response.headers["content-type"] or ""
  local is_json = kind:find("json", 1, true)
  return response.status, text ~= "" and is_json and json.decode(text) or text,
    response.headers
end

-- The status with which each of the calls is refused.
local function refused(rows)
  for i, row in ipairs(rows) do
    local at = require("github").try
    for name in row[1]:gmatch("[^.]+") do at = at[name] end
    local value, err = at(row[2])
    equal({ value == nil, err and err.status }, { true, row[3] },
      i .. ": " .. row[1])
  end
end

local function main_sha(session) return session.world.github.branches.main end
local function topic_sha(session)
  return session.world.github.branches["hotfix/rounding"]
end

test("the files of the fixture are those of its tree", function(session)
  local files = session.world.github.files
  for _, commit in ipairs(session.world.commits) do
    for _, path in ipairs(commit.add) do
      equal(files[path],
        support.read_file(support.FIXTURE .. "/tree/" .. path), path)
    end
  end
end)

-- --- secrets and variables ---------------------------------------------------

test("a secret must be sealed for the key, with a proper name", function()
  local github = require "github"
  local key = github.secrets.key {}
  local sealed = secret.seal(key.key, "x")
  local function set(args)
    local all = {
      name = "A", key_id = key.key_id, encrypted_value = sealed,
    }
    for name, value in pairs(args) do all[name] = value end
    return { "secrets.set", all, 422 }
  end
  refused {
    set { name = "GITHUB_TOKEN" }, set { name = "1A" }, set { name = "A-B" },
    set { key_id = "1" }, set { encrypted_value = "in the open" },
    set { encrypted_value = "Zm9v" },
    { "secrets.set", { name = "A", key_id = key.key_id, environment = "none",
      encrypted_value = sealed }, 404 },
    { "secrets.get", { name = "NONE" }, 404 },
    { "secrets.delete", { name = "NONE" }, 404 },
  }
  equal(github.repo_secrets.key({}).key ~= key.key, true, "own keys")
  equal(github.secrets.key({ environment = "production" }).key ~= key.key,
    true)
end)

test("a secret is 201 when new and 204 when replaced", function(session)
  local url = HUB .. "/environments/staging/secrets/"
  local _, key = ask(session, "GET", url .. "public-key")
  local body = {
    key_id = key.key_id, encrypted_value = secret.seal(key.key, "x"),
  }
  equal((ask(session, "PUT", url .. "new_one", body)), 201)
  session.now_ms = session.now_ms + 5000
  equal((ask(session, "PUT", url .. "NEW_ONE", body)), 204)
  local _, one = ask(session, "GET", url .. "New_One")
  equal({ one.name, one.created_at, one.updated_at },
    { "NEW_ONE", "2026-11-20T09:00:00Z", "2026-11-20T09:00:05Z" })
  equal(one.sealed == nil, true, "not even the digest comes back")
end)

test("a variable is unique, and has a text", function()
  refused {
    { "variables.create", { name = "PUBLIC_SITE_URL", value = "x" }, 409 },
    { "variables.create", { name = "GITHUB_X", value = "x" }, 422 },
    { "variables.create", { name = "X", value = ("x"):rep(50000) }, 422 },
    { "variables.update", { name = "NONE", value = "x" }, 404 },
    { "variables.delete", { name = "NONE" }, 404 },
    { "variables.list", { environment = "none" }, 404 },
  }
end)

test("an environment keeps its id, its rules are those given", function()
  local github = require "github"
  local before = github.environments.get { environment = "staging" }
  github.environments.put {
    environment = "a", wait_timer = 5,
    reviewers = { { type = "User", id = 1 } },
  }
  equal(github.environments.get({ environment = "staging" }).id, before.id)
  local rules = github.environments.get({ environment = "a" }).protection_rules
  equal({ rules[1].type, rules[1].wait_timer, rules[2].type },
    { "wait_timer", 5, "required_reviewers" })
  github.environments.put { environment = "a" }
  equal(#github.environments.get({ environment = "a" }).protection_rules, 0)
  local both = { protected_branches = true, custom_branch_policies = true }
  local many = {}
  for i = 1, 7 do many[i] = { type = "User", id = i } end
  refused {
    { "environments.put", { environment = "a", wait_timer = -1 }, 422 },
    { "environments.put", { environment = "a", reviewers = many }, 422 },
    { "environments.put",
      { environment = "a", deployment_branch_policy = both }, 422 },
    { "environments.get", { environment = "none" }, 404 },
    { "environments.delete", { environment = "none" }, 404 },
  }
end)

-- --- references, files, pull requests ----------------------------------------

test("references move forward, or by force", function(session)
  local github = require "github"
  local main, topic = main_sha(session), topic_sha(session)
  refused {
    { "refs.update", { ref = "heads/hotfix/rounding", sha = main }, 422 },
    { "refs.update", { ref = "heads/none", sha = main }, 422 },
    { "refs.update", { ref = "heads/main", sha = ("0"):rep(40) }, 422 },
    { "refs.create", { ref = "refs/heads/main", sha = main }, 422 },
    { "refs.create", { ref = "main", sha = main }, 422 },
    { "refs.create", { ref = "refs/heads/x", sha = main:sub(1, 12) }, 422 },
    { "refs.delete", { ref = "heads/main" }, 422 },
  }
  github.refs.update { ref = "heads/main", sha = topic }
  equal(main_sha(session), topic)
  github.refs.update { ref = "heads/main", sha = main, force = true }
  equal(main_sha(session), main)
  github.refs.create { ref = "refs/tags/v1", sha = topic }
  equal(github.commits.get({ ref = "v1" }).sha, topic)
  equal(github.tags.list({})[1].name, "v1")
  equal(#github.refs.matching { ref = "tags/" }, 1)
end)

test("slashes in a path may be escaped or not", function(session)
  for _, path in ipairs {
    "/git/ref/heads%2Fhotfix%2Frounding", "/git/ref/heads/hotfix/rounding",
    "/contents/src/server.js", "/contents/src%2Fserver.js",
    "/branches/hotfix/rounding", "/compare/main...hotfix/rounding",
  } do
    equal((ask(session, "GET", HUB .. path)), 200, path)
  end
end)

test("a change to a file is a commit on its branch", function(session)
  local github = require "github"
  local made = github.contents.put {
    path = "docs/x/a.md", message = "docs: a", content = "YQo=",
    branch = "hotfix/rounding",
  }
  equal(made.commit.sha, topic_sha(session))
  local list = github.commits.list { sha = "hotfix/rounding" }
  equal({ #list, list[1].commit.message }, { 5, "docs: a" })
  equal(#github.commits.list { sha = "hotfix/rounding", path = "docs" }, 1)
  local names = {}
  for i, one in ipairs(github.contents.get { path = "docs",
    ref = "hotfix/rounding" }) do
    names[i] = one.type .. " " .. one.path
  end
  equal(names, { "dir docs/x" })
  local diff = github.compare { range = "main...hotfix/rounding" }
  equal({ diff.ahead_by, diff.files[1].filename }, { 2, "docs/x/a.md" })
  refused {
    { "contents.get", { path = "docs/x/a.md" }, 404 },
    { "contents.get", { path = "fly.toml", ref = "none" }, 404 },
    { "contents.put", { path = "b", message = "m", content = "eA==",
      branch = "none" }, 404 },
    { "contents.put", { path = "b", message = "m", content = "!" }, 422 },
    { "contents.put", { path = "fly.toml", message = "m", content = "eA==",
      sha = made.content.sha }, 409 },
  }
end)

-- A branch of main with a file; gives the number of its pull request.
local function proposed(session, name, path, text)
  local github = require "github"
  github.refs.create { ref = "refs/heads/" .. name, sha = main_sha(session) }
  github.put_file {
    path = path, text = text, message = name, branch = name,
  }
  return github.pulls.create({
    head = name, base = "main", title = name,
  }).number
end

test("whether a pull request conflicts is known after a while",
  function(session)
    local github = require "github"
    local one = proposed(session, "one", "fly.toml", "app = 1\n")
    local two = proposed(session, "two", "fly.toml", "app = 2\n")
    equal(github.pulls.get({ pull = two }).mergeable_state, "unknown")
    time.sleep(60)
    equal(github.pulls.get({ pull = two }).mergeable_state, "clean")
    github.pulls.merge { pull = one }
    local view = github.pulls.get { pull = two }
    equal({ view.mergeable, view.mergeable_state }, { false, "dirty" })
    refused {
      { "pulls.merge", { pull = two }, 405 },
      { "pulls.merge", { pull = one }, 405 },
      { "pulls.update", { pull = one, state = "open" }, 422 },
      { "pulls.create", { head = "two", base = "main", title = "x" }, 422 },
      { "pulls.create", { head = "none", base = "main", title = "x" }, 422 },
      { "pulls.create", { head = "fork:x", base = "main", title = "x" }, 422 },
      { "pulls.create", { head = "two", base = "main" }, 422 },
    }
  end)

test("each way of merging leaves its own commits", function(session)
  local github = require "github"
  local parents, lengths = {}, {}
  for i, method in ipairs { "merge", "squash", "rebase" } do
    local number = proposed(session, method, method .. ".md", method)
    github.pulls.merge { pull = number, merge_method = method }
    local tip = github.commits.get { ref = "main" }
    parents[i], lengths[i] = #tip.parents, #github.commits.list {}
    equal((github.file { path = method .. ".md" }), method)
  end
  equal(parents, { 2, 1, 1 })
  equal(lengths, { 5, 6, 7 })
end)

test("issues and pull requests share their numbers", function(session)
  local github = require "github"
  local issue = github.issues.create({ title = "A", labels = { "x" } }).number
  local pull = proposed(session, "one", "a.md", "a")
  equal({ issue, pull }, { 101, 102 })
  local list = github.issues.list {}
  equal({ list[1].pull_request ~= nil, list[2].pull_request ~= nil },
    { true, false })
  equal(#github.issues.list { labels = "x" }, 1)
  github.comments.create { issue = pull, body = "fine" }
  equal(github.issues.get({ issue = pull }).comments, 1)
  local closed = github.issues.update { issue = issue, state = "closed" }
  equal({ closed.state, closed.state_reason }, { "closed", "completed" })
  equal(#github.issues.list {}, 1)
  refused {
    { "comments.create", { issue = 9, body = "x" }, 404 },
    { "issues.update", { issue = issue, state = "gone" }, 422 },
    { "issues.create", { title = "" }, 422 },
  }
end)

-- --- deployments and releases ------------------------------------------------

test("a success ends the deployments before it", function()
  local github = require "github"
  local function deploy()
    return github.start_deployment {
      ref = "main", environment = "staging", step = "x",
    }
  end
  local first, second = deploy(), deploy()
  github.report(first, "success", "a")
  refused { { "deployments.delete", { deployment = first.id }, 422 } }
  github.report(second, "success", "b")
  local function state(one)
    return github.statuses.list({ deployment = one.id })[1].state
  end
  equal({ state(first), state(second) }, { "inactive", "success" })
  github.deployments.delete { deployment = first.id }
  refused { { "deployments.get", { deployment = first.id }, 404 } }
end)

test("a deployment asks for checks, and merges what is behind",
  function(session)
    local github = require "github"
    session.world.github.failed_checks = { test = main_sha(session) }
    refused { { "deployments.create", { ref = "main" }, 409 } }
    github.put_file { path = "a.md", text = "a", message = "a" }
    local tip = topic_sha(session)
    refused { { "deployments.create", { ref = "hotfix/rounding" }, 202 } }
    equal(topic_sha(session) ~= tip, true, "merged instead")
    time.sleep(60)
    equal(github.deployments.create({ ref = "hotfix/rounding" }).sha,
      topic_sha(session))
  end)

test("a draft has no tag before it is published", function(session)
  local github = require "github"
  local draft = github.releases.create {
    tag_name = "v2", name = "Two", draft = true, target_commitish = "main",
  }
  refused {
    { "releases.latest", {}, 404 }, { "releases.by_tag", { tag = "v2" }, 404 },
    { "releases.create", { tag_name = "v3", target_commitish = "none" }, 422 },
  }
  equal(session.world.github.tags.v2 == nil, true)
  github.releases.update { release = draft.id, draft = false }
  equal(session.world.github.tags.v2, main_sha(session))
  equal(github.releases.latest({}).tag_name, "v2")
  local notes = github.releases.notes {
    tag_name = "v3", target_commitish = "hotfix/rounding",
  }
  equal(notes.body:find("* checkout: round the total once", 1, true) ~= nil,
    true)
  equal(notes.body:find("v2...v3", 1, true) ~= nil, true)
end)

-- --- runs, their files -------------------------------------------------------

local function start(inputs)
  return require("github").dispatch({
    workflow = inputs and "deploy.yml" or "ci.yml", ref = "main", step = "s",
    inputs = inputs,
  }).workflow_run_id
end

test("a run can be cancelled while it runs, and again afterwards", function()
  local github = require "github"
  local id = start()
  refused { { "runs.rerun", { id = id, attempt = 1 }, 403 } }
  time.sleep(20)
  github.runs.cancel { id = id }
  local run = github.runs.get { id = id }
  equal({ run.status, run.conclusion }, { "completed", "cancelled" })
  equal(github.runs.jobs({ id = id })[1].conclusion, "cancelled")
  refused { { "runs.cancel", { id = id }, 409 } }
  github.runs.rerun_failed { id = id, attempt = 1 }
  run = github.runs.get { id = id }
  equal({ run.status, run.run_attempt }, { "queued", 2 })
  time.sleep(200)
  refused { { "runs.rerun_failed", { id = id, attempt = 2 }, 403 } }
  equal(github.runs.get({ id = id }).conclusion, "success")
end)

test("runs are found by what they are", function()
  local github = require "github"
  start()
  start { environment = "staging", image = "x" }
  time.sleep(120)
  for _, row in ipairs {
    { {}, 2 }, { { status = "completed" }, 1 }, { { status = "success" }, 1 },
    { { branch = "none" }, 0 }, { { actor = "acme-deploy" }, 2 },
    { { created = ">=2026-11-20" }, 2 }, { { created = "<2026-11-20" }, 0 },
    { { created = "2026-11-19..2026-11-21" }, 2 },
  } do
    equal(#github.runs.list(row[1]), row[2], json.encode(row[1]))
  end
  equal(#github.workflows.runs { workflow = 159037 }, 1, "by id")
  refused { { "workflows.runs", { workflow = "none.yml" }, 404 } }
end)

test("a timer of an environment runs out by itself", function()
  local github = require "github"
  github.environments.put { environment = "slow", wait_timer = 2 }
  local id = start { environment = "slow", image = "x" }
  time.sleep(60)
  equal(github.runs.get({ id = id }).status, "waiting")
  equal(github.runs.pending({ id = id })[1].current_user_can_approve, false)
  time.sleep(90)
  equal(github.runs.get({ id = id }).status, "in_progress")
  equal(#github.runs.pending { id = id }, 0)
end)

test("a run whose environment is refused has failed", function()
  local github = require "github"
  local one = github.environments.put {
    environment = "guarded", reviewers = { { type = "User", id = 7 } },
  }
  local id = start { environment = "guarded", image = "x" }
  time.sleep(10)
  refused {
    { "runs.review", { id = id, environment_ids = { 1 }, state = "approved",
      comment = "" }, 422 },
    { "runs.review", { id = id, environment_ids = { one.id }, state = "fine",
      comment = "" }, 422 },
  }
  github.runs.review {
    id = id, environment_ids = { one.id }, state = "rejected", comment = "no",
  }
  local run = github.runs.get { id = id }
  equal({ run.status, run.conclusion }, { "completed", "failure" })
end)

test("logs come from another host, without the token, for a while",
  function(session)
    local github = require "github"
    local id = start()
    refused { { "runs.logs", { id = id }, 404 } }
    time.sleep(200)
    local job = github.runs.jobs({ id = id })[1].id
    local log = github.jobs.logs { job = job }
    equal(log:find("##[group]Run node --test", 1, true) ~= nil, true)
    local link = session.followed
    equal(link:match("^https://([^/]+)/"),
      "pipelines.actions.githubusercontent.com")
    equal((ask(session, "GET", link)), 400, "a token")
    local bare = { method = "GET", url = link, headers = {} }
    equal(session.handler(bare, session.now_ms).status, 200)
    bare.url = link:gsub("job%-log", "run-logs")
    equal(session.handler(bare, session.now_ms).status, 403, "another file")
    bare.url = link
    equal(session.handler(bare, session.now_ms + 61000).status, 403, "old")
    equal(github.runs.logs({ id = id }):sub(1, 4), "PK\3\4")
    local artifact = github.runs.artifacts({ id = id })[1]
    local bytes = github.artifacts.download { artifact = artifact.id }
    equal({ #bytes, bytes:sub(-22, -19) },
      { artifact.size_in_bytes, "PK\5\6" })
    time.sleep(91 * 86400)
    equal(github.artifacts.get({ artifact = artifact.id }).expired, true)
    refused {
      { "artifacts.download", { artifact = artifact.id }, 410 },
      { "runs.logs", { id = id }, 410 }, { "jobs.logs", { job = job }, 404 },
    }
  end)

test("on loopback the files are below a prefix of their own", function(session)
  local id = start()
  time.sleep(200)
  local root = "http://127.0.0.1:8099"
  local status, _, headers = ask(session, "GET",
    root .. "/github/repos/acme/shop/actions/runs/" .. id .. "/logs")
  equal({ status, headers.location:match("^(.-/%w+_%w+)/") },
    { 302, root .. "/github_files" })
  local response = session.handler({
    method = "GET", url = headers.location, headers = {},
  }, session.now_ms)
  equal({ response.status, response.headers["content-type"] },
    { 200, "application/zip" })
end)

test("repository_dispatch starts what waits for it", function(session)
  local github = require "github"
  session.world.github.workflows["ci.yml"].events = { "nightly" }
  github.repo.dispatch { event_type = "other" }
  equal(#github.runs.list {}, 0)
  github.repo.dispatch {
    event_type = "nightly", client_payload = { marker = "m/1" },
  }
  local run = github.runs.list({})[1]
  equal({ run.event, run.display_title }, { "repository_dispatch", "CI · m/1" })
  local many = {}
  for i = 1, 11 do many["k" .. i] = i end
  refused {
    { "repo.dispatch", { event_type = "x", client_payload = many }, 422 },
    { "repo.dispatch", { event_type = ("x"):rep(101) }, 422 },
  }
end)

-- --- limits ------------------------------------------------------------------

test("the rate limit is spent, told and renewed", function(session)
  local headers
  for _ = 1, 5000 do
    local _
    _, _, headers = ask(session, "GET", "https://api.github.com/user")
  end
  equal({ headers["x-ratelimit-remaining"], headers["x-ratelimit-reset"] },
    { "0", tostring((session.now_ms // 3600000 + 1) * 3600) })
  equal((ask(session, "GET", HUB)), 403)
  raises(function() require("github").repo.get {} end, "403",
    "API rate limit exceeded", "github.rate() tells")
  local _, limits = ask(session, "GET", "https://api.github.com/rate_limit")
  equal(limits.rate.remaining, 0)
  time.sleep(3600)
  _, limits = ask(session, "GET", "https://api.github.com/rate_limit")
  equal(limits.rate.remaining, 5000)
  equal((ask(session, "GET", HUB)), 200)
end)

support.finish()
