-- What a helper says to arguments that it does not take, before it asks or
-- changes anything.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

test("an unknown argument is not ignored", function(session)
  local fly, github = require "fly", require "github"
  raises(function() fly.rollback { version = 40 } end,
    "fly.rollback: there is no argument 'version'; it takes: app, release")
  raises(function() fly.scale_memory { memory = 512 } end,
    "fly.scale_memory: there is no argument 'memory'",
    "app, memory_mb, groups")
  raises(function()
    github.set_secret { name = "X", value = "1", env = "staging" }
  end, "there is no argument 'env'", "name, value, environment, repository")
  raises(function() github.merge { number = 5 } end, "no argument 'number'")
  raises(function() require("chatwoot").healthy { account = 1 } end,
    "there is no argument 'account'; it takes: none")
  equal(#session.requests, 0)
end)

test("a name in place of named arguments is told", function(session)
  local fly = require "fly"
  raises(function() fly.rollback("shop-production") end,
    "fly.rollback takes named arguments, as in fly.rollback { app = … }, " ..
    "not a string")
  raises(function() fly.wait_healthy("shop-production") end, "app = …")
  raises(function() require("supabase").wait_active("x") end, "project = …")
  raises(function() require("chatwoot").smoke("Shop website") end,
    "inbox = …")
  raises(function() fly.machines.get("1857156b526dd8") end,
    "fly.machines.get takes named arguments", "not a string")
  equal(#session.requests, 0)
end)

test("named arguments in place of a name are told", function(session)
  local fly, github = require "fly", require "github"
  raises(function() fly.release_leases { app = "x" } end,
    "fly.release_leases takes the name of an app, not a table")
  raises(function() github.watch { id = 5 } end,
    "github.watch takes the id of a run, not a table")
  raises(function() github.checks_green() end,
    "github.checks_green takes a SHA, branch or tag, not nothing")
  raises(function()
    require("supabase").migrations_status { folder = "x" }
  end, "takes a folder, not a table")
  equal(#session.requests, 0)
end)

test("a missing argument and one of another type are told", function(session)
  local fly, github = require "fly", require "github"
  raises(function() github.dispatch { ref = "main" } end,
    "github.dispatch: argument 'step' is missing")
  raises(function() github.set_variable { name = "X", value = 5 } end,
    "argument 'value' has to be of type string, not a number")
  raises(function() fly.plan_rollback { release = 40.5 } end,
    "argument 'release' has to be of type integer, not a number")
  raises(function() fly.deploy_image() end,
    "fly.deploy_image: argument 'image' is missing")
  equal(#session.requests, 0)
end)

test("what executes a plan asks for one", function(session)
  local fly = require "fly"
  raises(function() fly.deploy { image = "x" } end,
    "fly.deploy takes a plan", "fly.deploy_image")
  raises(function() fly.roll() end, "fly.roll takes a plan")
  raises(function() fly.set_memory {} end, "make it by fly.plan_memory")
  raises(function() fly.fail_release {} end, "fly.plan_deploy")
  equal(#session.requests, 0)
end)

-- --- tables ------------------------------------------------------------------

local function order_of(row)
  return table.concat(getmetatable(row).__columns, " ")
end

test("a helper's rows know the order of their columns", function()
  local fly, github = require "fly", require "github"
  equal(order_of(fly.scale_memory("shop-staging", 1024)[1]),
    "machine region before after state")
  equal(order_of(fly.wait_healthy()[1]), "machine region state image checks")
  equal(order_of(github.set_variable { name = "X", value = "1" }),
    "name of change value updated_at")
  equal(order_of(require("supabase").migrations_status()[1]),
    "version name state")
end)

support.finish()
