-- The provider layer over the simulated cloud: rows, errors, pages, probes.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

test("a row fills its path, its query and the token", function(session)
  local fly = require "fly"
  equal(fly.apps.get({}).name, "shop-staging", "default app")
  equal(#fly.apps.list { org_slug = "acme" }, 2, "apps")
  local sent = session.requests[2]
  equal(sent.url, "https://api.machines.dev/v1/apps?org_slug=acme")
  equal(sent.row, "fly.apps.list")
end)

test("path arguments are escaped", function(session)
  local github = require "github"
  github.try.commits.get { ref = "a b/c?d" }
  equal(session.requests[1].url:match("commits/(.*)$"), "a%20b%2Fc%3Fd")
end)

test("a missing argument is told before anything is sent", function(session)
  local fly = require "fly"
  raises(function() fly.machines.get {} end, "fly.machines.get", "'machine'")
  equal(#session.requests, 0)
end)

test("an error is one line with status, words and the way out", function()
  local fly = require "fly"
  local message = "fly machines.get: 404 machine not found (request id "
  raises(function() fly.machines.get { machine = "0" } end, message,
    "check names in env")
end)

test("try gives nil and a failure with its status", function()
  local fly = require "fly"
  local machine, err = fly.try.machines.get { machine = "0" }
  equal(machine == nil, true)
  equal(err.status, 404)
end)

test("a wrong token is 401, in GraphQL an error", function(session)
  session.world.secrets.FLY_API_TOKEN = "another-token-of-the-cloud"
  secret.get = function()
    return { secret = "GITHUB_TOKEN", template = "{}" }
  end
  local fly = require "fly"
  raises(function() fly.apps.get {} end, "401", "token missing or invalid")
  raises(function() fly.releases.list { app = "shop-staging", limit = 5 } end,
    "You must be authenticated")
end)

test("pages are followed to the end", function(session)
  local list = session.world.github.deployments
  for i = 1, 64 do
    local one = { statuses = json.array {} }
    for key, value in pairs(list[1]) do one[key] = value end
    one.id = i
    list[#list + 1] = one
  end
  local github = require "github"
  equal(#github.deployments.list { per_page = 30 }, 65)
  equal(#session.requests, 3)
  equal(#github.deployments.list {}, 65)
  equal(#session.requests, 4, "what a row presets")
  equal(#github.deployments.list { page = 2, per_page = 60 }, 5)
  equal(#session.requests, 5, "one page")
end)

test("a next page on another host is not followed", function()
  local plain = http.request
  http.request = function(r)
    local response = plain(r)
    response.headers.link = '<https://evil.example/x?page=2>; rel="next"'
    return response
  end
  local github = require "github"
  raises(function() github.deployments.list {} end, "another host")
end)

test("rows are declared for the engine", function()
  local fly = require "fly"
  local by_name = {}
  for _, row in ipairs(fly.rows) do by_name[row.name] = row end
  local update = by_name["fly.machines.update"]
  equal({ update.effect, update.idempotent, update.probe },
    { "remote", false, true })
  local list = by_name["fly.releases.list"]
  equal({ list.effect, list.idempotent, list.base },
    { "read", true, "https://api.fly.io" })
  json.encode(fly.rows)
end)

test("rows are described for people", function()
  local things = require "provider".define {
    name = "things", auth = { secret = "T", header = "T", scheme = "{}" },
    defaults = function(settings)
      return { shelf = (settings.place or ""):match("^(.*)/") }
    end,
    rows = {
      { "get", "GET", "/{shelf}/{id}/{part}", doc = "One thing.",
        link = "https://things.example/get", gives = "string",
        args = { "part: integer  counted from 1", "deep?: boolean" } },
      { "set", "POST", "/{shelf}", args = { "shelf: integer" }, doc = "Sets.",
        probe = function() end, undescribed = "it is new" },
      { "any", "GET", "/any" },
    },
  }
  local all = things.catalogue()
  equal(all[1], {
    name = "things.get", method = "GET", path = "/{shelf}/{id}/{part}",
    effect = "read", idempotent = true, doc = "One thing.", gives = "string",
    link = "https://things.example/get",
    args = {
      "shelf?: string  default: the environment's", "id: string",
      "part: integer  counted from 1", "deep?: boolean",
    },
  })
  equal({ all[2].args, all[2].probe, all[2].undescribed, all[2].idempotent },
    { { "shelf?: integer" }, true, "it is new", false })
  equal(all[3].args == nil, true, "what is not described")
end)

test("the environment's limits replace what the service bears", function()
  local function limits_of(settings)
    env.things = settings
    local row = require "provider".define({
      name = "things", auth = { secret = "T", header = "T", scheme = "{}" },
      limits = { at_once = 4, per_second = 2 },
      rows = { { "get", "GET", "/" } },
    }).rows[1]
    return { row.at_once or 0, row.per_second or 0 }
  end
  equal(limits_of(nil), { 4, 2 })
  equal(limits_of { limits = { per_second = 9 } }, { 0, 9 })
  equal(limits_of { limits = {} }, { 0, 0 })
end)

test("a change sent twice is harmless, probed, or a person's", function()
  for _, name in ipairs { "fly", "github", "supabase", "chatwoot" } do
    for _, row in ipairs(require(name).rows) do
      if row.effect == "remote" and not row.idempotent then
        equal(row.probe or row.doubt ~= nil, true, row.name)
      end
    end
  end
end)

test("the environment's base replaces the default", function(session)
  env.fly.base = "http://127.0.0.1:8099/fly/"
  env.fly_graphql = { base = "http://127.0.0.1:8099/fly_graphql" }
  local fly = require "fly"
  equal(fly.apps.get({}).name, "shop-staging")
  equal(#fly.releases.list { app = "shop-staging", limit = 2 }, 2)
  equal(session.requests[1].url:sub(1, 26), "http://127.0.0.1:8099/fly/")
end)

support.finish()
