-- Checks of a commit, runs that are watched, deployments that are told.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

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

test("a run's conclusion is given, good or bad", function(session)
  local github = require "github"
  session.world.github.workflows["ci.yml"].conclusion = "failure"
  local started = github.dispatch {
    workflow = "ci.yml", ref = "main", step = "ci",
  }
  equal(github.watch(started.workflow_run_id).conclusion, "failure")
end)

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

support.finish()
