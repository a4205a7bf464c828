-- What changes of Chatwoot do, as its reads would show it afterwards.

local copy = require "provider/copy"

local TALK = { one = "conversations.get", all = "conversations.list",
  key = "id", arg = "conversation",
  below = { "messages.list", "conversations.labels" },
  shown = { "status", "priority", "labels", "custom_attributes" },
  fits = function(one, args)
    local status = args.status or "open"
    return status == "all" or one.status == status
  end }
local INBOX = { one = "inboxes.get", all = "inboxes.list", key = "id",
  arg = "inbox", last = true }

-- Nobody adds up anew what a list would give.
local function no_counts(p)
  p:patch("conversations.meta", {}, function()
    p:stop("not predicted: how many conversations there are of a kind then")
  end)
  p:patch("conversations.filter", {}, function()
    p:stop("not predicted: which conversations a filter lets through then")
  end)
end

local function edit_talk(p, fn)
  p.object = "conversation " .. p.args.conversation
  local after = p:edit(TALK, p.args.conversation, function(one)
    if one then fn(one) end
    return one
  end)
  if not after then p:refuse(404, "Resource could not be found") end
  no_counts(p)
  return after
end

local function update_talk(p)
  return edit_talk(p, function(one)
    local priority = p.args.priority
    if priority then
      one.priority = priority ~= "none" and priority or json.null
    end
  end)
end

local function set_status(p)
  edit_talk(p, function(one)
    one.status = p.args.status
    one.snoozed_until = p.args.snoozed_until or json.null
  end)
  return { success = true, current_status = p.args.status,
    conversation_id = p.args.conversation }
end

local function set_labels(p)
  edit_talk(p, function(one) one.labels = copy(p.args.labels) end)
  p:patch("conversations.labels", {}, function()
    return copy(p.args.labels)
  end, true)
  return copy(p.args.labels)
end

local function set_attributes(p)
  edit_talk(p, function(one)
    one.custom_attributes = copy(p.args.custom_attributes)
  end)
  return { custom_attributes = copy(p.args.custom_attributes) }
end

local function create_talk(p)
  local args = p.args
  local one = {
    id = p:number(), uuid = p:hole(), account_id = args.account,
    inbox_id = args.inbox_id or p:number(), status = args.status or "open",
    labels = json.array {}, messages = json.array {}, priority = json.null,
    custom_attributes = args.custom_attributes or {},
    additional_attributes = args.additional_attributes or {},
    created_at = p.now, timestamp = p.now, last_activity_at = p.now,
  }
  p.object = "conversation with " .. args.source_id
  p:show(TALK, nil, one)
  p:set(TALK, one.id, function() return copy(one) end)
  local first = args.message and { id = p:number(),
    content = args.message.content, message_type = 1, created_at = p.now }
  p:patch("messages.list", { conversation = one.id }, function(list)
    return list or json.array { first }
  end, true)
  p:patch("conversations.labels", { conversation = one.id }, function()
    return json.array {}
  end, true)
  no_counts(p)
  return { id = one.id, inbox_id = one.inbox_id, account_id = args.account }
end

-- --- messages ------------------------------------------------------------------

local function create_message(p)
  local args = p.args
  local one = {
    id = p:number(), content = args.content, account_id = args.account,
    conversation_id = args.conversation,
    message_type = args.message_type == "incoming" and 0 or 1,
    content_type = args.content_type or "text",
    content_attributes = args.content_attributes or {},
    private = args.private or false, created_at = p.now,
  }
  p.object = "conversation " .. args.conversation
  p.after = { message = args.content, private = args.private }
  p:patch("messages.list", {}, function(list, asked)
    list = list or json.array {}
    if not asked.before then list[#list + 1] = copy(one) end
    return list
  end)
  no_counts(p)
  return one
end

local function delete_message(p)
  p.object = ("message %s of conversation %s"):format(p.args.message,
    p.args.conversation)
  p:patch("messages.list", {}, function(list)
    for _, one in ipairs(list or {}) do
      if tostring(one.id) == tostring(p.args.message) then
        one.content = "This message was deleted"
        one.content_attributes = { deleted = true }
      end
    end
    return list
  end)
  return p:empty(200)
end

-- --- accounts and inboxes --------------------------------------------------------

local PLAIN = { "name", "locale", "domain", "support_email" }
local KEPT = {
  auto_resolve_after = "settings", auto_resolve_message = "settings",
  auto_resolve_ignore_waiting = "settings", industry = "custom_attributes",
  company_size = "custom_attributes", timezone = "custom_attributes",
}

local function update_account(p)
  local before = p:get("accounts.get", { account = p.args.account })
  if not before then p:refuse(404, "Resource could not be found") end
  local function fn(one)
    if not one then return nil end
    for _, name in ipairs(PLAIN) do
      if p.args[name] ~= nil then one[name] = p.args[name] end
    end
    for name, part in pairs(KEPT) do
      if p.args[name] ~= nil then
        one[part] = one[part] or {}
        one[part][name] = p.args[name]
      end
    end
    return one
  end
  p.object, p.before, p.after = "account " .. p.args.account, before,
    fn(copy(before))
  p:patch("accounts.get", {}, fn)
  return fn(copy(before))
end

local CHANNEL = { "website_url", "welcome_title", "welcome_tagline",
  "widget_color" }

local function update_inbox(p)
  p.object = "inbox " .. p.args.inbox
  local after = p:edit(INBOX, p.args.inbox, function(one)
    if not one then return nil end
    for name, value in pairs(p.args) do
      if name ~= "account" and name ~= "inbox" and name ~= "channel" then
        one[name] = value
      end
    end
    for _, name in ipairs(CHANNEL) do
      local value = (p.args.channel or {})[name]
      if value ~= nil then one[name] = value end
    end
    return one
  end)
  if not after then p:refuse(404, "Resource could not be found") end
  return after
end

local CHANNELS = { web_widget = "Channel::WebWidget", api = "Channel::Api",
  email = "Channel::Email", line = "Channel::Line",
  telegram = "Channel::Telegram", whatsapp = "Channel::Whatsapp",
  sms = "Channel::Sms" }

local function create_inbox(p)
  local channel = p.args.channel or {}
  if not CHANNELS[channel.type or ""] then
    p:refuse(422, "Channel is not supported")
  end
  local one = { id = p:number(), channel_id = p:number(),
    channel_type = CHANNELS[channel.type], inbox_identifier = p:hole() }
  for name, value in pairs(p.args) do
    if name ~= "account" and name ~= "channel" then one[name] = value end
  end
  for _, name in ipairs(CHANNEL) do one[name] = channel[name] end
  p.object, p.after = "inbox " .. p.args.name, one
  p:set(INBOX, one.id, function() return copy(one) end)
  return one
end

-- --- accounts of the installation ------------------------------------------------

local PLATFORM = { one = "platform.accounts.get", key = "id" }

local function edit_platform(p, one)
  for _, name in ipairs { "name", "locale", "domain", "support_email",
    "status", "limits" } do
    if p.args[name] ~= nil then one[name] = p.args[name] end
  end
  return one
end

local function create_platform(p)
  local one = edit_platform(p, { id = p:number(), locale = "en" })
  p.object, p.after = "account " .. p.args.name, one
  p:set(PLATFORM, one.id, function() return copy(one) end)
  return one
end

local function update_platform(p)
  p.object = "account " .. p.args.id
  local after = p:edit(PLATFORM, p.args.id, function(one)
    return one and edit_platform(p, one)
  end)
  if not after then p:refuse(404, "Resource could not be found") end
  return after
end

local function delete_platform(p)
  p.object = "account " .. p.args.id
  p.before = p:get("platform.accounts.get", { id = p.args.id })
  if not p.before then p:refuse(404, "Resource could not be found") end
  p:set(PLATFORM, p.args.id, function() return nil end)
  return p:empty(200)
end

return {
  ["inboxes.create"] = create_inbox,
  ["platform.accounts.create"] = create_platform,
  ["platform.accounts.update"] = update_platform,
  ["platform.accounts.delete"] = delete_platform,
  ["accounts.update"] = update_account,
  ["inboxes.update"] = update_inbox,
  ["conversations.create"] = create_talk,
  ["conversations.update"] = update_talk,
  ["conversations.set_status"] = set_status,
  ["conversations.set_labels"] = set_labels,
  ["conversations.set_attributes"] = set_attributes,
  ["messages.create"] = create_message,
  ["messages.delete"] = delete_message,
}
