-- Chatwoot: is the help desk up, and are its inboxes there.

local provider = require "provider"

--- Calls of the Chatwoot installation at env.chatwoot.base. Each raises one
--- line on failure; chatwoot.try.… gives nil and a provider.failure.
--- https://developers.chatwoot.com/api-reference
--- @class chatwoot
local chatwoot = provider.define {
  name = "chatwoot",
  auth = {
    secret = "CHATWOOT_TOKEN",
    header = "api_access_token",
    scheme = "{}",
  },
  defaults = function(settings) return { account = settings.account } end,
  rows = {
    { "health", "GET", "/health", public = true,
      doc = "Answers {status = \"woot\"} while the web process lives." },
    { "api", "GET", "/api", public = true,
      doc = "Version, queue_services and data_services: ok or failing, " ..
        "with status 200 either way." },
    { "accounts.get", "GET", "/api/v1/accounts/{account}",
      doc = "One account." },
    { "inboxes.list", "GET", "/api/v1/accounts/{account}/inboxes",
      items = "payload", doc = "The inboxes of an account." },
  },
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

return chatwoot
