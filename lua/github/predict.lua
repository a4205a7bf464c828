-- What changes of GitHub do, as its reads would show it afterwards. A workflow
-- run that is started is taken to succeed: a run that finds otherwise stops.

local copy = require "provider/copy"

-- Times of GitHub are whole seconds; a page that lists the newest first shows
-- what is new there.
local function dated(p, thing)
  thing.created_at, thing.updated_at = p:iso(), p:iso()
  return thing
end

local function or_null(value)
  if value == nil then return json.null end
  return value
end

-- --- deployments ---------------------------------------------------------------

local DEPLOYMENT = { one = "deployments.get", all = "deployments.list",
  key = "id", arg = "deployment", fits = function(one, args)
    for _, name in ipairs { "sha", "ref", "task", "environment" } do
      if args[name] and args[name] ~= one[name] then return false end
    end
    return true
  end }

local function create_deployment(p)
  local args = p.args
  local commit = p:get("commits.get", { ref = args.ref })
  if not commit then p:refuse(422, "No ref found for: " .. args.ref) end
  local one = dated(p, {
    id = p:number(), sha = commit.sha, ref = args.ref,
    task = args.task or "deploy", payload = args.payload or {},
    environment = args.environment or "production",
    original_environment = args.environment or "production",
    description = or_null(args.description),
    transient_environment = args.transient_environment or false,
    production_environment = args.production_environment or false,
  })
  p.object = "deployment to " .. one.environment
  p.after = { ref = one.ref, sha = one.sha, description = one.description }
  p:set(DEPLOYMENT, one.id, function() return copy(one) end)
  p:patch("statuses.list", { deployment = one.id }, function(list)
    return list or json.array {}
  end, true)
  return one
end

local function delete_deployment(p)
  p.object = "deployment " .. p.args.deployment
  p:set(DEPLOYMENT, p.args.deployment, function() return nil end)
  return nil
end

local function create_status(p)
  local args = p.args
  local of = p:get("deployments.get", { deployment = args.deployment })
  if not of then p:refuse(404, "Not Found") end
  local one = dated(p, {
    id = p:number(), state = args.state, description = args.description or "",
    environment = args.environment or of.environment,
    environment_url = args.environment_url or "",
    target_url = args.log_url or args.target_url or "",
    log_url = args.log_url or args.target_url or "",
  })
  p.object = "deployment to " .. of.environment
  p.after = { state = one.state, description = one.description }
  p:patch("statuses.list", {}, function(list, asked)
    list = list or json.array {}
    if not asked.page or asked.page == 1 then table.insert(list, 1, one) end
    return list
  end)
  p:patch("statuses.get", { status = one.id }, function() return one end)
  return one
end

-- --- secrets and variables --------------------------------------------------------

local function place(p)
  return p.args.environment and "environment " .. p.args.environment
    or "the repository"
end

-- The rows of an environment and of the repository are called alike.
local function kind_of(p)
  local group = p.row.short:match("^(.+)%.")
  return { one = group .. ".get", all = group .. ".list", key = "name",
    last = true }
end

local function path_of(p, more)
  more.environment = p.args.environment
  return more
end

local function known(p, kind, name)
  return p:get(kind.one, path_of(p, { name = name }))
end

local function set_secret(p)
  local kind, name = kind_of(p), p.args.name:upper()
  local before = known(p, kind, p.args.name)
  p.object = ("secret %s of %s"):format(name, place(p))
  p.before = before
  p.after = { name = name, sealed = p.args.encrypted_value }
  p:set(kind, name, function(one)
    return {
      name = name, updated_at = p:iso(),
      created_at = one and one.created_at or p:iso(),
    }
  end)
  if before then return p:empty(204) end
  return {}
end

local function delete_one(p)
  local kind, name = kind_of(p), p.args.name:upper()
  local before = known(p, kind, p.args.name)
  if not before then p:refuse(404, "Not Found") end
  p.object = ("%s of %s"):format(name, place(p))
  p.before = before
  p:set(kind, name, function() return nil end)
  return nil
end

local function create_variable(p)
  local kind, name = kind_of(p), p.args.name:upper()
  if known(p, kind, name) then p:refuse(409, "Variable already exists") end
  p.object = ("variable %s of %s"):format(name, place(p))
  p.after = { value = p.args.value }
  p:set(kind, name, function()
    return dated(p, { name = name, value = p.args.value })
  end)
  return {}
end

local function update_variable(p)
  local kind, name = kind_of(p), p.args.name:upper()
  local before = known(p, kind, p.args.name)
  if not before then p:refuse(404, "Not Found") end
  p.object = ("variable %s of %s"):format(name, place(p))
  p.before, p.after = { value = before.value }, { value = p.args.value }
  p:set(kind, name, function(one)
    one = one or copy(before)
    one.value, one.updated_at = p.args.value, p:iso()
    return one
  end)
  return nil
end

-- --- workflow runs ---------------------------------------------------------------

local RUN = { one = "runs.get", key = "id" }

local function add_run(p, run, workflow)
  local function add(list, args)
    list = list or json.array {}
    local wanted = (not args.branch or args.branch == run.head_branch)
      and (not args.event or args.event == run.event)
      and (not args.head_sha or args.head_sha == run.head_sha)
      and (not args.status or args.status == run.status
        or args.status == run.conclusion)
    if wanted and (not args.page or args.page == 1) then
      table.insert(list, 1, copy(run))
    end
    return list
  end
  p:patch("runs.list", {}, add)
  p:patch("workflows.runs", { workflow = workflow }, add)
  p:set(RUN, run.id, function() return copy(run) end)
  p:patch("runs.jobs", { id = run.id }, function() return json.array {} end,
    true)
end

local function dispatch(p)
  local args = p.args
  local workflow = p:get("workflows.get", { workflow = args.workflow })
  local commit = p:get("commits.get", { ref = args.ref })
  if not workflow then p:refuse(404, "Not Found") end
  if not commit then p:refuse(422, "No ref found for: " .. args.ref) end
  local run = dated(p, {
    id = p:number(), run_number = p:number(), run_attempt = 1,
    name = workflow.name, path = workflow.path, workflow_id = workflow.id,
    event = "workflow_dispatch", head_branch = args.ref,
    head_sha = commit.sha, status = "completed", conclusion = "success",
    display_title = p:hole(), html_url = p:hole(), url = p:hole(),
  })
  p.object = ("workflow %s on %s"):format(workflow.name, args.ref)
  p.after = { inputs = args.inputs }
  add_run(p, run, args.workflow)
  if not args.return_run_details then return p:empty(204) end
  return { workflow_run_id = run.id, run_url = run.url,
    html_url = run.html_url }
end

local function change_run(fn)
  return function(p)
    p.object = "workflow run " .. p.args.id
    local before = p:get("runs.get", { id = p.args.id })
    if not before then p:refuse(404, "Not Found") end
    p:set(RUN, p.args.id, function(one)
      one = one or copy(before)
      fn(p, one)
      one.updated_at = p:iso()
      return one
    end)
    local after = copy(before)
    fn(p, after)
    p.before = { status = before.status, conclusion = before.conclusion }
    p.after = { status = after.status, conclusion = after.conclusion }
    return p:empty(p.row.ok and p.row.ok[1] or 202)
  end
end

local cancel = change_run(function(_, run)
  run.status, run.conclusion = "completed", "cancelled"
end)

local rerun = change_run(function(_, run)
  run.run_attempt = run.run_attempt + 1
  run.status, run.conclusion = "completed", "success"
end)

-- --- issues and pull requests ------------------------------------------------------

local function in_state(one, args)
  local state = args.state or "open"
  return state == "all" or one.state == state
end

local ISSUE = { one = "issues.get", all = "issues.list", key = "number",
  arg = "issue", fits = in_state, below = { "comments.list" } }
local PULL = { one = "pulls.get", all = "pulls.list", key = "number",
  arg = "pull", below = { "pulls.merged" }, fits = function(one, args)
    return in_state(one, args) and (not args.base or args.base == one.base.ref)
      and (not args.head or args.head:match("[^:]+$") == one.head.ref)
  end }

local function labels_of(names)
  local list = json.array {}
  for i, name in ipairs(names or {}) do list[i] = { name = name } end
  return list
end

local function create_issue(p)
  local args = p.args
  local one = dated(p, {
    number = p:number(), id = p:number(), title = args.title,
    body = or_null(args.body), labels = labels_of(args.labels),
    state = "open", comments = 0, html_url = p:hole(),
  })
  p.object = "issue " .. args.title
  p.after = { title = one.title, body = one.body, labels = args.labels }
  p:set(ISSUE, one.number, function() return copy(one) end)
  p:patch("comments.list", { issue = one.number }, function(list)
    return list or json.array {}
  end, true)
  return one
end

local function edit(p, one, names)
  for _, name in ipairs(names) do
    if p.args[name] ~= nil then one[name] = p.args[name] end
  end
  one.updated_at = p:iso()
  return one
end

local function take_state(p, one)
  if not p.args.state or p.args.state == one.state then return end
  one.state = p.args.state
  one.closed_at = one.state == "closed" and p:iso() or json.null
  one.state_reason = p.args.state_reason
    or (one.state == "closed" and "completed" or "reopened")
end

local function update_issue(p)
  p.object = "issue #" .. p.args.issue
  local after = p:edit({ one = ISSUE.one, all = ISSUE.all, key = ISSUE.key,
    arg = ISSUE.arg, fits = ISSUE.fits, below = ISSUE.below,
    shown = { "title", "body", "state", "labels" } }, p.args.issue,
    function(one)
      if not one then return nil end
      take_state(p, one)
      edit(p, one, { "title", "body" })
      if p.args.labels then one.labels = labels_of(p.args.labels) end
      return one
    end)
  if not after then p:refuse(404, "Not Found") end
  return after
end

local function create_comment(p)
  local one = dated(p, { id = p:number(), body = p.args.body,
    html_url = p:hole() })
  p.object = "issue #" .. p.args.issue
  p.after = { comment = one.body }
  p:patch("comments.list", {}, function(list, args)
    list = list or json.array {}
    if not args.page or args.page == 1 then list[#list + 1] = one end
    return list
  end)
  p:set({ one = "issues.get", all = "issues.list", key = "number",
    arg = "issue", below = { "comments.list" } }, p.args.issue, function(issue)
      if issue then issue.comments = issue.comments + 1 end
      return issue
    end)
  return one
end

local function tip(p, branch)
  local one = p:get("branches.get", { branch = branch })
  return one and one.commit.sha or nil
end

local function create_pull(p)
  local args = p.args
  local head, base = tip(p, args.head:match("[^:]+$")), tip(p, args.base)
  if not head or not base then p:refuse(422, "Validation Failed") end
  local one = dated(p, {
    number = p:number(), id = p:number(), title = args.title,
    body = or_null(args.body), state = "open", draft = args.draft or false,
    merged = false, mergeable = true, mergeable_state = "clean",
    head = { ref = args.head:match("[^:]+$"), sha = head },
    base = { ref = args.base, sha = base }, html_url = p:hole(),
  })
  p.object = ("pull request of %s into %s"):format(args.head, args.base)
  p.after = { title = one.title, body = one.body, head = head }
  p:set(PULL, one.number, function() return copy(one) end)
  return one
end

local function update_pull(p)
  p.object = "pull request #" .. p.args.pull
  local after = p:edit({ one = PULL.one, all = PULL.all, key = PULL.key,
    arg = PULL.arg, fits = PULL.fits, below = PULL.below,
    shown = { "title", "body", "state" } },
    p.args.pull, function(one)
      if not one then return nil end
      take_state(p, one)
      one.state_reason = nil
      return edit(p, one, { "title", "body" })
    end)
  if not after then p:refuse(404, "Not Found") end
  return after
end

-- --- references --------------------------------------------------------------------

-- A branch or tag now is at another commit, or gone (nil).
local function move_ref(p, ref, sha)
  local branch, tag = ref:match("^heads/(.+)$"), ref:match("^tags/(.+)$")
  p:patch("refs.get", { ref = ref }, function(one)
    if not sha then return nil end
    one = one or { ref = "refs/" .. ref, object = { type = "commit" } }
    one.object.sha = sha
    return one
  end)
  local function entry(one)
    if not sha then return nil end
    one = one or { name = branch or tag, protected = branch and false or nil,
      commit = {} }
    one.commit = one.commit.sha == sha and one.commit or { sha = sha }
    return one
  end
  if branch then
    p:set({ one = "branches.get", all = "branches.list", key = "name",
      arg = "branch", last = true }, branch, entry)
    p:patch("commits.get", { ref = branch }, function(one)
      if sha and one and one.sha ~= sha then
        p:stop("not predicted: the commit that " .. ref .. " stands for then")
      end
      return sha and one or nil
    end)
  elseif tag then
    p:set({ all = "tags.list", key = "name" }, tag, entry)
  end
end

local function create_ref(p)
  local ref = p.args.ref:gsub("^refs/", "")
  if p:get("refs.get", { ref = ref }) then
    p:refuse(422, "Reference already exists")
  end
  p.object, p.after = "reference " .. ref, { sha = p.args.sha }
  move_ref(p, ref, p.args.sha)
  return { ref = "refs/" .. ref,
    object = { type = "commit", sha = p.args.sha } }
end

local function update_ref(p)
  local ref = p.args.ref
  local before = p:get("refs.get", { ref = ref })
  if not before then p:refuse(422, "Reference does not exist") end
  p.object = "reference " .. ref
  p.before, p.after = { sha = before.object.sha }, { sha = p.args.sha }
  move_ref(p, ref, p.args.sha)
  before.object.sha = p.args.sha
  return before
end

local function delete_ref(p)
  local before = p:get("refs.get", { ref = p.args.ref })
  if not before then p:refuse(422, "Reference does not exist") end
  p.object, p.before = "reference " .. p.args.ref,
    { sha = before.object.sha }
  move_ref(p, p.args.ref, nil)
  return nil
end

local function merge_pull(p)
  local pull = p:get("pulls.get", { pull = p.args.pull })
  if not pull then p:refuse(404, "Not Found") end
  if p.args.sha and p.args.sha ~= pull.head.sha then
    p:refuse(409, "Head branch was modified. Review and try the merge again.")
  end
  local sha = p:hole()
  p.object = ("pull request #%s into %s"):format(p.args.pull, pull.base.ref)
  p.before, p.after = { merged = pull.merged }, { merged = true }
  p:set(PULL, p.args.pull, function(one)
    one = one or copy(pull)
    one.state, one.merged, one.merge_commit_sha = "closed", true, sha
    one.closed_at, one.merged_at = p:iso(), p:iso()
    return one
  end)
  p:patch("pulls.merged", {}, function() return p:empty(204) end, true)
  move_ref(p, "heads/" .. pull.base.ref, sha)
  return { sha = sha, merged = true,
    message = "Pull Request successfully merged" }
end

-- --- releases ----------------------------------------------------------------------

local RELEASE = { one = "releases.get", all = "releases.list", key = "id",
  arg = "release", below = { "releases.assets" } }

local function show_release(p, id, tag, fn)
  p:set(RELEASE, id, fn)
  p:patch("releases.by_tag", { tag = tag }, fn)
end

local function create_release(p)
  local args = p.args
  if p:get("releases.by_tag", { tag = args.tag_name }) then
    p:refuse(422, "Validation Failed")
  end
  local final = not args.draft and not args.prerelease
  local one = {
    id = p:number(), tag_name = args.tag_name,
    target_commitish = args.target_commitish or p:hole(),
    name = or_null(args.name), body = or_null(args.body),
    draft = args.draft or false, prerelease = args.prerelease or false,
    created_at = p:iso(), html_url = p:hole(),
    published_at = args.draft and json.null or p:iso(),
  }
  p.object = "release " .. args.tag_name
  p.after = { name = one.name, body = one.body, draft = one.draft }
  show_release(p, one.id, one.tag_name, function() return copy(one) end)
  if final and args.make_latest ~= "false" then
    p:patch("releases.latest", {}, function() return copy(one) end, true)
  end
  return one
end

local function update_release(p)
  local before = p:get("releases.get", { release = p.args.release })
  if not before then p:refuse(404, "Not Found") end
  local function fn(one)
    one = one or copy(before)
    for _, name in ipairs { "tag_name", "name", "body", "draft", "prerelease",
      "target_commitish" } do
      if p.args[name] ~= nil then one[name] = p.args[name] end
    end
    if not one.draft and one.published_at == json.null then
      one.published_at = p:iso()
    end
    return one
  end
  local after = fn(copy(before))
  p.object, p.before, p.after = "release " .. before.tag_name, before, after
  show_release(p, p.args.release, after.tag_name, fn)
  return after
end

-- --- files -------------------------------------------------------------------------

local function commit_to(p, sha)
  if p.args.branch then move_ref(p, "heads/" .. p.args.branch, sha) end
  return { sha = sha, message = p.args.message }
end

local function shown_file(p, fn)
  p:patch("contents.get", { path = p.args.path }, function(value, args)
    if args.ref == p.args.branch then return fn(value) end
    if args.ref and p.args.branch then return value end
    return p:stop("not predicted: whether " .. tostring(args.ref or
      p.args.branch) .. " is the default branch")
  end)
end

local function put_file(p)
  local args = p.args
  local before = p:get("contents.get", { path = args.path, ref = args.branch })
  if before and before.sha ~= args.sha then
    p:refuse(args.sha and 409 or 422, args.path .. " does not match " ..
      tostring(args.sha))
  end
  local file = {
    type = "file", encoding = "base64", path = args.path,
    name = args.path:match("[^/]+$"), sha = p:hole(), content = args.content,
  }
  p.object = "file " .. args.path
  p.before = before and { content = before.content }
  p.after = { content = args.content, message = args.message }
  local commit = commit_to(p, p:hole())
  shown_file(p, function() return copy(file) end)
  local answer = p:respond(before and 200 or 201,
    { content = file, commit = commit })
  return answer
end

local function delete_file(p)
  local args = p.args
  local before = p:get("contents.get", { path = args.path, ref = args.branch })
  if not before then p:refuse(404, "Not Found") end
  p.object, p.before = "file " .. args.path, { content = before.content }
  local commit = commit_to(p, p:hole())
  shown_file(p, function() return nil end)
  return { content = json.null, commit = commit }
end

-- --- commit statuses -----------------------------------------------------------------

local function commit_status(p)
  local one = dated(p, {
    id = p:number(), state = p.args.state,
    context = p.args.context or "default",
    description = or_null(p.args.description),
    target_url = or_null(p.args.target_url),
  })
  p.object = "commit " .. p.args.sha
  p.after = { state = one.state, context = one.context }
  p:patch("commit_statuses.list", { ref = p.args.sha }, function(list, args)
    list = list or json.array {}
    if not args.page or args.page == 1 then table.insert(list, 1, one) end
    return list
  end)
  return one
end

return {
  ["deployments.create"] = create_deployment,
  ["deployments.delete"] = delete_deployment,
  ["statuses.create"] = create_status,
  ["secrets.set"] = set_secret,
  ["secrets.delete"] = delete_one,
  ["repo_secrets.set"] = set_secret,
  ["repo_secrets.delete"] = delete_one,
  ["variables.create"] = create_variable,
  ["variables.update"] = update_variable,
  ["variables.delete"] = delete_one,
  ["repo_variables.create"] = create_variable,
  ["repo_variables.update"] = update_variable,
  ["repo_variables.delete"] = delete_one,
  ["workflows.dispatch"] = dispatch,
  ["runs.cancel"] = cancel,
  ["runs.force_cancel"] = cancel,
  ["runs.rerun"] = rerun,
  ["runs.rerun_failed"] = rerun,
  ["issues.create"] = create_issue,
  ["issues.update"] = update_issue,
  ["comments.create"] = create_comment,
  ["pulls.create"] = create_pull,
  ["pulls.update"] = update_pull,
  ["pulls.merge"] = merge_pull,
  ["refs.create"] = create_ref,
  ["refs.update"] = update_ref,
  ["refs.delete"] = delete_ref,
  ["releases.create"] = create_release,
  ["releases.update"] = update_release,
  ["contents.put"] = put_file,
  ["contents.delete"] = delete_file,
  ["commit_statuses.create"] = commit_status,
}
