-- The probes of Supabase and Chatwoot: a change whose answer was lost is found
-- when it happened, and not when it did not.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal = support.test, support.equal

-- Makes a change whose answer is lost, twice: first so that it never reached
-- the service, then so that it did. ready() is done before each.
local function lost(session, row, change)
  local plain, probe = http.request, nil
  http.request = function(r)
    if r.row ~= row then return plain(r) end
    probe = r.probe
    return { status = 200, headers = {}, body = "{}" }
  end
  change()
  http.request = plain
  equal(probe ~= nil, true, row .. " has a probe")
  equal(probe() == nil, true, row .. " did not happen")
  local before = session.world.counters[row] or 0
  session.lose = row
  local answer = change()
  equal(session.lose == nil, true, row .. " was lost")
  equal((session.world.counters[row] or 0) - before, 1, row)
  return answer
end

local function later(session, seconds)
  session.now_ms = session.now_ms + seconds * 1000
end

test("pause, restore and its end", function(session)
  local projects = require("supabase").projects
  lost(session, "supabase.projects.pause", function()
    return projects.pause {}
  end)
  later(session, 30)
  lost(session, "supabase.projects.restore", function()
    return projects.restore {}
  end)
  lost(session, "supabase.projects.cancel_restore", function()
    return projects.cancel_restore {}
  end)
  equal(projects.get({}).status, "INACTIVE")
end)

test("an API key and a restore point", function(session)
  local supabase = require "supabase"
  local key = lost(session, "supabase.api_keys.create", function()
    return supabase.api_keys.create { type = "secret", name = "deploy_key" }
  end)
  equal({ key.name, key.type }, { "deploy_key", "secret" })
  local point = lost(session, "supabase.backups.create_restore_point",
    function()
      return supabase.backups.create_restore_point { name = "before" }
    end)
  equal(point.status, "PENDING")
end)

test("the probe of a restore point tells an absence from a failure",
  function()
    local supabase = require "supabase"
    local probe
    http.request = function(r)
      probe = r.probe or probe
      local status = r.probe and 201 or 500
      return { status = status, headers = {}, body = '{"message":"down"}' }
    end
    supabase.backups.create_restore_point { name = "x" }
    support.raises(function() probe() end, "500", "down")
  end)

test("a migration, by its key", function(session)
  local supabase = require "supabase"
  supabase.migrations.apply {
    query = "select 1", name = "wishes", idempotency_key = "other",
  }
  lost(session, "supabase.migrations.apply", function()
    return supabase.migrations.apply {
      query = "select 1", name = "wishes", idempotency_key = "run/wishes",
    }
  end)
  equal(#supabase.migrations.list {}, 4)
end)

test("a branch, and one that is kept", function(session)
  local branches = require("supabase").branches
  local branch = lost(session, "supabase.branches.create", function()
    return branches.create { branch_name = "wishes" }
  end)
  equal(branch.name, "wishes")
  branches.delete { branch = branch.id, force = false }
  lost(session, "supabase.branches.restore", function()
    return branches.restore { branch = branch.id }
  end)
end)

test("a function", function(session)
  local one = lost(session, "supabase.functions.create", function()
    return require("supabase").functions.create {
      slug = "hello", name = "hello", body = "Deno.serve(() => null)",
    }
  end)
  equal({ one.slug, one.version }, { "hello", 1 })
end)

test("messages, of an agent and of a customer", function(session)
  local chatwoot = require "chatwoot"
  local said = chatwoot.messages.create {
    conversation = 2, content = "Deployed.", after = 2,
  }
  local note = lost(session, "chatwoot.messages.create", function()
    return chatwoot.messages.create {
      conversation = 2, content = "Deployed.", after = said.id,
    }
  end)
  equal({ note.content, note.id > said.id }, { "Deployed.", true })
  local inbox = chatwoot.inboxes.create {
    name = "App", channel = { type = "api" },
  }.inbox_identifier
  local contact = chatwoot.public.contacts.create { inbox = inbox }.source_id
  local talk = chatwoot.public.conversations.create {
    inbox = inbox, contact = contact,
  }
  local function write(after)
    return chatwoot.public.messages.create {
      inbox = inbox, contact = contact, conversation = talk.id,
      content = "Hello?", after = after,
    }
  end
  local first = write(0)
  lost(session, "chatwoot.public.messages.create", function()
    return write(first.id)
  end)
end)

test("every probe is put to the test here", function()
  local text = support.read_file("tests/lua/probe_supabase_test.lua")
  for _, name in ipairs { "supabase", "chatwoot" } do
    for _, row in ipairs(require(name).rows) do
      if row.probe then
        equal(text:find('"' .. row.name .. '"', 1, true) ~= nil, true,
          row.name)
      end
    end
  end
end)

support.finish()
