-- Simulated Chatwoot: conversations of an account and their messages.

local rest = require "sandbox/rest"
local state = require "sandbox/chatwoot_state"

-- --- views -------------------------------------------------------------------

local function number(text)
  return math.tointeger(tonumber(text))
end

local function message_view(request, message)
  local view = rest.copy(message)
  view.account_id = state.id(request.params.account)
  return view
end

local function sender(account, talk)
  local contact = state.find(account.contacts, talk.contact_id) or {}
  return {
    id = contact.id, name = contact.name, email = contact.email,
    phone_number = contact.phone_number, identifier = contact.identifier,
    blocked = false,
  }
end

local function meta_of(request, account, talk)
  local inbox = state.find(account.inboxes, talk.inbox_id) or {}
  local user = request.world.chatwoot.user
  return {
    sender = sender(account, talk), channel = inbox.channel_type,
    assignee = talk.assignee_id == user.id
      and { id = user.id, name = user.name, role = user.role } or nil,
    hmac_verified = false,
  }
end

local function talk_view(request, talk)
  local account = state.account(request)
  local messages = json.array {}
  for i, one in ipairs(talk.messages) do
    messages[i] = message_view(request, one)
  end
  return {
    id = talk.id, uuid = talk.uuid, inbox_id = talk.inbox_id,
    account_id = state.id(request.params.account), status = talk.status,
    labels = rest.copy(talk.labels), messages = messages,
    priority = rest.or_null(talk.priority), muted = false, can_reply = true,
    snoozed_until = rest.or_null(talk.snoozed_until),
    custom_attributes = rest.copy(talk.custom_attributes),
    additional_attributes = rest.copy(talk.additional_attributes),
    created_at = talk.created_at, timestamp = talk.last_activity_at,
    last_activity_at = talk.last_activity_at,
    first_reply_created_at = json.null, unread_count = 0,
    meta = meta_of(request, account, talk),
  }
end

-- --- lists -------------------------------------------------------------------

local function has_label(talk, label)
  for _, one in ipairs(talk.labels) do
    if one == label then return true end
  end
  return false
end

local function holds(talk, words)
  for _, message in ipairs(talk.messages) do
    local text = message.content or ""
    if text:lower():find(words:lower(), 1, true) then return true end
  end
  return false
end

-- Whether a conversation is one that the query asks for.
local function asked(request, talk)
  local status = rest.arg(request, "status") or "open"
  if status ~= "all" and talk.status ~= status then return false end
  local inbox = rest.arg(request, "inbox_id")
  if inbox and talk.inbox_id ~= number(inbox) then return false end
  local team = rest.arg(request, "team_id")
  if team and talk.team_id ~= number(team) then return false end
  local words = rest.arg(request, "q")
  if words and not holds(talk, words) then return false end
  for _, label in ipairs(request.query.labels or {}) do
    if not has_label(talk, label) then return false end
  end
  return true
end

local ASSIGNED = {
  all = function() return true end,
  me = function(talk, me) return talk.assignee_id == me end,
  unassigned = function(talk) return talk.assignee_id == nil end,
  assigned = function(talk) return talk.assignee_id ~= nil end,
}

local function counts(list, me)
  local function count(fits)
    local n = 0
    for _, talk in ipairs(list) do n = n + (fits(talk, me) and 1 or 0) end
    return n
  end
  return {
    mine_count = count(ASSIGNED.me), all_count = #list,
    unassigned_count = count(ASSIGNED.unassigned),
    assigned_count = count(ASSIGNED.assigned),
  }
end

local function select(request, fits)
  local list = {}
  for _, talk in ipairs(state.account(request).conversations) do
    if fits(request, talk) then list[#list + 1] = talk end
  end
  table.sort(list, function(a, b)
    if a.last_activity_at ~= b.last_activity_at then
      return a.last_activity_at > b.last_activity_at
    end
    return a.id > b.id
  end)
  return list
end

local PAGE = 25

local function page_of(request, list, meta)
  local page = math.max(1, number(rest.arg(request, "page")) or 1)
  local payload = json.array {}
  for i = (page - 1) * PAGE + 1, math.min(page * PAGE, #list) do
    payload[#payload + 1] = talk_view(request, list[i])
  end
  return 200, { data = { meta = meta, payload = payload } }
end

local function meta(request)
  return 200, { meta = counts(select(request, asked),
    request.world.chatwoot.user.id) }
end

local function list_talks(request)
  local kind = rest.arg(request, "assignee_type") or "all"
  local mine = ASSIGNED[kind]
  if not mine then return 400, { error = "assignee_type is invalid" } end
  local me = request.world.chatwoot.user.id
  local all, list = select(request, asked), {}
  for _, talk in ipairs(all) do
    if mine(talk, me) then list[#list + 1] = talk end
  end
  return page_of(request, list, counts(all, me))
end

-- --- filters -----------------------------------------------------------------

local KEYS = {
  status = true, inbox_id = true, assignee_id = true, team_id = true,
  priority = true, id = true, labels = true,
}

local function texts_of(value)
  if type(value) ~= "table" then return { tostring(value or "") } end
  return value
end

local function any(values, talk, key, same)
  for _, have in ipairs(texts_of(talk[key])) do
    for _, want in ipairs(values) do
      if same(tostring(have), tostring(want)) then return true end
    end
  end
  return false
end

local function equals(a, b) return a == b end
local function contains(a, b) return a:find(b, 1, true) ~= nil end

local OPERATORS = {
  equal_to = function(v, talk, key) return any(v, talk, key, equals) end,
  not_equal_to = function(v, talk, key)
    return not any(v, talk, key, equals)
  end,
  contains = function(v, talk, key) return any(v, talk, key, contains) end,
  does_not_contain = function(v, talk, key)
    return not any(v, talk, key, contains)
  end,
}

local function wrong_filter(list)
  if type(list) ~= "table" or list[1] == nil then
    return "payload is missing"
  end
  for _, one in ipairs(list) do
    if not KEYS[one.attribute_key] then
      return "Invalid attribute key - [" .. tostring(one.attribute_key) .. "]"
    end
    if not OPERATORS[one.filter_operator] or type(one.values) ~= "table" then
      return "Invalid operator or values"
    end
  end
  return nil
end

-- Conditions are joined from left to right, each by the word behind it.
local function fits_all(list)
  return function(_, talk)
    local result, join = true, "AND"
    for _, one in ipairs(list) do
      local fits = OPERATORS[one.filter_operator](one.values, talk,
        one.attribute_key)
      if join == "OR" then
        result = result or fits
      else
        result = result and fits
      end
      join = tostring(rest.or_nil(one.query_operator) or "AND"):upper()
    end
    return result
  end
end

local function filter(request)
  local wanted = state.object(request).payload
  local wrong = wrong_filter(wanted)
  if wrong then return 400, { error = wrong } end
  local list = select(request, fits_all(wanted))
  return page_of(request, list, counts(list, request.world.chatwoot.user.id))
end

-- --- one conversation --------------------------------------------------------

local function create(request)
  local want, account = state.object(request), state.account(request)
  if type(want.source_id) ~= "string" then
    return 422, { error = "source_id is missing" }
  end
  local inbox = want.inbox_id or (account.inboxes[1] or {}).id
  if not state.find(account.inboxes, inbox) then
    return state.missing("Inbox")
  end
  local talk = state.open(request, account, {
    inbox_id = inbox, source_id = want.source_id, status = want.status,
    contact_id = want.contact_id or account.contacts[1].id,
    assignee_id = want.assignee_id,
    custom_attributes = want.custom_attributes,
    additional_attributes = want.additional_attributes,
  })
  local first = want.message
  if first then
    state.write(request, talk, { content = first.content, message_type = 1,
      sender_id = request.world.chatwoot.user.id })
  end
  return 200, {
    id = talk.id, inbox_id = inbox,
    account_id = state.id(request.params.account),
  }
end

local function with_talk(handler)
  return function(request)
    local talk = state.find(state.account(request).conversations,
      number(request.params.conversation))
    if not talk then return state.missing("Conversation") end
    return handler(request, talk, state.object(request))
  end
end

local function get(request, talk)
  return 200, talk_view(request, talk)
end

local PRIORITIES = {
  urgent = true, high = true, medium = true, low = true, none = true,
}

local function update(request, talk, want)
  if want.priority ~= nil and not PRIORITIES[want.priority] then
    return 422, { error = "priority is invalid" }
  end
  if want.priority then
    talk.priority = want.priority ~= "none" and want.priority or nil
  end
  rest.touch(request)
  return get(request, talk)
end

local STATUSES = { open = true, resolved = true, pending = true,
  snoozed = true }

local function set_status(request, talk, want)
  if not STATUSES[want.status] then
    return 422, { error = "status is invalid" }
  end
  talk.status, talk.snoozed_until = want.status, want.snoozed_until
  rest.touch(request)
  return 200, { meta = {}, payload = {
    success = true, current_status = talk.status, conversation_id = talk.id,
  } }
end

local function assign(request, talk, want)
  local user = request.world.chatwoot.user
  local nobody = want.assignee_id == 0
  if want.assignee_id and not nobody and want.assignee_id ~= user.id then
    return state.missing("Agent")
  end
  talk.assignee_id = not nobody and want.assignee_id or nil
  talk.team_id = want.team_id or talk.team_id
  rest.touch(request)
  return 200, talk.assignee_id and state.user(request.world) or {}
end

local function labels(_, talk)
  return 200, { payload = rest.copy(talk.labels) }
end

local function set_labels(request, talk, want)
  if type(want.labels) ~= "table" then
    return 422, { error = "labels is missing" }
  end
  talk.labels = json.array(rest.copy(want.labels))
  rest.touch(request)
  return labels(request, talk)
end

local function set_attributes(request, talk, want)
  talk.custom_attributes = rest.copy(want.custom_attributes or {})
  rest.touch(request)
  return 200, { custom_attributes = rest.copy(talk.custom_attributes) }
end

-- --- messages ----------------------------------------------------------------

local SHOWN = 20

local function list_messages(request, talk)
  local after = number(rest.arg(request, "after"))
  local before = number(rest.arg(request, "before"))
  local list = json.array {}
  for _, one in ipairs(talk.messages) do
    if (not after or one.id > after) and (not before or one.id < before) then
      list[#list + 1] = message_view(request, one)
    end
  end
  while not after and #list > SHOWN do table.remove(list, 1) end
  return 200, {
    meta = { labels = rest.copy(talk.labels),
      contact = { payload = json.array {
        sender(state.account(request), talk),
      } } },
    payload = list,
  }
end

local function write(request, talk, want)
  if type(want.content) ~= "string" then
    return 422, { error = "content is missing" }
  end
  return 200, message_view(request, state.write(request, talk, {
    content = want.content, private = want.private,
    message_type = want.message_type == "incoming" and 0 or 1,
    content_type = want.content_type,
    content_attributes = want.content_attributes,
    sender_id = request.world.chatwoot.user.id,
  }))
end

-- The message stays, its text goes.
local function delete(request, talk)
  local message = state.find(talk.messages, number(request.params.message))
  if not message then return state.missing("Message") end
  if not message.content_attributes.deleted then
    message.content = "This message was deleted"
    message.content_attributes = { deleted = true }
    rest.touch(request)
  end
  return 200
end

local ALL = "/api/v1/accounts/{account}/conversations"
local ONE = ALL .. "/{conversation}"

return {
  { "GET", ALL .. "/meta", "chatwoot.conversations.meta", meta },
  { "GET", ALL, "chatwoot.conversations.list", list_talks },
  { "POST", ALL, "chatwoot.conversations.create", create },
  { "POST", ALL .. "/filter", "chatwoot.conversations.filter", filter },
  { "GET", ONE, "chatwoot.conversations.get", with_talk(get) },
  { "PATCH", ONE, "chatwoot.conversations.update", with_talk(update) },
  { "POST", ONE .. "/toggle_status", "chatwoot.conversations.set_status",
    with_talk(set_status) },
  { "POST", ONE .. "/assignments", "chatwoot.conversations.assign",
    with_talk(assign) },
  { "GET", ONE .. "/labels", "chatwoot.conversations.labels",
    with_talk(labels) },
  { "POST", ONE .. "/labels", "chatwoot.conversations.set_labels",
    with_talk(set_labels) },
  { "POST", ONE .. "/custom_attributes",
    "chatwoot.conversations.set_attributes", with_talk(set_attributes) },
  { "GET", ONE .. "/messages", "chatwoot.messages.list",
    with_talk(list_messages) },
  { "POST", ONE .. "/messages", "chatwoot.messages.create",
    with_talk(write) },
  { "DELETE", ONE .. "/messages/{message}", "chatwoot.messages.delete",
    with_talk(delete) },
}
