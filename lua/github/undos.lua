-- How changes at GitHub are taken back; see errand/undo.lua.

local function at(c, more)
  local args = { owner = c.args.owner, repo = c.args.repo }
  for name, value in pairs(more or {}) do args[name] = value end
  return args
end

local function was(c)
  return c.before or error("how it was is not known", 0)
end

-- What others set since stays.
local function demand_ours(now, ours)
  if now ~= ours then error("someone changed it since", 0) end
end

local function variable(group)
  local function name(c)
    return at(c, { environment = c.args.environment, name = c.args.name })
  end
  local function with(c, value)
    local args = name(c)
    args.value = value
    return args
  end
  return {
    [group .. ".create"] = { call = function(c)
      demand_ours(c.get(group .. ".get", name(c)).value, c.args.value)
      return { group .. ".delete", name(c) }
    end },
    [group .. ".update"] = { call = function(c)
      demand_ours(c.get(group .. ".get", name(c)).value, c.args.value)
      return { group .. ".update", with(c, was(c).value) }
    end },
    [group .. ".delete"] = { call = function(c)
      return { group .. ".create", with(c, was(c).value) }
    end },
  }
end

local function secret_of(group)
  return { call = function(c)
    if c.status ~= 201 then
      error("its former value is unknown: set it again by hand", 0)
    end
    return { group .. ".delete",
      at(c, { environment = c.args.environment, name = c.args.name }) }
  end }
end

local function names(list, member)
  local out = json.array {}
  for i, one in ipairs(list or {}) do out[i] = one[member] end
  return out
end

-- The members that were given, as they were.
local function restored(given, former, how)
  local args = {}
  for name in pairs(given) do
    local pick = how[name]
    if pick then args[name] = pick(former) end
  end
  return args
end

local function same(name)
  return function(former) return former[name] end
end

local ISSUE = {
  title = same "title", body = same "body", state = same "state",
  labels = function(old) return names(old.labels, "name") end,
  assignees = function(old) return names(old.assignees, "login") end,
  milestone = function(old)
    return type(old.milestone) == "table" and old.milestone.number or json.null
  end,
}

local PULL = {
  title = same "title", body = same "body", state = same "state",
  base = function(old) return old.base.ref end,
}

local RELEASE = {
  tag_name = same "tag_name", target_commitish = same "target_commitish",
  name = same "name", body = same "body", draft = same "draft",
  prerelease = same "prerelease",
}

local function short(ref)
  return (ref:gsub("^refs/", ""))
end

local UNKNOWN = "its former value is unknown: set it again by hand"
local HAPPENED = "what a workflow did is not known here"
local COMMIT = "a commit is taken back by another one: git revert"

local undos = {
  ["repo.dispatch"] = HAPPENED,
  ["refs.create"] = { call = function(c)
    local ref = short(c.args.ref)
    demand_ours(c.get("refs.get", at(c, { ref = ref })).object.sha, c.args.sha)
    return { "refs.delete", at(c, { ref = ref }) }
  end },
  ["refs.update"] = { call = function(c)
    local ref = c.args.ref
    demand_ours(c.get("refs.get", at(c, { ref = ref })).object.sha, c.args.sha)
    return { "refs.update",
      at(c, { ref = ref, sha = was(c).object.sha, force = true }) }
  end },
  ["refs.delete"] = { call = function(c)
    return { "refs.create",
      at(c, { ref = "refs/" .. c.args.ref, sha = was(c).object.sha }) }
  end },
  ["issues.create"] = { call = function(c)
    return { "issues.update", at(c, { issue = c.answer.number,
      state = "closed", state_reason = "not_planned" }) }
  end },
  ["issues.update"] = { call = function(c)
    local args = restored(c.args, was(c), ISSUE)
    args.issue = c.args.issue
    return { "issues.update", at(c, args) }
  end },
  ["comments.create"] = "a comment stays: remove it on the page",
  ["pulls.create"] = { call = function(c)
    return { "pulls.update", at(c, { pull = c.answer.number,
      state = "closed" }) }
  end },
  ["pulls.update"] = { call = function(c)
    local args = restored(c.args, was(c), PULL)
    args.pull = c.args.pull
    return { "pulls.update", at(c, args) }
  end },
  ["pulls.merge"] = "a merge is taken back by a revert: open one",
  ["contents.put"] = COMMIT,
  ["contents.delete"] = COMMIT,
  ["deployments.create"] = { call = function(c)
    return { "statuses.create", at(c, { deployment = c.answer.id,
      state = "inactive", description = "taken back [" .. run.id .. "]" }) }
  end },
  ["deployments.delete"] = "what was deleted stays so",
  ["statuses.create"] = { of = "status", call = function(c)
    if c.args.state ~= "success" and c.args.state ~= "in_progress" then
      return nil, "it says that nothing runs"
    end
    return { "statuses.create", at(c, { deployment = c.args.deployment,
      state = "inactive", description = "taken back [" .. run.id .. "]" }) }
  end },
  ["commit_statuses.create"] = "a status stays: the next one replaces it",
  ["releases.create"] = { call = function(c)
    return { "releases.delete", at(c, { release = c.answer.id }) }
  end },
  ["releases.update"] = { call = function(c)
    local args = restored(c.args, was(c), RELEASE)
    args.release = c.args.release
    return { "releases.update", at(c, args) }
  end },
  ["releases.delete"] = "what was deleted stays so",
  ["environments.put"] = "its former rules are not known: give them again",
  ["environments.delete"] = "its secrets are gone with it",
  ["secrets.set"] = secret_of "secrets",
  ["secrets.delete"] = UNKNOWN,
  ["repo_secrets.set"] = secret_of "repo_secrets",
  ["repo_secrets.delete"] = UNKNOWN,
  ["workflows.dispatch"] = { call = function(c)
    local id = c.answer.workflow_run_id
    if not id then error("its run is not known: cancel it on the page", 0) end
    if c.get("runs.get", at(c, { id = id })).status == "completed" then
      error("the run has come to its end: what it did is not known here", 0)
    end
    return { "runs.cancel", at(c, { id = id }) }
  end },
  ["runs.cancel"] = "a run that was cancelled is run again by runs.rerun",
  ["runs.force_cancel"] = "a run that was cancelled is run again by runs.rerun",
  ["runs.rerun"] = HAPPENED,
  ["runs.rerun_failed"] = HAPPENED,
  ["runs.review"] = "a review stays",
}

for _, group in ipairs { "variables", "repo_variables" } do
  for name, entry in pairs(variable(group)) do undos[name] = entry end
end

return undos
