-- Chatwoot: the smoke check and the simulated help desk behind it.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

local function status_of(fn, args)
  local _, err = fn(args)
  return err and err.status or 200
end

local function by_part(rows)
  local map = {}
  for _, row in ipairs(rows) do map[row.part] = row.status end
  return map
end

-- --- the smoke check ---------------------------------------------------------

test("the smoke check of a help desk that is well reads only",
  function(session)
    local ok, rows = require("chatwoot").smoke { inbox = "Shop website" }
    equal({ ok, rows }, { true, {
      { part = "web", status = "woot" },
      { part = "queue", status = "ok" },
      { part = "data", status = "ok" },
      { part = "account", status = "Shop: active" },
      { part = "inbox", status = "Shop website: Channel::WebWidget" },
      { part = "conversations", status = "1 open" },
    } })
    equal(session.printed[6], "conversations  1 open")
    for _, sent in ipairs(session.requests) do equal(sent.method, "GET") end
    equal(session.world.counters, {})
  end)

test("without a name any inbox will do, with one only that", function(session)
  local chatwoot = require "chatwoot"
  local ok, rows = chatwoot.smoke()
  equal({ ok, by_part(rows).inbox }, { true, "2 inboxes" })
  equal((chatwoot.smoke { inbox = 2 }), true, "by its id")
  ok, rows = chatwoot.smoke { inbox = "Phone" }
  equal({ ok, by_part(rows).inbox },
    { false, "no inbox Phone among: Shop website, Orders by mail" })
  session.world.chatwoot.accounts["1"].inboxes = json.array {}
  ok, rows = chatwoot.smoke()
  equal({ ok, by_part(rows).inbox }, { false, "0 inboxes" })
end)

test("each part is looked at, whatever became of the others",
  function(session)
    session.world.chatwoot.queue_services = "failing"
    session.world.secrets.CHATWOOT_TOKEN = "another-token-of-the-desk"
    secret.get = function()
      return { secret = "GITHUB_TOKEN", template = "{}" }
    end
    local ok, rows = require("chatwoot").smoke()
    local status = by_part(rows)
    equal({ ok, #rows, status.web, status.queue, status.data },
      { false, 6, "woot", "failing", "ok" })
    equal(status.account:find("^chatwoot accounts.get: 401 ") ~= nil, true)
    equal(status.conversations:find("401", 1, true) ~= nil, true)
  end)

test("another answer than woot is not well", function()
  local plain = http.request
  http.request = function(r)
    if r.row ~= "chatwoot.health" then return plain(r) end
    return { status = 200, headers = {}, body = "<html>Hello</html>" }
  end
  local ok, rows = require("chatwoot").smoke()
  equal({ ok, by_part(rows).web }, { false, "another page" })
end)

test("a suspended account is not well", function(session)
  session.world.chatwoot.accounts["1"].status = "suspended"
  local ok, rows = require("chatwoot").smoke()
  equal({ ok, by_part(rows).account }, { false, "Shop: suspended" })
end)

-- --- the simulated help desk -------------------------------------------------

test("conversations are paged by 25, the last active first",
  function(session)
    local chatwoot = require "chatwoot"
    for i = 1, 30 do
      session.now_ms = session.now_ms + 1000
      chatwoot.conversations.create { source_id = "s" .. i }
    end
    local before = #session.requests
    local list = chatwoot.conversations.list { status = "open" }
    equal({ #list, #session.requests - before }, { 31, 2 })
    equal({ list[1].id, list[31].id }, { 32, 2 })
    equal(#chatwoot.conversations.list { status = "open", page = 2 }, 6)
    equal(#chatwoot.conversations.list { status = "all" }, 32)
    local filtered = chatwoot.conversations.filter { payload = { {
      attribute_key = "status", filter_operator = "equal_to",
      values = { "open" },
    } } }
    equal(#filtered, 31)
    equal(chatwoot.conversations.meta({ status = "open" }).all_count, 31)
  end)

test("filters are joined from left to right", function()
  local chatwoot = require "chatwoot"
  local function ids(...)
    local found = {}
    for _, one in ipairs(chatwoot.conversations.filter { payload = { ... } })
    do
      found[#found + 1] = one.id
    end
    return found
  end
  local function status(value, join, operator)
    return {
      attribute_key = "status", values = { value }, query_operator = join,
      filter_operator = operator or "equal_to",
    }
  end
  equal(ids(status("open")), { 2 })
  equal(ids(status("open", nil, "not_equal_to")), { 1 })
  equal(ids(status("open", "OR"), status("resolved")), { 2, 1 })
  equal(ids(status("open", "AND"), status("resolved")), {})
  equal(ids(status("ope", nil, "contains")), { 2 })
  equal(ids(status("ope", nil, "does_not_contain")), { 1 })
  equal(status_of(chatwoot.try.conversations.filter, { payload = { {
    attribute_key = "colour", filter_operator = "equal_to", values = { "x" },
  } } }), 400)
end)

test("a conversation keeps what is done to it", function(session)
  local chatwoot = require "chatwoot"
  local talk = { conversation = 2 }
  local function with(args)
    args.conversation = 2
    return args
  end
  chatwoot.conversations.update(with { priority = "urgent" })
  chatwoot.conversations.set_labels(with { labels = { "vip", "coupon" } })
  chatwoot.conversations.assign(with { assignee_id = 1 })
  chatwoot.conversations.set_attributes(
    with { custom_attributes = { order = "7" } })
  local note = chatwoot.messages.create(
    with { content = "Looking into it", private = true, after = 2 })
  local now = chatwoot.conversations.get(talk)
  equal({ now.priority, now.labels, now.meta.assignee.id, #now.messages },
    { "urgent", { "vip", "coupon" }, 1, 2 })
  equal(now.custom_attributes, { order = "7" })
  equal(#chatwoot.conversations.list { labels = { "vip" } }, 1)
  equal(#chatwoot.conversations.list { assignee_type = "unassigned" }, 0)
  equal(#chatwoot.conversations.list { q = "COUPON" }, 1)
  chatwoot.messages.delete(with { message = note.id })
  chatwoot.messages.delete(with { message = note.id })
  equal(session.world.counters["chatwoot.messages.delete"], 1)
  equal(chatwoot.messages.list(with { after = 2 })[1].content,
    "This message was deleted")
  local set = chatwoot.conversations.set_status(with { status = "resolved" })
  equal(set, { success = true, current_status = "resolved",
    conversation_id = 2 })
  equal(chatwoot.conversations.meta({}).all_count, 0)
end)

test("what is not there or not allowed is refused", function()
  local try = require("chatwoot").try
  equal(status_of(try.inboxes.get, { inbox = 9 }), 404)
  equal(status_of(try.conversations.get, { conversation = 9 }), 404)
  equal(status_of(try.conversations.set_status,
    { conversation = 2, status = "great" }), 422)
  equal(status_of(try.conversations.update,
    { conversation = 2, priority = "great" }), 422)
  equal(status_of(try.conversations.assign,
    { conversation = 2, assignee_id = 77 }), 404)
  equal(status_of(try.accounts.update, { auto_resolve_after = 1 }), 422)
  equal(status_of(try.accounts.get, { account = 5 }), 404)
  equal(status_of(try.inboxes.create,
    { name = "x", channel = { type = "fax" } }), 422)
end)

test("a customer writes without a token", function(session)
  local chatwoot = require "chatwoot"
  local inbox = chatwoot.inboxes.create {
    name = "App", channel = { type = "api" },
  }
  local at = { inbox = inbox.inbox_identifier }
  local sent = #session.requests
  local contact = chatwoot.public.contacts.create {
    inbox = at.inbox, identifier = "c-1", name = "Ada",
  }
  equal(chatwoot.public.contacts.create({
    inbox = at.inbox, identifier = "c-1",
  }).id, contact.id, "the same person")
  at.contact = contact.source_id
  at.conversation = chatwoot.public.conversations.create(at).id
  chatwoot.public.messages.create {
    inbox = at.inbox, contact = at.contact, conversation = at.conversation,
    content = "Hello?", after = 0,
  }
  chatwoot.messages.create {
    conversation = at.conversation, content = "secret", private = true,
    after = 0,
  }
  local seen = chatwoot.public.messages.list(at)
  equal({ #seen, seen[1].content, seen[1].sender.name },
    { 1, "Hello?", "Ada" })
  for i = sent + 1, sent + 4 do
    equal(session.requests[i].headers.api_access_token == nil, true)
  end
  equal(status_of(chatwoot.try.public.inboxes.get, { inbox = "no" }), 404)
end)

test("the platform's accounts need its own token, and their id",
  function(session)
    local chatwoot = require "chatwoot"
    local made = chatwoot.platform.accounts.create { name = "Second" }
    equal(session.requests[1].headers.api_access_token.secret,
      "CHATWOOT_PLATFORM_TOKEN")
    equal(chatwoot.accounts.get({ account = made.id }).name, "Second")
    equal(session.requests[2].headers.api_access_token.secret,
      "CHATWOOT_TOKEN")
    raises(function() chatwoot.platform.accounts.delete {} end,
      "argument 'id' is missing")
    chatwoot.platform.accounts.update { id = made.id, status = "suspended" }
    equal(chatwoot.accounts.get({ account = made.id }).status, "suspended")
    chatwoot.platform.accounts.delete { id = made.id }
    chatwoot.platform.accounts.delete { id = made.id }
    equal(session.world.counters["chatwoot.platform.accounts.delete"], 1)
    local exported
    for _, row in ipairs(chatwoot.rows) do
      if row.name == "chatwoot.platform.accounts.get" then exported = row end
    end
    equal(exported.secret, "CHATWOOT_PLATFORM_TOKEN")
  end)

support.finish()
