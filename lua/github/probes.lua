-- How a change whose answer was lost is found again, with reads alone.

local probes = {}

local function pick(args, ...)
  local out = { owner = args.owner, repo = args.repo }
  for _, name in ipairs { ... } do out[name] = args[name] end
  return out
end

local function find(list, fits)
  for _, one in ipairs(list) do
    if fits(one) then return one end
  end
  return nil
end

-- A read whose 404 is an answer.
local function maybe(get, name, args)
  local ok, value = pcall(get, name, args)
  if ok then return value end
  if not tostring(value):find(": 404 ", 1, true) then error(value, 0) end
  return nil
end

local function marked(args, get, event, marker)
  local query = pick(args)
  query.event = event
  return find(get("runs.list", query), function(run)
    return run.display_title:find(marker, 1, true)
  end)
end

--- The run of a lost dispatch shows the marker of its inputs in its title.
function probes.dispatch(args, get)
  local marker = args.inputs and args.inputs.marker
  if not marker then
    error("github workflows.dispatch: without inputs.marker nobody can tell " ..
      "whether the lost request started a run: look at the Actions page", 0)
  end
  local run = marked(args, get, "workflow_dispatch", marker)
  return run and {
    workflow_run_id = run.id, run_url = run.url, html_url = run.html_url,
  }
end

--- As probes.dispatch, with the marker in the payload.
function probes.event(args, get)
  local marker = args.client_payload and args.client_payload.marker
  if not marker then
    error("github repo.dispatch: without client_payload.marker nobody can " ..
      "tell whether the lost request started a run: look at the Actions page",
      0)
  end
  return marked(args, get, "repository_dispatch", marker) and {}
end

--- A rerun is told by the number of the run's attempt.
function probes.rerun(args, get)
  local run = get("runs.get", pick(args, "id"))
  return args.attempt and run.run_attempt > args.attempt and {} or nil
end

--- What was reviewed does not wait any more.
function probes.review(args, get)
  local waiting = get("runs.pending", pick(args, "id"))
  for _, one in ipairs(waiting) do
    for _, id in ipairs(args.environment_ids) do
      if one.environment.id == id then return nil end
    end
  end
  return json.array {}
end

local function payload_of(deployment)
  local payload = deployment.payload
  if type(payload) == "string" and payload ~= "" then
    local ok, value = pcall(json.decode, payload)
    payload = ok and value or nil
  end
  return type(payload) == "table" and payload or {}
end

--- A deployment carries the run and the step that asked for it.
function probes.deployment(args, get)
  local want = args.payload or {}
  if not want.run then return nil end
  local list = get("deployments.list", pick(args, "environment"))
  return find(list, function(one)
    local have = payload_of(one)
    return have.run == want.run and have.step == want.step
  end)
end

--- A status is told by its state and description, which names the run.
function probes.status(args, get)
  local list = get("statuses.list", pick(args, "deployment"))
  return find(list, function(one)
    return one.state == args.state and one.description == args.description
  end)
end

--- A commit's status is told by context, state and description.
function probes.commit_status(args, get)
  local query = pick(args)
  query.ref = args.sha
  local context = args.context or "default"
  return find(get("commit_statuses.list", query), function(one)
    local said = args.description or json.null
    return one.context == context and one.state == args.state
      and one.description == said
  end)
end

local function variable(list)
  return function(args, get)
    local all = get(list, pick(args, "environment"))
    return find(all, function(one)
      return one.name:upper() == args.name:upper() and one.value == args.value
    end) and {}
  end
end

--- A variable is there with the value it was to get.
probes.variable = variable("variables.list")
probes.repo_variable = variable("repo_variables.list")

--- A release has its tag and name; drafts are seen by who may write.
function probes.release(args, get)
  return find(get("releases.list", pick(args)), function(one)
    return one.tag_name == args.tag_name
      and (args.name == nil or one.name == args.name)
      and one.draft == (args.draft or false)
  end)
end

local function ref_of(args, get, ref)
  local query = pick(args)
  query.ref = ref:gsub("^refs/", "")
  return find(get("refs.matching", query), function(one)
    return one.ref == "refs/" .. query.ref
  end)
end

--- A reference points where it was to point.
function probes.ref(args, get)
  local there = ref_of(args, get, args.ref)
  return there and there.object.sha == args.sha and there or nil
end

function probes.ref_gone(args, get)
  return not ref_of(args, get, args.ref) and {} or nil
end

--- An open pull request is the only one of its head and base.
function probes.pull(args, get)
  local query = pick(args, "base")
  local owner = args.owner or (env.github.repository or ""):match("^[^/]+")
  query.state = "open"
  query.head = args.head:find(":", 1, true) and args.head
    or owner .. ":" .. args.head
  return get("pulls.list", query)[1]
end

function probes.merge(args, get)
  local pull = get("pulls.get", pick(args, "pull"))
  return pull.merged and {
    merged = true, sha = pull.merge_commit_sha,
    message = "Pull Request successfully merged",
  } or nil
end

--- An issue is told by title and body, which name the run.
function probes.issue(args, get)
  local query = pick(args)
  query.state = "all"
  return find(get("issues.list", query), function(one)
    return one.title == args.title and one.body == (args.body or json.null)
  end)
end

function probes.comment(args, get)
  return find(get("comments.list", pick(args, "issue")), function(one)
    return one.body == args.body
  end)
end

-- The newest commit of a file, as the answer of a change to it names it.
local function file_commit(args, get)
  local query = pick(args, "path")
  query.sha, query.per_page, query.page = args.branch, 1, 1
  return get("commits.list", query)[1]
end

--- A file holds what it was to hold, by a commit with the same message.
function probes.put_file(args, get)
  local query = pick(args, "path")
  query.ref = args.branch
  local file = maybe(get, "contents.get", query)
  local have = file and (file.content or ""):gsub("\n", "")
  if have ~= args.content:gsub("\n", "") then return nil end
  local commit = file_commit(args, get)
  if not commit or commit.commit.message ~= args.message then return nil end
  return { content = file, commit = commit }
end

function probes.delete_file(args, get)
  local query = pick(args, "path")
  query.ref = args.branch
  if maybe(get, "contents.get", query) then return nil end
  return { content = json.null, commit = file_commit(args, get) }
end

return probes
