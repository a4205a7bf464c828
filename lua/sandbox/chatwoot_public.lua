-- Simulated Chatwoot: what a customer's browser asks of an API inbox.

local rest = require "sandbox/rest"
local state = require "sandbox/chatwoot_state"

-- The inbox the path names, and its account.
local function find_inbox(request)
  for id, account in pairs(request.world.chatwoot.accounts) do
    for _, inbox in ipairs(account.inboxes) do
      if inbox.inbox_identifier == request.params.inbox then
        return inbox, account, id
      end
    end
  end
  return nil
end

local function with_inbox(handler)
  return function(request)
    local inbox, account = find_inbox(request)
    if not inbox then return state.missing("Resource") end
    return handler(request, inbox, account, state.object(request))
  end
end

local function get_inbox(_, inbox)
  return 200, {
    identifier = inbox.inbox_identifier, name = inbox.name,
    timezone = inbox.timezone or "UTC", working_hours = json.array {},
    working_hours_enabled = inbox.working_hours_enabled == true,
    csat_survey_enabled = inbox.csat_survey_enabled == true,
    greeting_enabled = inbox.greeting_enabled == true,
    identity_validation_enabled = false,
  }
end

-- --- contacts ----------------------------------------------------------------

local function source_of(inbox, contact)
  return rest.digest(inbox.inbox_identifier .. " " .. contact.id)
end

local function known(account, identifier)
  for _, one in ipairs(account.contacts) do
    if identifier and one.identifier == identifier then return one end
  end
  return nil
end

-- Who comes with an identifier that is known is the same person.
local function create_contact(request, inbox, account, want)
  local contact = known(account, want.identifier)
    or state.add_contact(request, account, want)
  return 200, {
    id = contact.id, source_id = source_of(inbox, contact),
    name = rest.or_null(contact.name), email = rest.or_null(contact.email),
    phone_number = rest.or_null(contact.phone_number),
    pubsub_token = rest.digest("pubsub " .. contact.id),
  }
end

local function with_contact(handler)
  return with_inbox(function(request, inbox, account, want)
    for _, one in ipairs(account.contacts) do
      if source_of(inbox, one) == request.params.contact then
        return handler(request, {
          inbox = inbox, account = account, contact = one,
        }, want)
      end
    end
    return state.missing("Resource")
  end)
end

-- --- conversations -----------------------------------------------------------

local function message_view(at, message)
  local contact = at.contact
  return {
    id = message.id, content = rest.or_null(message.content),
    message_type = message.message_type, content_type = message.content_type,
    content_attributes = rest.copy(message.content_attributes),
    created_at = message.created_at,
    conversation_id = message.conversation_id, attachments = json.array {},
    sender = message.message_type == 0 and {
      id = contact.id, name = rest.or_null(contact.name), type = "contact",
    } or nil,
  }
end

local function messages_of(at, talk)
  local list = json.array {}
  for _, one in ipairs(talk.messages) do
    if not one.private then list[#list + 1] = message_view(at, one) end
  end
  return list
end

local function talk_view(at, talk)
  return {
    id = talk.id, uuid = talk.uuid, inbox_id = talk.inbox_id,
    status = talk.status, contact_last_seen_at = 0, agent_last_seen_at = 0,
    messages = messages_of(at, talk),
    contact = {
      id = at.contact.id, name = rest.or_null(at.contact.name),
      email = rest.or_null(at.contact.email),
    },
  }
end

local function is_own(at, talk)
  return talk.contact_id == at.contact.id and talk.inbox_id == at.inbox.id
end

local function list_talks(_, at)
  local list = json.array {}
  for _, talk in ipairs(at.account.conversations) do
    if is_own(at, talk) then list[#list + 1] = talk_view(at, talk) end
  end
  return 200, list
end

local function create_talk(request, at, want)
  return 200, talk_view(at, state.open(request, at.account, {
    inbox_id = at.inbox.id, contact_id = at.contact.id,
    source_id = request.params.contact,
    custom_attributes = want.custom_attributes,
  }))
end

local function with_talk(handler)
  return with_contact(function(request, at, want)
    local talk = state.find(at.account.conversations,
      state.id(request.params.conversation))
    if not talk or not is_own(at, talk) then
      return state.missing("Resource")
    end
    return handler(request, at, talk, want)
  end)
end

local function list_messages(_, at, talk)
  return 200, messages_of(at, talk)
end

local function write(request, at, talk, want)
  return 200, message_view(at, state.write(request, talk, {
    content = want.content, message_type = 0, sender_id = at.contact.id,
  }))
end

local INBOX = "/public/api/v1/inboxes/{inbox}"
local TALKS = INBOX .. "/contacts/{contact}/conversations"
local MESSAGES = TALKS .. "/{conversation}/messages"

return {
  { "GET", INBOX, "chatwoot.public.inboxes.get", with_inbox(get_inbox) },
  { "POST", INBOX .. "/contacts", "chatwoot.public.contacts.create",
    with_inbox(create_contact) },
  { "POST", TALKS, "chatwoot.public.conversations.create",
    with_contact(create_talk) },
  { "GET", TALKS, "chatwoot.public.conversations.list",
    with_contact(list_talks) },
  { "POST", MESSAGES, "chatwoot.public.messages.create", with_talk(write) },
  { "GET", MESSAGES, "chatwoot.public.messages.list",
    with_talk(list_messages) },
}
