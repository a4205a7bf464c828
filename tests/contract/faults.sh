#!/bin/sh
# The tests beside this one find what is wrong: here providers ask wrongly, and
# a cloud answers wrongly.
set -eu
. tests/contract/lib.sh

calls=$work/calls
mkdir -p "$calls" "$work/lua/sandbox"
lua_dir="--lua-dir $work/lua"
for other in github supabase; do
    echo 'return {}' >"$work/lua/$other.lua"
done

cat >"$work/lua/chatwoot.lua" <<'LUA'
-- Chatwoot as nobody should write it.
local provider = require "provider"
local C = "/api/v1/accounts/{account}"
return provider.define {
  name = "chatwoot",
  auth = { secret = "CHATWOOT_TOKEN", header = "api_access_token",
    scheme = "{}" },
  defaults = function(settings) return { account = settings.account } end,
  rows = {
    { "api", "GET", "/api", public = true },
    { "health", "GET", "/health", public = true },
    { "elsewhere", "GET", "/api/v9/elsewhere" },
    { "unsigned", "GET", C .. "/inboxes", public = true, ok = { 200, 401 } },
    { "update", "PATCH", C .. "/inboxes/{id}", idempotent = true,
      args = { "enable_auto_assignment: string" } },
    { "inboxes", "GET", C .. "/inboxes", items = "payload" },
    { "moved", "GET", C, ok = { 200, 302 } },
    { "new", "GET", "/new", public = true, undescribed = "it is new" },
    { "broken", "POST", "/new", public = true, doubt = "nowhere",
      undescribed = "it is new" },
    { "forgotten", "GET", C },
  },
}
LUA
cat >"$work/lua/fly.lua" <<'LUA'
-- Fly.io as nobody should write it.
local provider = require "provider"
local function query(name, document)
  return { name, "POST", "/graphql", at = "fly_graphql", effect = "read",
    document = document, args = { "n: string" } }
end
return provider.define {
  name = "fly",
  bases = {},
  auth = { secret = "FLY_API_TOKEN", header = "Authorization",
    scheme = "Bearer {}" },
  rows = {
    query("none", "query None($n: String!) { app(name: $n) { id } }"),
    query("other", "query Other($n: String!) { app(name: $n) { id appUrl } }"),
    query("field", "query Field($n: String!) { app(name: $n) { nome } }"),
    query("variable", "query V($n: Int) { personalOrganization { id } }"),
  },
}
LUA
cat >"$calls/chatwoot.lua" <<'LUA'
call("api", {})
call("health", {})
call("elsewhere", {})
call("unsigned", {})
call("update", { id = 1, enable_auto_assignment = "maybe" })
call("inboxes", {})
call("moved", {})
call("new", {})
call("broken", {})
refused("inboxes", {}, 404)
LUA
cat >"$calls/fly.lua" <<'LUA'
call("none", { n = "shop" })
call("other", { n = "shop" })
call("field", { n = "shop" })
call("variable", { n = "none" })
error("enough", 0)
LUA

# What the cloud does.
cat >"$work/lua/sandbox/chatwoot.lua" <<'LUA'
local C = "/api/v1/accounts/{account}"
local function gives(...)
  local answer = { ... }
  return function() return table.unpack(answer) end
end
return {
  routes = { rest = {
    { "GET", "/api", "api", gives(200, {
      version = "4", timestamp = "2026-11-20 09:00:00",
      queue_services = "ok", data_services = "ok",
    }) },
    { "GET", "/health", "health", gives(200, { status = 5 }) },
    { "GET", C .. "/inboxes", "inboxes", gives(200, { payload = "none" }) },
    { "PATCH", C .. "/inboxes/{id}", "update", gives(204) },
    { "GET", C, "moved", gives(302, nil, { location = "http://127.0.0.1:9" }) },
    { "GET", "/new", "new", gives(200, {}) },
    { "POST", "/new", "broken", function() error("it broke", 0) end },
  } },
  guard = function() return false end,
  headers = function() return {} end,
  problem = function(_, message) return { error = message } end,
}
LUA
cat >"$work/lua/sandbox/fly.lua" <<'LUA'
local APPS = {
  None = { id = json.null },
  Other = { id = "1", age = 3 },
}
local function answer(request)
  local app = APPS[request.body.query:match("query (%a+)")]
  if app then return 200, { data = { app = app } } end
  return 200, { errors = json.array { { message = "no" } } }
end
return {
  routes = { graphql = { { "POST", "/graphql", "query", answer } } },
  guard = function() return false end,
  headers = function() return {} end,
  problem = function(_, message) return { error = message } end,
  site_of = function() return nil end,
}
LUA
cat >"$work/lua/sandbox/graphql.lua" <<'LUA'
return {
  selected = function() return true end,
  cut = function(data) return data end,
}
LUA

failed=0
# finds WHAT: exactly the faults on stdin, in any order.
finds() {
    sort >"$work/wanted"
    if run_page; then
        echo "FAIL $1: nothing is found" >&2
        failed=1
    fi
    grep -v ': [0-9]* calls$' "$work/printed" | sort |
        diff "$work/wanted" - >&2 || failed=1
}

start_services
finds requests <<'END'
chatwoot.elsewhere: GET /api/v9/elsewhere: Route not resolved, no path matched
chatwoot.forgotten: GET /api/v1/accounts/{account}: is not called
chatwoot.unsigned: GET /api/v1/accounts/{account}/inboxes: Invalid security scheme used
chatwoot.update: PATCH /api/v1/accounts/{account}/inboxes/{id}: request.body.enable_auto_assignment Request body property enable_auto_assignment must be boolean
fly.field: POST /graphql: request.query Cannot query field "nome" on type "App". Did you mean "name" or "role"?
fly.variable: POST /graphql: request.query Variable "$n" is never used in operation "V".
fly: the calls end early: enough
END

start_cloud
start_services
finds answers <<'END'
chatwoot.broken: POST /new: chatwoot broken: 500 it broke: the service fails: see its status page
chatwoot.elsewhere: GET /api/v9/elsewhere: is not in the description
chatwoot.forgotten: GET /api/v1/accounts/{account}: is not called
chatwoot.health: GET /health: response.body.status Response body property status must be string
chatwoot.inboxes: GET /api/v1/accounts/{account}/inboxes: is refused with nothing, not 404
chatwoot.inboxes: GET /api/v1/accounts/{account}/inboxes: response.body.payload Response body property payload must be array
chatwoot.unsigned: GET /api/v1/accounts/{account}/inboxes: request Invalid security scheme used
chatwoot.unsigned: GET /api/v1/accounts/{account}/inboxes: response.body.payload Response body property payload must be array
chatwoot.update: PATCH /api/v1/accounts/{account}/inboxes/{id}: request.body.enable_auto_assignment Request body property enable_auto_assignment must be boolean
chatwoot.update: PATCH /api/v1/accounts/{account}/inboxes/{id}: response Unable to match the returned status code with those defined in the document: 200,403,404
fly.field: POST /graphql: request.query Cannot query field "nome" on type "App". Did you mean "name" or "role"?
fly.none: POST /graphql: response.app.id Cannot return null for non-nullable field App.id.
fly.other: POST /graphql: response.app.appUrl is missing
fly.other: POST /graphql: response.data.app.age is not selected
fly.variable: POST /graphql: request.query Variable "$n" is never used in operation "V".
fly: the calls end early: enough
END
exit $failed
