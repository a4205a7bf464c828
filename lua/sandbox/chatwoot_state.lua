-- The state of a simulated Chatwoot: what an account has, and how it is shown.

local rest = require "sandbox/rest"

local state = {}

local S = 1000

function state.account(request)
  return request.world.chatwoot.accounts[request.params.account]
end

function state.id(text)
  return math.tointeger(tonumber(text))
end

function state.missing(what)
  return 404, { error = what .. " could not be found" }
end

function state.object(request)
  return type(request.body) == "table" and request.body or {}
end

--- The item of a list with that id, and its place.
function state.find(list, id)
  for i, one in ipairs(list) do
    if one.id == id then return one, i end
  end
  return nil
end

--- The user whose token the fixture holds.
function state.user(world)
  local user = world.chatwoot.user
  local accounts = json.array {}
  for id, one in pairs(world.chatwoot.accounts) do
    accounts[#accounts + 1] = {
      id = state.id(id), name = one.name, status = one.status,
      role = user.role, permissions = json.array { user.role },
      availability_status = "online",
    }
  end
  return {
    id = user.id, name = user.name, email = user.email, role = user.role,
    available_name = user.name, display_name = user.name, confirmed = true,
    uid = user.email, provider = "email", accounts = accounts,
    access_token = world.secrets.CHATWOOT_TOKEN,
    pubsub_token = rest.digest("pubsub " .. user.email),
  }
end

--- A new message of a conversation; its number is the installation's.
function state.write(request, talk, want)
  local at = request.now_ms // S
  local message = {
    id = rest.serial(request.world, "chatwoot.messages", 101),
    content = want.content, inbox_id = talk.inbox_id,
    conversation_id = talk.id, message_type = want.message_type,
    content_type = want.content_type or "text",
    content_attributes = rest.copy(want.content_attributes or {}),
    private = want.private == true, status = "sent", created_at = at,
    sender_type = want.message_type == 0 and "Contact" or "User",
    sender_id = want.sender_id,
  }
  table.insert(talk.messages, message)
  talk.last_activity_at = at
  rest.touch(request)
  return message
end

--- A new conversation of an account with a contact.
function state.open(request, account, want)
  local at = request.now_ms // S
  account.last_talk = (account.last_talk or 0) + 1
  local talk = {
    id = account.last_talk, inbox_id = want.inbox_id,
    contact_id = want.contact_id, source_id = want.source_id,
    uuid = rest.digest("talk " .. account.last_talk) .. "-" ..
      rest.digest("talk/" .. account.last_talk),
    status = want.status or "open", labels = json.array {},
    custom_attributes = rest.copy(want.custom_attributes or {}),
    additional_attributes = rest.copy(want.additional_attributes or {}),
    assignee_id = want.assignee_id, messages = json.array {},
    created_at = at, last_activity_at = at,
  }
  table.insert(account.conversations, talk)
  rest.touch(request)
  return talk
end

function state.add_contact(request, account, want)
  local contact = {
    id = rest.serial(request.world, "chatwoot.contacts", 11),
    name = want.name, email = want.email, phone_number = want.phone_number,
    identifier = want.identifier,
    custom_attributes = rest.copy(want.custom_attributes or {}),
    created_at = request.now_ms // S,
  }
  table.insert(account.contacts, contact)
  rest.touch(request)
  return contact
end

-- --- what an account has besides what its fixture says -----------------------

local function sample_talk(id, status, inbox, text, at)
  return {
    id = id, inbox_id = inbox, contact_id = 1, source_id = "sample-" .. id,
    uuid = rest.digest("talk " .. id) .. "-" .. rest.digest("talk/" .. id),
    status = status, labels = json.array {}, custom_attributes = {},
    additional_attributes = {}, created_at = at, last_activity_at = at,
    messages = json.array { {
      id = id, content = text, inbox_id = inbox, conversation_id = id,
      message_type = 0, content_type = "text", content_attributes = {},
      private = false, status = "sent", created_at = at,
      sender_type = "Contact", sender_id = 1,
    } },
  }
end

local function samples(account)
  local first = account.inboxes[1]
  if not first then return json.array {} end
  local at = time.parse(account.created_at) // 1
  return json.array {
    sample_talk(1, "resolved", first.id, "Where is my order?", at + 3600),
    sample_talk(2, "open", first.id, "The coupon does not work.", at + 7200),
  }
end

function state.complete(account)
  account.status = account.status or "active"
  account.settings = account.settings or {}
  account.attributes = account.attributes or {}
  account.contacts = account.contacts or json.array { {
    id = 1, name = "Ada Keller", email = "ada@customer.example",
    custom_attributes = {}, created_at = time.parse(account.created_at) // 1,
  } }
  account.conversations = account.conversations or samples(account)
  for _, talk in ipairs(account.conversations) do
    account.last_talk = math.max(account.last_talk or 0, talk.id)
  end
  for _, inbox in ipairs(account.inboxes) do
    inbox.inbox_identifier = inbox.inbox_identifier
      or rest.digest("inbox " .. inbox.id)
  end
  return account
end

function state.prepare(world)
  local desk = world.chatwoot
  desk.user = desk.user or {
    id = 1, name = "Deployer", email = "deployer@shop.example",
    role = "administrator",
  }
  for _, account in pairs(desk.accounts) do state.complete(account) end
end

return state
