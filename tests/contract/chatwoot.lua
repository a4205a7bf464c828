-- Every call of Chatwoot once; see fly.lua.

local function id_of(value, otherwise)
  return type(value) == "table" and value.id or otherwise
end

call("health", {})
call("api", {})
call("profile.get", {})
call("accounts.get", {})
call("accounts.update", {
  name = "Shop", auto_resolve_after = 1440, timezone = "Europe/Berlin",
})

-- --- inboxes ---

call("inboxes.list", {})
local inbox = call("inboxes.create", {
  name = "Contract", channel = { type = "api" }, greeting_enabled = false,
})
local inbox_id = id_of(inbox, 1)
call("inboxes.get", { inbox = inbox_id })
call("inboxes.update", { inbox = inbox_id, name = "Contract inbox" })
refused("inboxes.get", { inbox = 999 }, 404)

-- --- conversations ---

call("conversations.meta", { status = "open" })
call("conversations.list", { status = "all", assignee_type = "all" })
local talk = id_of(call("conversations.create", {
  source_id = "contract", status = "open",
  message = { content = "Hello" },
}), 1)
call("conversations.get", { conversation = talk })
call("conversations.update", { conversation = talk, priority = "high" })
call("conversations.assign", { conversation = talk, assignee_id = 1 })
call("conversations.set_labels", { conversation = talk, labels = { "vip" } })
call("conversations.labels", { conversation = talk })
call("conversations.set_attributes", {
  conversation = talk, custom_attributes = { order = "7" },
})
call("conversations.set_status", { conversation = talk, status = "resolved" })
call("conversations.filter", {
  payload = { {
    attribute_key = "status", filter_operator = "equal_to",
    values = { "resolved" },
  } },
})
call("messages.list", { conversation = talk })
local note = call("messages.create", {
  conversation = talk, content = "Deployed.", private = true, after = 0,
})
call("messages.delete", { conversation = talk, message = id_of(note, 1) })
refused("conversations.get", { conversation = 999 }, 404)

-- --- as a customer ---

local public = inbox.inbox_identifier or "inbox"
call("public.inboxes.get", { inbox = public })
local contact = call("public.contacts.create", {
  inbox = public, identifier = "c-1", name = "Ada",
})
local source = contact.source_id or "source"
local own = id_of(call("public.conversations.create", {
  inbox = public, contact = source,
}), 1)
call("public.conversations.list", { inbox = public, contact = source })
call("public.messages.create", {
  inbox = public, contact = source, conversation = own, content = "Hi",
  after = 0,
})
call("public.messages.list", {
  inbox = public, contact = source, conversation = own,
})

-- --- the installation ---

local account = id_of(call("platform.accounts.create", { name = "Second" }), 2)
call("platform.accounts.get", { id = account })
call("platform.accounts.update", { id = account, name = "Third" })
call("platform.accounts.delete", { id = account })
refused("platform.accounts.get", { id = account }, 404)
