-- How changes of Chatwoot are taken back; see errand/undo.lua.

local function at(c, more)
  local args = { account = c.args.account, conversation = c.args.conversation }
  for name, value in pairs(more or {}) do args[name] = value end
  return args
end

local function was(c)
  return c.before or error("how it was is not known", 0)
end

-- The members that were given, as they were.
local function former(c, names)
  local old, args = was(c), {}
  for _, name in ipairs(names) do
    if c.args[name] ~= nil then
      args[name] = old[name] == nil and json.null or old[name]
    end
  end
  return args
end

local STAYS = "what was made stays: remove it in Chatwoot"

return {
  ["accounts.update"] = { call = function(c)
    local args = former(c, { "name", "locale", "domain", "support_email" })
    args.account = c.args.account
    return { "accounts.update", args }
  end },
  ["inboxes.create"] = STAYS,
  ["inboxes.update"] = { call = function(c)
    local args = former(c, { "name" })
    args.account, args.inbox = c.args.account, c.args.inbox
    return { "inboxes.update", args }
  end },
  ["conversations.create"] = { call = function(c)
    return { "conversations.set_status", { account = c.args.account,
      conversation = c.answer.id, status = "resolved" } }
  end },
  ["conversations.update"] = { call = function(c)
    local priority = was(c).priority
    return { "conversations.update",
      at(c, { priority = type(priority) == "string" and priority or "none" }) }
  end },
  ["conversations.set_status"] = { of = "status", call = function(c)
    return { "conversations.set_status", at(c, { status = was(c).status }) }
  end },
  ["conversations.assign"] = { of = "assignee", call = function(c)
    local agent = (was(c).meta or {}).assignee
    return { "conversations.assign",
      at(c, { assignee_id = type(agent) == "table" and agent.id or 0 }) }
  end },
  ["conversations.set_labels"] = { of = "labels", call = function(c)
    return { "conversations.set_labels", at(c, { labels = was(c) }) }
  end },
  ["conversations.set_attributes"] = { of = "attributes", call = function(c)
    return { "conversations.set_attributes",
      at(c, { custom_attributes = was(c).custom_attributes or {} }) }
  end },
  ["messages.create"] = { call = function(c)
    return { "messages.delete", at(c, { message = c.answer.id }) }
  end },
  ["messages.delete"] = "the text is gone",
  ["platform.accounts.create"] = { call = function(c)
    return { "platform.accounts.delete", { id = c.answer.id } }
  end },
  ["platform.accounts.update"] = "how it was is not known",
  ["platform.accounts.delete"] = "the account is gone with all in it",
  ["public.contacts.create"] = STAYS,
  ["public.conversations.create"] = STAYS,
  ["public.messages.create"] = STAYS,
}
