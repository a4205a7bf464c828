-- Rows of Chatwoot's APIs: application, platform, public, and its health.

local DOCS = "https://developers.chatwoot.com/api-reference/"
local SOURCE = "https://github.com/chatwoot/chatwoot/blob/v4.12.1/" ..
  "app/controllers/"

-- A message happened when one of that text is newer than `after`, the id of
-- the newest message the caller knew.
local function probe_message(args, get)
  local list = get("messages.list", {
    account = args.account, conversation = args.conversation,
    after = args.after,
  })
  for _, one in ipairs(list) do
    if one.id > args.after and one.content == args.content then return one end
  end
  return nil
end

local function probe_public_message(args, get)
  local list = get("public.messages.list", {
    inbox = args.inbox, contact = args.contact,
    conversation = args.conversation,
  })
  for _, one in ipairs(list) do
    if one.id > args.after and one.content == args.content then return one end
  end
  return nil
end

local PLATFORM = "CHATWOOT_PLATFORM_TOKEN"
local USER = { "access_token", "pubsub_token", "hmac_identifier" }

local ACCOUNT = "account?: integer  default env.chatwoot.account"
local CONVERSATION = "conversation: integer  its number in the account"
local STATUS = "status?: string  open (default), resolved, pending, " ..
  "snoozed or all"
local AFTER = "after: integer  id of the newest message before, 0 when " ..
  "there is none; by it a resumed run knows whether it happened"

local NARROW = {
  "q?: string  words in the messages",
  "inbox_id?: integer", "team_id?: integer", "labels?: string[]",
}

local INBOX = {
  "greeting_enabled?: boolean", "greeting_message?: string",
  "enable_email_collect?: boolean", "csat_survey_enabled?: boolean",
  "enable_auto_assignment?: boolean", "working_hours_enabled?: boolean",
  "out_of_office_message?: string", "timezone?: string",
  "allow_messages_after_resolved?: boolean",
  "lock_to_single_conversation?: boolean", "portal_id?: integer",
  "sender_name_type?: string  friendly or professional",
  "business_name?: string",
}

local ID = "id: integer  the account's: it is not taken from env"

local PLATFORM_ACCOUNT = {
  "locale?: string", "domain?: string", "support_email?: string",
  "status?: string  active or suspended", "limits?: table",
  "custom_attributes?: table",
}

local function lines(...)
  local all = {}
  for _, part in ipairs { ... } do
    for _, line in ipairs(type(part) == "table" and part or { part }) do
      all[#all + 1] = line
    end
  end
  return all
end

local A = "/api/v1/accounts/{account}"
local C = A .. "/conversations/{conversation}"
local PUBLIC = "/public/api/v1/inboxes/{inbox}"
local CONTACT = PUBLIC .. "/contacts/{contact}"

local PUBLIC_INBOX = "inbox: string  its inbox_identifier"
local PUBLIC_CONTACT = "contact: string  source_id of public.contacts.create"

return {
  -- --- health ---
  { "health", "GET", "/health", public = true, args = {},
    gives = "{status:string}", link = SOURCE .. "health_controller.rb",
    doc = "Answers {status = \"woot\"} while the web process lives." },
  { "api", "GET", "/api", public = true, args = {},
    gives = "{version:string, timestamp:string, queue_services:string, " ..
      "data_services:string}",
    link = SOURCE .. "api_controller.rb",
    doc = "Version, queue_services and data_services: ok or failing, " ..
      "with status 200 either way." },

  -- --- account ---
  { "profile.get", "GET", "/api/v1/profile", args = {},
    secret_fields = USER, gives = "chatwoot.user",
    link = DOCS .. "profile/fetch-user-profile",
    doc = "Whose token this is, and the accounts it can see." },
  { "accounts.get", "GET", A, args = { ACCOUNT }, gives = "chatwoot.account",
    link = DOCS .. "account/get-account-details",
    doc = "One account." },
  { "accounts.update", "PATCH", A, idempotent = true,
    before = "accounts.get",
    args = {
      ACCOUNT, "name?: string", "locale?: string", "domain?: string",
      "support_email?: string",
      "auto_resolve_after?: integer  minutes, 10 to 1439856",
      "auto_resolve_message?: string",
      "auto_resolve_ignore_waiting?: boolean", "industry?: string",
      "company_size?: string", "timezone?: string",
    },
    gives = "chatwoot.account",
    hints = { [401] = "the token is wrong, or not an administrator's" },
    link = DOCS .. "account/update-account",
    doc = "Changes an account's name and settings." },

  -- --- inboxes ---
  { "inboxes.list", "GET", A .. "/inboxes", items = "payload",
    args = { ACCOUNT }, gives = "chatwoot.inbox[]",
    link = DOCS .. "inboxes/list-all-inboxes",
    doc = "The inboxes of an account." },
  { "inboxes.create", "POST", A .. "/inboxes",
    doubt = "Chatwoot, Settings > Inboxes, lists the inbox or not",
    args = lines(ACCOUNT, "name: string",
      "channel: {type:string, website_url?:string, welcome_title?:string, " ..
      "welcome_tagline?:string, widget_color?:string}  type: web_widget, " ..
      "api, email, line, telegram, whatsapp or sms", INBOX),
    gives = "chatwoot.inbox",
    link = DOCS .. "inboxes/create-an-inbox",
    doc = "Makes an inbox." },
  { "inboxes.get", "GET", A .. "/inboxes/{inbox}",
    args = { ACCOUNT, "inbox: integer  its id" }, gives = "chatwoot.inbox",
    link = DOCS .. "inboxes/get-an-inbox",
    doc = "One inbox." },
  { "inboxes.update", "PATCH", A .. "/inboxes/{inbox}", idempotent = true,
    before = "inboxes.get",
    args = lines(ACCOUNT, "inbox: integer  its id", "name?: string",
      "channel?: {website_url?:string, welcome_title?:string, " ..
      "welcome_tagline?:string, widget_color?:string}", INBOX),
    gives = "chatwoot.inbox",
    link = DOCS .. "inboxes/update-inbox",
    doc = "Changes an inbox." },

  -- --- conversations ---
  { "conversations.meta", "GET", A .. "/conversations/meta", items = "meta",
    args = lines(ACCOUNT, STATUS, NARROW),
    gives = "{mine_count:integer, unassigned_count:integer, " ..
      "assigned_count:integer, all_count:integer}",
    link = DOCS .. "conversations/get-conversation-counts",
    doc = "How many conversations there are of a status." },
  { "conversations.list", "GET", A .. "/conversations",
    page = "number", page_size = 25, items = "data.payload",
    args = lines(ACCOUNT, STATUS,
      "assignee_type?: string  me, unassigned, assigned or all (default)",
      NARROW, "page?: integer  gives this page alone, of 25"),
    gives = "chatwoot.conversation[]",
    link = DOCS .. "conversations/conversations-list",
    doc = "Conversations, the last active one first." },
  { "conversations.create", "POST", A .. "/conversations",
    doubt = "Chatwoot, the contact's page, lists the conversation or not",
    args = {
      ACCOUNT, "source_id: string  of the contact in the inbox",
      "inbox_id?: integer", "contact_id?: integer",
      "status?: string  open, resolved or pending",
      "assignee_id?: integer", "team_id?: integer",
      "snoozed_until?: string", "additional_attributes?: table",
      "custom_attributes?: table",
      "message?: {content:string, template_params?:table}",
    },
    gives = "{id:integer, account_id:integer, inbox_id:integer}",
    link = DOCS .. "conversations/create-new-conversation",
    doc = "Opens a conversation with a contact." },
  { "conversations.filter", "POST", A .. "/conversations/filter",
    effect = "read", query = { "page" },
    page = "number", page_size = 25, items = "data.payload",
    args = {
      ACCOUNT,
      "payload: {attribute_key:string, filter_operator:string, " ..
        "values:any[], query_operator?:string}[]  operators equal_to, " ..
        "not_equal_to, contains, does_not_contain; joined by AND or OR",
      "page?: integer  gives this page alone, of 25",
    },
    gives = "chatwoot.conversation[]",
    link = DOCS .. "conversations/conversations-filter",
    doc = "Conversations that fit conditions." },
  { "conversations.get", "GET", C, args = { ACCOUNT, CONVERSATION },
    gives = "chatwoot.conversation",
    link = DOCS .. "conversations/conversation-details",
    doc = "One conversation with its messages." },
  { "conversations.update", "PATCH", C, idempotent = true,
    before = "conversations.get",
    args = {
      ACCOUNT, CONVERSATION,
      "priority?: string  urgent, high, medium, low or none",
      "sla_policy_id?: integer",
    },
    gives = "chatwoot.conversation",
    link = DOCS .. "conversations/update-conversation",
    doc = "Sets a conversation's priority." },
  { "conversations.set_status", "POST", C .. "/toggle_status",
    items = "payload", idempotent = true, before = "conversations.get",
    args = {
      ACCOUNT, CONVERSATION,
      "status: string  open, resolved, pending or snoozed",
      "snoozed_until?: integer  Unix seconds",
    },
    gives = "{success:boolean, current_status:string, " ..
      "conversation_id:integer}",
    link = DOCS .. "conversations/toggle-status",
    doc = "Opens, resolves or snoozes a conversation." },
  { "conversations.assign", "POST", C .. "/assignments", idempotent = true,
    before = "conversations.get", secret_fields = USER,
    args = {
      ACCOUNT, CONVERSATION, "assignee_id?: integer  an agent's, 0: nobody",
      "team_id?: integer",
    },
    gives = "chatwoot.user",
    link = DOCS .. "conversation-assignments/assign-conversation",
    doc = "Gives a conversation to an agent or a team." },
  { "conversations.labels", "GET", C .. "/labels", items = "payload",
    args = { ACCOUNT, CONVERSATION }, gives = "string[]",
    link = DOCS .. "conversations/list-labels",
    doc = "The labels of a conversation." },
  { "conversations.set_labels", "POST", C .. "/labels", items = "payload",
    idempotent = true, before = "conversations.labels",
    args = { ACCOUNT, CONVERSATION, "labels: string[]  all it shall have" },
    gives = "string[]",
    link = DOCS .. "conversations/add-labels",
    doc = "Replaces the labels of a conversation." },
  { "conversations.set_attributes", "POST", C .. "/custom_attributes",
    idempotent = true, before = "conversations.get",
    args = { ACCOUNT, CONVERSATION, "custom_attributes: table" },
    gives = "{custom_attributes:table}",
    link = DOCS .. "conversations/update-custom-attributes",
    doc = "Replaces the custom attributes of a conversation." },

  -- --- messages ---
  { "messages.list", "GET", C .. "/messages", items = "payload",
    args = {
      ACCOUNT, CONVERSATION, "after?: integer  those with a greater id",
      "before?: integer  the 20 with a smaller id",
    },
    gives = "chatwoot.message[]",
    link = DOCS .. "messages/get-messages",
    doc = "Messages of a conversation, oldest first: the last 20, unless " ..
      "after or before says otherwise." },
  { "messages.create", "POST", C .. "/messages",
    notes = { "after" }, probe = probe_message,
    args = {
      ACCOUNT, CONVERSATION, "content: string", AFTER,
      "private?: boolean  a note that the customer does not see",
      "message_type?: string  outgoing (default) or incoming",
      "content_type?: string  text, input_email, cards, input_select, " ..
        "form or article",
      "content_attributes?: table", "campaign_id?: integer",
      "template_params?: table  of WhatsApp",
    },
    gives = "chatwoot.message",
    link = DOCS .. "messages/create-new-message",
    doc = "Writes a message; the customer gets it unless it is private." },
  { "messages.delete", "DELETE", C .. "/messages/{message}",
    accept_gone = true,
    args = { ACCOUNT, CONVERSATION, "message: integer  its id" },
    link = DOCS .. "messages/delete-a-message",
    doc = "Takes back the text and the attachments of a message." },

  -- --- platform: needs a token of the installation ---
  { "platform.accounts.get", "GET", "/platform/api/v1/accounts/{id}",
    secret = PLATFORM, args = { ID }, gives = "{id:integer, name:string}",
    link = DOCS .. "accounts/get-an-account-details",
    doc = "An account of the installation; needs CHATWOOT_PLATFORM_TOKEN, " ..
      "of a platform app." },
  { "platform.accounts.create", "POST", "/platform/api/v1/accounts",
    secret = PLATFORM,
    doubt = "the super admin console lists the account or not",
    args = lines("name: string", PLATFORM_ACCOUNT),
    gives = "{id:integer, name:string}",
    link = DOCS .. "accounts/create-an-account",
    doc = "Makes an account of the installation." },
  { "platform.accounts.update", "PATCH", "/platform/api/v1/accounts/{id}",
    secret = PLATFORM, idempotent = true,
    args = lines(ID, "name?: string", PLATFORM_ACCOUNT),
    gives = "{id:integer, name:string}",
    link = DOCS .. "accounts/update-an-account",
    doc = "Changes an account of the installation, or suspends it." },
  { "platform.accounts.delete", "DELETE", "/platform/api/v1/accounts/{id}",
    secret = PLATFORM, accept_gone = true,
    args = { ID },
    link = DOCS .. "accounts/delete-an-account",
    doc = "Deletes an account with all that is in it." },

  -- --- public: what a customer's browser asks, without a token ---
  { "public.inboxes.get", "GET", PUBLIC, public = true,
    args = { PUBLIC_INBOX },
    gives = "{identifier:string, name:string, timezone:string}",
    link = DOCS .. "inbox-api/inbox-details",
    doc = "An API inbox as a customer sees it." },
  { "public.contacts.create", "POST", PUBLIC .. "/contacts", public = true,
    empty = true,
    secret_fields = { "pubsub_token" },
    doubt = "Chatwoot, Contacts, lists the contact or not",
    args = {
      PUBLIC_INBOX, "identifier?: string  your own id of the person",
      "identifier_hash?: string", "name?: string", "email?: string",
      "phone_number?: string", "custom_attributes?: table",
    },
    gives = "{id:integer, source_id:string, name:string}",
    link = DOCS .. "contacts-api/create-a-contact",
    doc = "Makes a contact of an API inbox." },
  { "public.conversations.create", "POST", CONTACT .. "/conversations",
    public = true, empty = true,
    doubt = "public.conversations.list tells whether there is one more",
    args = { PUBLIC_INBOX, PUBLIC_CONTACT, "custom_attributes?: table" },
    gives = "{id:integer, uuid:string, status:string}",
    link = DOCS .. "conversations-api/create-a-conversation",
    doc = "Opens a conversation as a customer." },
  { "public.conversations.list", "GET", CONTACT .. "/conversations",
    public = true, args = { PUBLIC_INBOX, PUBLIC_CONTACT },
    gives = "{id:integer, uuid:string, status:string}[]",
    link = DOCS .. "conversations-api/list-all-conversations",
    doc = "The conversations of a customer." },
  { "public.messages.create", "POST",
    CONTACT .. "/conversations/{conversation}/messages", public = true,
    notes = { "after" }, probe = probe_public_message,
    args = {
      PUBLIC_INBOX, PUBLIC_CONTACT, CONVERSATION, "content: string", AFTER,
      "echo_id?: string",
    },
    gives = "chatwoot.message",
    link = DOCS .. "messages-api/create-a-message",
    doc = "Writes a message as a customer." },
  { "public.messages.list", "GET",
    CONTACT .. "/conversations/{conversation}/messages", public = true,
    args = { PUBLIC_INBOX, PUBLIC_CONTACT, CONVERSATION },
    gives = "chatwoot.message[]",
    link = DOCS .. "messages-api/list-all-messages",
    doc = "The messages of a customer's conversation." },
}
