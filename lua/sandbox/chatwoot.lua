-- Simulated Chatwoot: health, version, an account and its inboxes.

local rest = require "sandbox/rest"

local chatwoot = { routes = {} }

function chatwoot.problem(_, message)
  return { error = message }
end

function chatwoot.headers(request)
  return { ["x-request-id"] =
    rest.digest(request.method .. request.path .. request.now_ms) }
end

function chatwoot.guard(request)
  local id = request.params.account
  if not id then return false end
  if request.headers.api_access_token
    ~= request.world.secrets.CHATWOOT_TOKEN then
    return true, 401, { errors = {
      "You need to sign in or sign up before continuing.",
    } }
  end
  if not request.world.chatwoot.accounts[id] then
    return true, 404, { error = "Resource could not be found" }
  end
  return false
end

local function health()
  return 200, { status = "woot" }
end

local function api(request)
  local desk = request.world.chatwoot
  return 200, {
    version = desk.version,
    timestamp = rest.iso(request.now_ms):gsub("T", " "):gsub("Z", ""),
    queue_services = desk.queue_services,
    data_services = desk.data_services,
  }
end

local function account_of(request)
  return request.world.chatwoot.accounts[request.params.account]
end

local function get_account(request)
  local account = account_of(request)
  return 200, {
    id = math.tointeger(tonumber(request.params.account)),
    name = account.name, locale = account.locale, status = "active",
    created_at = account.created_at,
  }
end

local function list_inboxes(request)
  return 200, { payload = rest.copy(account_of(request).inboxes) }
end

local C = "/api/v1/accounts/{account}"

chatwoot.routes.rest = {
  { "GET", "/health", "chatwoot.health", health },
  { "GET", "/api", "chatwoot.api", api },
  { "GET", C, "chatwoot.accounts.get", get_account },
  { "GET", C .. "/inboxes", "chatwoot.inboxes.list", list_inboxes },
}

return chatwoot
