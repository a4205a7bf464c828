-- How changes at Supabase are taken back; see errand/undo.lua.

local function at(c, more)
  local args = { project = c.args.project }
  for name, value in pairs(more or {}) do args[name] = value end
  return args
end

local function was(c)
  return c.before or error("how it was is not known", 0)
end

-- The settings that were given, as they were. A secret is not sent back, and
-- of one that had no value nobody knows its default.
local function former(given, old)
  local values = {}
  for name in pairs(given) do
    local value = old[name]
    if value == nil or type(value) == "userdata" then
      error("the former value of " .. name .. " is not known", 0)
    end
    values[name] = value
  end
  return values
end

local function settings(name)
  return { call = function(c)
    return { name, at(c, { settings = former(c.args.settings, was(c)) }) }
  end }
end

local UNKNOWN = "its former value is unknown: set it again by hand"
local SQL = "what a statement did is taken back by another one"
local BACKUP = "what was written since is lost"
local CODE = "its former code is unknown: deploy it again"
local HAPPENED = "what has happened stays so"

return {
  ["projects.pause"] = { of = "power", call = function(c)
    return { "projects.restore", at(c) }
  end },
  ["projects.restore"] = { of = "power", call = function(c)
    return { "projects.pause", at(c) }
  end },
  ["projects.cancel_restore"] = HAPPENED,
  ["readonly.disable"] = "it ends by itself after 15 minutes",
  ["upgrade.start"] = "an upgrade goes one way",
  ["secrets.set"] = UNKNOWN,
  ["secrets.delete"] = UNKNOWN,
  ["api_keys.create"] = { call = function(c)
    return { "api_keys.delete", at(c, { key = c.answer.id }) }
  end },
  ["api_keys.update"] = { call = function(c)
    local old = was(c)
    return { "api_keys.update", at(c, {
      key = c.args.key, name = c.args.name and old.name,
      description = c.args.description and old.description,
    }) }
  end },
  ["api_keys.delete"] = "a deleted key does not come back: make a new one",
  ["api_keys.set_legacy"] = { of = "legacy", call = function(c)
    return { "api_keys.set_legacy", at(c, { enabled = was(c).enabled }) }
  end },
  ["auth.update"] = settings "auth.update",
  ["postgrest.update"] = { call = function(c)
    local old, args = was(c), {}
    for name in pairs(c.args) do
      if name ~= "project" then args[name] = old[name] end
    end
    return { "postgrest.update", at(c, args) }
  end },
  ["network.update"] = { call = function(c)
    return { "network.update",
      at(c, { add = c.args.remove, remove = c.args.add }) }
  end },
  ["network.apply"] = { of = "ranges", call = function(c)
    local old = was(c).config
    return { "network.apply", at(c, {
      dbAllowedCidrs = old.dbAllowedCidrs,
      dbAllowedCidrsV6 = old.dbAllowedCidrsV6,
    }) }
  end },
  ["ssl.update"] = { of = "ssl", call = function(c)
    return { "ssl.update", at(c, { requestedConfig = was(c).currentConfig }) }
  end },
  ["sql.run"] = SQL,
  ["database.set_password"] = UNKNOWN,
  ["backups.restore"] = BACKUP,
  ["backups.restore_pitr"] = BACKUP,
  ["backups.undo"] = BACKUP,
  ["backups.create_restore_point"] = "a restore point does no harm",
  ["migrations.apply"] = "migrations.rollback takes it back, with its data",
  ["migrations.upsert"] = "what is recorded is set again by hand",
  ["migrations.rollback"] = SQL,
  ["migrations.update"] = "what is recorded is set again by hand",
  ["branches.create"] = { call = function(c)
    return { "branches.delete", { branch = c.answer.id } }
  end },
  ["branches.disable"] = "the branches are gone",
  ["branches.update"] = "how it was is not known",
  ["branches.delete"] = { call = function(c)
    if c.args.force ~= "false" then error("the branch is gone", 0) end
    return { "branches.restore", { branch = c.args.branch } }
  end },
  ["branches.push"] = SQL,
  ["branches.merge"] = SQL,
  ["branches.reset"] = SQL,
  ["branches.restore"] = { call = function(c)
    return { "branches.delete", { branch = c.args.branch, force = false } }
  end },
  ["postgres.update"] = settings "postgres.update",
  ["pooler.update"] = "how it was is not known: pooler.get tells how it is",
  ["functions.create"] = { call = function(c)
    return { "functions.delete", at(c, { slug = c.args.slug }) }
  end },
  ["functions.update_all"] = CODE,
  ["functions.deploy"] = CODE,
  ["functions.update"] = CODE,
  ["functions.delete"] = CODE,
}
