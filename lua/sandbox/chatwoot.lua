-- Simulated Chatwoot: who may ask, its health, accounts and inboxes.

local rest = require "sandbox/rest"
local state = require "sandbox/chatwoot_state"

local chatwoot = { routes = {}, prepare = state.prepare }

function chatwoot.problem(_, message)
  return { error = message }
end

function chatwoot.headers(request)
  return { ["x-request-id"] =
    rest.digest(request.method .. request.path .. request.now_ms) }
end

local function user_guard(request)
  if request.headers.api_access_token
    ~= request.world.secrets.CHATWOOT_TOKEN then
    return true, 401, { errors = {
      "You need to sign in or sign up before continuing.",
    } }
  end
  local id = request.params.account
  if id and not state.account(request) then
    return true, 404, { error = "Resource could not be found" }
  end
  return false
end

local function platform_guard(request)
  local token = request.world.secrets.CHATWOOT_PLATFORM_TOKEN
  if not token or request.headers.api_access_token ~= token then
    return true, 401, { error = "Invalid access_token" }
  end
  return false
end

function chatwoot.guard(request)
  if request.path:find("^/api/v1/") then return user_guard(request) end
  if request.path:find("^/platform/") then return platform_guard(request) end
  return false
end

-- --- health ------------------------------------------------------------------

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

-- --- accounts ----------------------------------------------------------------

local function profile(request)
  return 200, state.user(request.world)
end

local function account_view(id, account)
  return {
    id = state.id(id), name = account.name, locale = account.locale,
    status = account.status, created_at = account.created_at,
    domain = account.domain, support_email = account.support_email,
    settings = rest.copy(account.settings),
    custom_attributes = rest.copy(account.attributes),
  }
end

local function get_account(request)
  return 200, account_view(request.params.account, state.account(request))
end

-- Where an argument of accounts.update is kept.
local PLAIN = { "name", "locale", "domain", "support_email" }
local SETTINGS = {
  "auto_resolve_after", "auto_resolve_message", "auto_resolve_ignore_waiting",
}
local ATTRIBUTES = { "industry", "company_size", "timezone" }

local function take(want, into, names)
  for _, name in ipairs(names) do
    if want[name] ~= nil then into[name] = rest.or_nil(want[name]) end
  end
end

local function update_account(request)
  local want, account = state.object(request), state.account(request)
  local minutes = rest.or_nil(want.auto_resolve_after)
  if minutes and (math.type(minutes) ~= "integer" or minutes < 10
    or minutes > 1439856) then
    return 422, { message = "Auto resolve after must be between 10 and " ..
      "1439856 minutes" }
  end
  take(want, account, PLAIN)
  take(want, account.settings, SETTINGS)
  take(want, account.attributes, ATTRIBUTES)
  rest.touch(request)
  return get_account(request)
end

-- --- inboxes -----------------------------------------------------------------

local function list_inboxes(request)
  return 200, { payload = rest.copy(state.account(request).inboxes) }
end

local CHANNELS = {
  web_widget = "Channel::WebWidget", api = "Channel::Api",
  email = "Channel::Email", line = "Channel::Line",
  telegram = "Channel::Telegram", whatsapp = "Channel::Whatsapp",
  sms = "Channel::Sms",
}

local function take_inbox(want, inbox)
  for name, value in pairs(want) do
    if name == "channel" then
      for key, item in pairs(value) do
        if key ~= "type" then inbox[key] = item end
      end
    else
      inbox[name] = rest.copy(value)
    end
  end
end

local function create_inbox(request)
  local want, account = state.object(request), state.account(request)
  local channel = type(want.channel) == "table" and want.channel or {}
  local kind = CHANNELS[channel.type or ""]
  if not kind then return 422, { message = "Channel is not supported" } end
  if type(want.name) ~= "string" or want.name == "" then
    return 422, { message = "Name can't be blank" }
  end
  local id = #account.inboxes + 1
  while state.find(account.inboxes, id) do id = id + 1 end
  local inbox = {
    id = id, channel_id = id, channel_type = kind,
    working_hours_enabled = false, enable_auto_assignment = true,
    inbox_identifier = rest.digest(request.params.account .. "inbox " .. id),
  }
  take_inbox(want, inbox)
  table.insert(account.inboxes, inbox)
  rest.touch(request)
  return 200, rest.copy(inbox)
end

local function inbox_of(request)
  return state.find(state.account(request).inboxes,
    state.id(request.params.inbox))
end

local function get_inbox(request)
  local inbox = inbox_of(request)
  if not inbox then return state.missing("Inbox") end
  return 200, rest.copy(inbox)
end

local function update_inbox(request)
  local inbox = inbox_of(request)
  if not inbox then return state.missing("Inbox") end
  take_inbox(state.object(request), inbox)
  rest.touch(request)
  return 200, rest.copy(inbox)
end

-- --- platform ----------------------------------------------------------------

local function with_account(handler)
  return function(request)
    local account = request.world.chatwoot.accounts[request.params.id]
    if not account then return state.missing("Resource") end
    return handler(request, account)
  end
end

local function platform_view(id, account)
  return { id = state.id(id), name = account.name, status = account.status }
end

local function platform_get(request, account)
  return 200, platform_view(request.params.id, account)
end

local function platform_update(request, account)
  take(state.object(request), account, PLAIN)
  take(state.object(request), account, { "status", "limits" })
  rest.touch(request)
  return 200, platform_view(request.params.id, account)
end

local function platform_delete(request)
  request.world.chatwoot.accounts[request.params.id] = nil
  rest.touch(request)
  return 200
end

local function platform_create(request)
  local want, accounts = state.object(request), request.world.chatwoot.accounts
  if type(want.name) ~= "string" or want.name == "" then
    return 422, { message = "Name can't be blank" }
  end
  local id = rest.serial(request.world, "chatwoot.accounts", 2)
  while accounts[tostring(id)] do
    id = rest.serial(request.world, "chatwoot.accounts")
  end
  local account = {
    name = want.name, locale = want.locale or "en", status = want.status,
    created_at = rest.iso(request.now_ms), inboxes = json.array {},
    contacts = json.array {}, conversations = json.array {},
  }
  accounts[tostring(id)] = state.complete(account)
  rest.touch(request)
  return 200, platform_view(id, account)
end

local A = "/api/v1/accounts/{account}"
local PLATFORM = "/platform/api/v1/accounts"

local routes = {
  { "GET", "/health", "chatwoot.health", health },
  { "GET", "/api", "chatwoot.api", api },
  { "GET", "/api/v1/profile", "chatwoot.profile.get", profile },
  { "GET", A, "chatwoot.accounts.get", get_account },
  { "PATCH", A, "chatwoot.accounts.update", update_account },
  { "GET", A .. "/inboxes", "chatwoot.inboxes.list", list_inboxes },
  { "POST", A .. "/inboxes", "chatwoot.inboxes.create", create_inbox },
  { "GET", A .. "/inboxes/{inbox}", "chatwoot.inboxes.get", get_inbox },
  { "PATCH", A .. "/inboxes/{inbox}", "chatwoot.inboxes.update",
    update_inbox },
  { "GET", PLATFORM .. "/{id}", "chatwoot.platform.accounts.get",
    with_account(platform_get) },
  { "POST", PLATFORM, "chatwoot.platform.accounts.create", platform_create },
  { "PATCH", PLATFORM .. "/{id}", "chatwoot.platform.accounts.update",
    with_account(platform_update) },
  { "DELETE", PLATFORM .. "/{id}", "chatwoot.platform.accounts.delete",
    with_account(platform_delete) },
}

for _, part in ipairs { "chatwoot_talk", "chatwoot_public" } do
  for _, route in ipairs(require("sandbox/" .. part)) do
    routes[#routes + 1] = route
  end
end
chatwoot.routes.rest = routes

return chatwoot
