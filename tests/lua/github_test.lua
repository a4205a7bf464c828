-- GitHub's helpers: what they ask, show and refuse, and that a second attempt
-- of a step asks for the same changes.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

-- What the door does: the changes of an attempt that failed at its end are
-- answered from the journal, if the next attempt asks for the same in the same
-- order. Gives what both attempts gave.
local function twice(fn)
  local plain, journal = http.request, {}
  http.request = function(r)
    local response = plain(r)
    if r.method ~= "GET" and response.status < 400 then
      journal[#journal + 1] = { request = r, response = response,
        asked = json.encode(r.json or {}) .. r.url }
    end
    return response
  end
  local first = fn(require "github")
  support.fresh() -- the worker is gone
  local next_one = 0
  http.request = function(r)
    if r.method == "GET" then return plain(r) end
    next_one = next_one + 1
    local entry = journal[next_one] or { asked = "nothing more" }
    equal(json.encode(r.json or {}) .. r.url, entry.asked, "change")
    return entry.response
  end
  http.earlier = function()
    return journal[next_one + 1] and journal[next_one + 1].request or false
  end
  time.sleep(60)
  local second = fn(require "github")
  equal(next_one, #journal, "changes")
  http.request, http.earlier = plain, function() return false end
  equal(second, first)
  return first
end

-- --- checks and runs ---------------------------------------------------------

test("a commit is green when every check has passed", function(session)
  local github = require "github"
  local green, rows = github.checks_green("main")
  equal({ green, #rows, rows[1].name }, { true, 3, "lint" })
  local hub = session.world.github
  hub.failed_checks = { test = hub.branches.main }
  local red, shown = github.checks_green("main")
  equal({ red, shown[2].conclusion }, { false, "failure" })
  equal((github.checks_green("hotfix/rounding")), true, "another commit")
end)

test("a commit without checks is not green", function(session)
  session.world.github.checks = json.array {}
  equal((require("github").checks_green("main")), false)
end)

test("a run that does not end is told", function(session)
  local github = require "github"
  session.world.github.workflows["ci.yml"].seconds = 900
  local started = github.dispatch {
    workflow = "ci.yml", ref = "main", step = "ci",
  }
  raises(function() github.watch(started.workflow_run_id, 60) end,
    "did not complete in time")
end)

test("of a run that fails the step and its log are shown", function(session)
  local github = require "github"
  session.world.github.workflows["ci.yml"].conclusion = "failure"
  local started = github.dispatch {
    workflow = "ci.yml", ref = "main", step = "ci",
  }
  local done, rows = github.watch(started.workflow_run_id)
  equal(done.conclusion, "failure")
  equal(rows, { {
    job = "test", status = "completed", conclusion = "failure",
    failed = "Run node --test",
  } })
  local printed = table.concat(session.printed, "\n")
  for _, piece in ipairs {
    "job test  failure  in step: Run node --test",
    "##[error]Process completed with exit code 1.",
  } do
    equal(printed:find(piece, 1, true) ~= nil, true, piece)
  end
  equal(printed:find("2026", 1, true) == nil, true, "no times of the log")
end)

test("a log that is gone does not hide what failed", function(session)
  session.world.github.workflows["ci.yml"].conclusion = "failure"
  local github = require "github"
  local started = github.dispatch {
    workflow = "ci.yml", ref = "main", step = "ci",
  }
  time.sleep(91 * 86400)
  equal(github.watch(started.workflow_run_id).conclusion, "failure")
  local printed = table.concat(session.printed, "\n")
  equal(printed:find("no log: github jobs.logs: 404", 1, true) ~= nil, true)
end)

test("jobs and the end of a log can be asked for", function()
  local github = require "github"
  local id = github.dispatch({
    workflow = "ci.yml", ref = "main", step = "ci",
  }).workflow_run_id
  equal(github.jobs_of(id), { { job = "test", status = "queued" } })
  github.watch(id)
  equal(github.jobs_of(id)[1].conclusion, "success")
  local job = github.runs.jobs({ id = id })[1].id
  equal(github.log_tail(job, 2), "##[endgroup]\ndone")
end)

test("what waits for a reviewer is told, and approved", function(session)
  local github = require "github"
  github.environments.put {
    environment = "guarded", reviewers = { { type = "User", id = 7 } },
  }
  local id = github.dispatch({
    workflow = "deploy.yml", ref = "main", step = "d",
    inputs = { environment = "guarded", image = "x" },
  }).workflow_run_id
  raises(function() github.watch(id, 30) end, "in time")
  equal(session.printed[3],
    "waits for environment guarded: a reviewer approves on the run's page")
  twice(function(hub)
    return hub.approve {
      id = id, environments = { "guarded" }, comment = "go",
    }
  end)
  equal((github.watch(id)).conclusion, "success")
  raises(function()
    github.approve { id = id, environments = { "guarded" }, comment = "go" }
  end, "422", "none of their reviewers")
end)

-- --- deployments -------------------------------------------------------------

test("a deployment and its statuses name the run", function()
  local github = require "github"
  local one = github.start_deployment {
    ref = "hotfix/rounding", environment = "staging", step = "staging",
  }
  equal({ one.payload.run, one.payload.step }, { run.id, "staging" })
  github.report(one, "in_progress", "under way")
  github.report(one, "success", "there", "https://shop.example")
  local statuses = github.statuses.list { deployment = one.id }
  equal({ statuses[1].state, statuses[1].description },
    { "success", "there [" .. run.id .. "]" })
  equal(#statuses, 2)
end)

-- --- secrets and variables ---------------------------------------------------

local function value(name) return secret.get(name or "FLY_API_TOKEN") end

test("a secret is sealed, set and seen", function(session)
  local row = twice(function(github)
    return github.set_secret { name = "DB_URL", value = value() }
  end)
  equal({ row.of, row.change }, { "environment staging", "created" })
  local kept = session.world.github.environments.staging.secrets
  equal({ #kept, kept[2].name, #kept[2].sealed }, { 2, "DB_URL", 16 })
  local put
  for _, r in ipairs(session.requests) do
    if r.method == "PUT" then put = r end
  end
  equal(put.json.encrypted_value:match("^[%w+/]+=*$") ~= nil, true)
end)

test("a secret that was there is replaced", function(session)
  local row = twice(function(github)
    return github.set_secret {
      name = "FLY_API_TOKEN", value = value(), environment = "production",
    }
  end)
  equal({ row.change, row.of }, { "updated", "environment production" })
  local github = require "github"
  equal(github.set_secret({ name = "FLY_API_TOKEN", value = value() }).change,
    "updated")
  equal(github.set_secret({ name = "FLY_API_TOKEN", value = value() }).change,
    "updated", "twice in a second")
  equal(github.set_secret({
    name = "FLY_API_TOKEN", value = value(), repository = true,
  }).of, "repository")
  equal(#session.world.github.secrets, 1)
end)

test("a secret that is not listed as set is told", function(session)
  local github = require "github"
  local plain = http.request
  http.request = function(r)
    if r.method ~= "PUT" then return plain(r) end
    return { status = 204, headers = {}, body = "" }
  end
  for _, name in ipairs { "NEW", "FLY_API_TOKEN" } do
    local before = session.now_ms
    raises(function()
      github.set_secret { name = name, value = value() }
    end, "secret " .. name .. " of environment staging", "not listed")
    equal(session.now_ms - before > 8000, true, "looked more than once")
  end
end)

test("a secret without a place is refused", function(session)
  session.world.env.github.environment = nil
  raises(function()
    require("github").set_secret { name = "A", value = value() }
  end, "which environment?", "repository = true")
end)

test("a secret is deleted once, and none is no error", function()
  local row = twice(function(github)
    return github.delete_secret { name = "FLY_API_TOKEN" }
  end)
  equal(row.change, "deleted")
  equal(require("github").delete_secret({ name = "FLY_API_TOKEN" }).change,
    "none")
end)

test("a variable is created, updated or left", function(session)
  local function set(name, text)
    return function(github)
      return github.set_variable { name = name, value = text }
    end
  end
  equal(twice(set("COLOUR", "red")).change, "created")
  equal(twice(set("PUBLIC_SITE_URL", "https://x")).change, "updated")
  local requests = #session.requests
  session.world.github.environments.production.variables[1].value = "there"
  local row = twice(function(github)
    return github.set_variable {
      name = "PUBLIC_SITE_URL", value = "there", environment = "production",
    }
  end)
  equal(row.change, "none")
  for i = requests + 1, #session.requests do
    equal(session.requests[i].method, "GET")
  end
end)

test("a variable of this run can be set again", function()
  local github = require "github"
  local function set(text)
    return github.set_variable({
      name = "COLOUR", value = text, repository = true,
    }).change
  end
  equal({ set "red", set "blue", set "red" },
    { "created", "updated", "updated" })
end)

test("what is left of the rate limit is a table", function()
  local github = require "github"
  github.repo.get {}
  local rows = github.rate()
  equal({ rows[1].resource, rows[1].limit, rows[1].used },
    { "core", 5000, 1 })
  equal(github.rate()[1].used, 1, "asking is free")
end)

-- --- pull requests -----------------------------------------------------------

local function branch_with(github, text, path)
  github.refs.create {
    ref = "refs/heads/topic", sha = github.commits.get({ ref = "main" }).sha,
  }
  github.put_file {
    path = path or "docs/a.md", text = text, message = "docs: a",
    branch = "topic",
  }
end

test("a pull request is opened once", function()
  branch_with(require "github", "a\n")
  local function open(github)
    return { github.open_pull {
      head = "topic", base = "main", title = "A", body = "why",
    }.number }
  end
  equal(twice(open), { 101 })
  equal(open(require "github"), { 101 })
  raises(function()
    require("github").open_pull { head = "none", base = "main", title = "B" }
  end, "422", "branches do not differ")
end)

test("a pull request is merged when its checks have passed", function(session)
  branch_with(require "github", "a\n")
  local number = require("github").open_pull({
    head = "topic", base = "main", title = "A",
  }).number
  local row = twice(function(github)
    return github.merge { pull = number, method = "squash" }
  end)
  equal(row.commit, session.world.github.branches.main)
  local text = require("github").file { path = "docs/a.md" }
  equal(text, "a\n")
  local printed = table.concat(session.printed, "\n")
  equal(printed:find("still running: lint, test, build", 1, true) ~= nil, true)
  equal(printed:find("3 checks have passed", 1, true) ~= nil, true)
end)

test("a pull request that must not be merged is not", function(session)
  local github = require "github"
  local hub = session.world.github
  branch_with(github, "a\n")
  local pull = github.open_pull {
    head = "topic", base = "main", title = "A", draft = true,
  }
  local function refused(args, ...)
    args.pull = pull.number
    local pieces = { ... }
    raises(function() github.merge(args) end, table.unpack(pieces))
    equal(hub.pulls[1].state, "open")
  end
  refused({}, "is a draft")
  hub.pulls[1].draft = false
  refused({ sha = hub.branches.main }, "has another head")
  hub.failed_checks = { test = hub.branches.topic }
  refused({}, "these checks failed: test")
  hub.failed_checks = {}
  github.commit_statuses.create {
    sha = hub.branches.topic, state = "pending", context = "review",
  }
  refused({ within_s = 30 }, "did not end in time")
  github.commit_statuses.create {
    sha = hub.branches.topic, state = "error", context = "review",
  }
  refused({}, "these checks failed: review")
  hub.checks, hub.commit_statuses = json.array {}, json.array {}
  refused({}, "no check has looked at")
  github.put_file { path = "docs/a.md", text = "b\n", message = "docs: b" }
  refused({ checks = false }, "conflicts with main")
  github.pulls.update { pull = pull.number, state = "closed" }
  raises(function() github.merge { pull = pull.number } end, "is closed")
end)

test("checks can be left out", function(session)
  local github = require "github"
  branch_with(github, "a\n")
  session.world.github.checks = json.array {}
  local pull = github.open_pull { head = "topic", base = "main", title = "A" }
  equal(github.merge({ pull = pull.number, checks = false }).pull, pull.number)
end)

-- --- issues and files --------------------------------------------------------

test("an issue is opened, then brought up to date", function(session)
  local function upsert(body)
    return function(github)
      return { github.upsert_issue({
        title = "Drift", body = body, labels = { "ops" },
      }).number }
    end
  end
  equal(twice(upsert "one"), { 101 })
  local issue = session.world.github.issues[1]
  equal({ #session.world.github.issues, issue.labels[1] }, { 1, "ops" })
  equal(issue.body, "one\n\n<!-- runproof: " .. run.id .. " -->")
  equal(twice(upsert "two"), { 101 })
  equal(issue.body:sub(1, 3), "two")
  issue.state = "closed"
  equal(upsert("three")(require "github"), { 102 }, "a closed one is over")
end)

test("a file is created, replaced or left", function(session)
  local function put(text, path)
    return function(github)
      return github.put_file {
        path = path or "docs/a.md", text = text, message = "docs: " .. text,
      }
    end
  end
  equal(twice(put "one").change, "created")
  equal(twice(put "two").change, "updated")
  equal(twice(put("{}", "package.json")).change, "updated")
  equal(put("{}", "package.json")(require "github").change, "none")
  local commits = #session.world.github.commits
  local server = require("github").file { path = "src/server.js" }
  equal(put(server, "src/server.js")(require "github").change, "none")
  equal(#session.world.github.commits, commits)
end)

test("what is no file that can be read is told", function()
  local github = require "github"
  raises(function() github.file { path = "src" } end, "src is no file",
    "a folder")
  raises(function() github.file { path = "none.md" } end, "404")
  local plain = http.request
  http.request = function(r)
    local response = plain(r)
    local body = json.decode(response.body)
    body.encoding, body.content, body.size = "none", "", 2000000
    response.body = json.encode(body)
    return response
  end
  raises(function() github.file { path = "fly.toml" } end,
    "too large", "2000000", "use git")
end)

test("a refusal names the permission that is missing", function(session)
  local github = require "github"
  session.world.github.repository = "acme/other"
  raises(function() github.secrets.list {} end, "404 Not Found",
    'the permission "Environments: read"')
  raises(function() github.pulls.list {} end, '"Pull requests: read"')
end)

support.finish()
