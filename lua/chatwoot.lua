-- Chatwoot: is the help desk up after a deploy, and what is in it.

local provider = require "provider"

--- @class chatwoot.account
--- @field id integer
--- @field name string
--- @field locale string
--- @field status string active or suspended

--- @class chatwoot.user
--- @field id integer
--- @field name string
--- @field email string
--- @field role "agent"|"administrator"

--- @class chatwoot.inbox
--- @field id integer
--- @field name string
--- @field channel_type string Channel::WebWidget, Channel::Email, Channel::Api, …
--- @field website_url? string
--- @field working_hours_enabled boolean

--- @class chatwoot.conversation
--- @field id integer its number in the account
--- @field inbox_id integer
--- @field status "open"|"resolved"|"pending"|"snoozed"
--- @field labels string[]
--- @field priority string json.null when there is none
--- @field messages chatwoot.message[]
--- @field created_at integer Unix seconds
--- @field last_activity_at integer Unix seconds

--- @class chatwoot.message
--- @field id integer
--- @field content string
--- @field message_type integer 0 incoming, 1 outgoing, 2 activity, 3 template
--- @field private boolean
--- @field created_at integer Unix seconds

--- Calls of the Chatwoot installation at env.chatwoot.base, on the account
--- env.chatwoot.account. Each raises one line on failure; chatwoot.try.… gives
--- nil and a provider.failure. https://developers.chatwoot.com/api-reference
--- @class chatwoot
local chatwoot = provider.define {
  name = "chatwoot",
  auth = {
    secret = "CHATWOOT_TOKEN",
    header = "api_access_token",
    scheme = "{}",
  },
  predictions = "chatwoot/predict",
  limits = { at_once = 4, per_second = 5 },
  defaults = function(settings) return { account = settings.account } end,
  undos = "chatwoot/undos",
  rows = require "chatwoot/rows",
}

--- The help desk as a deploy sees it: web process, queue and database.
--- @return boolean healthy
--- @return table[] rows part, status
function chatwoot.healthy()
  local web = chatwoot.health()
  local api = chatwoot.api()
  local rows = {
    { part = "web " .. api.version, status = web.status },
    { part = "queue", status = api.queue_services },
    { part = "data", status = api.data_services },
  }
  local healthy = web.status == "woot" and api.queue_services == "ok"
    and api.data_services == "ok"
  return healthy, rows
end

-- --- the smoke check ---------------------------------------------------------

-- Each gives a part's status and whether it is well; the argument is that of
-- chatwoot.smoke. A refusal of the service is a status like another.
local function web()
  local answer, err = chatwoot.try.health {}
  if err then return err.message, false end
  local status = type(answer) == "table" and answer.status
  return tostring(status or "another page"), status == "woot"
end

local function store(name)
  return function()
    local answer, err = chatwoot.try.api {}
    if err then return err.message, false end
    return tostring(answer[name]), answer[name] == "ok"
  end
end

local function account(args)
  local answer, err = chatwoot.try.accounts.get { account = args.account }
  if err then return err.message, false end
  local active = answer.status == nil or answer.status == "active"
  return ("%s: %s"):format(answer.name, answer.status or "ok"), active
end

local function inbox(args)
  local list, err = chatwoot.try.inboxes.list { account = args.account }
  if err then return err.message, false end
  local names = {}
  for i, one in ipairs(list) do
    if args.inbox ~= nil and (one.name == args.inbox or one.id == args.inbox)
    then
      return ("%s: %s"):format(one.name, one.channel_type), true
    end
    names[i] = one.name
  end
  if args.inbox == nil then return #list .. " inboxes", #list > 0 end
  return ("no inbox %s among: %s"):format(args.inbox,
    table.concat(names, ", ")), false
end

local function conversations(args)
  local counts, err = chatwoot.try.conversations.meta {
    account = args.account, status = "open",
  }
  if err then return err.message, false end
  local open = math.tointeger(counts.all_count) -- a number in its description
  return tostring(open) .. " open", open ~= nil
end

local PARTS = {
  { "web", web },
  { "queue", store "queue_services" },
  { "data", store "data_services" },
  { "account", account },
  { "inbox", inbox },
  { "conversations", conversations },
}

--- The smoke check after a deploy; reads only. The web process lives, queue
--- and data are well, the token can see the account, the inbox is there (the
--- one of that name or id, else any) and conversations can be read. Each part
--- is looked at, whatever became of the others.
--- @param args? {inbox?:string|integer, account?:integer}
--- @return boolean ok
--- @return table[] rows part, status
function chatwoot.smoke(args)
  local rows, ok = {}, true
  for i, part in ipairs(PARTS) do
    local status, well = part[2](args)
    rows[i] = { part = part[1], status = status }
    ok = ok and well
    print(("%s  %s"):format(part[1], status))
  end
  return ok, rows
end

return require("provider/named").guard(chatwoot, "chatwoot", {
  healthy = {},
  smoke = { "inbox?: string|integer", "account?: integer" },
})
