-- Pull requests, issues and files, brought to a wanted state.

local base64 = require "base64"
local columns = require "provider/columns"
local mine = require "github/mine"

local POLL_S = 10
local CHECKS_S = 1800
local MERGEABLE_LOOKS, MERGEABLE_S = 6, 2

local FINE = { success = true, neutral = true, skipped = true }

-- --- checks ------------------------------------------------------------------

local check_row = columns("name", "status", "conclusion")

local function checks_green(github, ref)
  local rows, green = {}, true
  for _, one in ipairs(github.checks.list { ref = ref }) do
    rows[#rows + 1] = check_row {
      name = one.name, status = one.status, conclusion = one.conclusion,
    }
    green = green and one.status == "completed" and FINE[one.conclusion]
      or false
  end
  return green and #rows > 0, rows
end

-- Check runs and statuses of a commit: how many, which fail, which run.
local function verdicts(github, sha)
  local _, checks = checks_green(github, sha)
  local combined = github.commit_statuses.combined {
    ref = sha, per_page = 100,
  }
  local failed, open = {}, {}
  for _, one in ipairs(checks) do
    if one.status ~= "completed" then
      open[#open + 1] = one.name
    elseif not FINE[one.conclusion] then
      failed[#failed + 1] = one.name
    end
  end
  for _, one in ipairs(combined.statuses) do
    if one.state == "pending" then
      open[#open + 1] = one.context
    elseif one.state ~= "success" then
      failed[#failed + 1] = one.context
    end
  end
  return #checks + #combined.statuses, failed, open
end

local function await_checks(github, sha, within_s)
  local deadline = time.now() + (within_s or CHECKS_S)
  local told
  repeat
    local n, failed, open = verdicts(github, sha)
    if #failed > 0 then
      error("github: these checks failed: " .. table.concat(failed, ", ") ..
        "; look at them before merging", 0)
    elseif n == 0 then
      error("github: no check has looked at " .. sha:sub(1, 12) ..
        ": wait for them, or pass checks = false", 0)
    elseif #open == 0 then
      print(("%d checks have passed"):format(n))
      return
    end
    local line = "still running: " .. table.concat(open, ", ")
    if line ~= told then print(line) end
    told = line
    time.sleep(POLL_S)
  until time.now() >= deadline
  error("github: the checks of " .. sha:sub(1, 12) .. " did not end in time", 0)
end

-- --- pull requests -----------------------------------------------------------

local function owner_of(args)
  local owner = (env.github and env.github.repository or ""):match("^[^/]+")
  return args.head:find(":", 1, true) and args.head
    or (owner or "") .. ":" .. args.head
end

local function open_pull(github, args)
  local found = github.pulls.list({
    state = "open", head = owner_of(args), base = args.base,
  })[1]
  if found and not mine.next("POST", { "pulls" },
    { head = args.head, base = args.base }) then
    print(("pull request #%d  open already"):format(found.number))
    return found
  end
  local made = github.pulls.create {
    head = args.head, base = args.base, title = args.title, body = args.body,
    draft = args.draft,
  }
  print(("pull request #%d  %s -> %s"):format(made.number, args.head,
    args.base))
  return made
end

-- GitHub finds out whether a pull request conflicts when it is first asked.
local function mergeable(github, number)
  local pull
  for i = 1, MERGEABLE_LOOKS do
    pull = github.pulls.get { pull = number }
    if pull.mergeable ~= json.null or pull.merged then return pull end
    if i < MERGEABLE_LOOKS then time.sleep(MERGEABLE_S) end
  end
  return pull
end

local function refuse(pull, why)
  error(("github: pull request #%d %s"):format(pull.number, why), 0)
end

local function check_pull(pull, args)
  if args.sha and pull.head.sha ~= args.sha then
    refuse(pull, "has another head than " .. args.sha .. ": look at what " ..
      "was pushed")
  end
  if pull.state ~= "open" then refuse(pull, "is closed: reopen it") end
  if pull.draft then refuse(pull, "is a draft: mark it ready for review") end
  if pull.mergeable == false then
    refuse(pull, "conflicts with " .. pull.base.ref .. ": merge or rebase it")
  end
end

local in_order = columns("pull", "head", "base", "commit")

local function merge_row(pull, commit)
  local row = in_order {
    pull = pull.number, head = pull.head.ref, base = pull.base.ref,
    commit = commit,
  }
  print(("pull request #%d  merged into %s as %s"):format(row.pull, row.base,
    commit:sub(1, 12)))
  return row
end

local function merge(github, args)
  local pull = mergeable(github, args.pull)
  if pull.merged and not mine.next("PUT", { "pulls", args.pull, "merge" }) then
    return merge_row(pull, pull.merge_commit_sha)
  end
  if not pull.merged then
    check_pull(pull, args)
    if args.checks ~= false then
      await_checks(github, pull.head.sha, args.within_s)
    end
  end
  local done = github.pulls.merge {
    pull = args.pull, sha = pull.head.sha, merge_method = args.method,
  }
  return merge_row(pull, done.sha)
end

-- --- issues ------------------------------------------------------------------

local function issue_of(github, title)
  for _, one in ipairs(github.issues.list { state = "open" }) do
    if one.title == title and not one.pull_request then return one end
  end
  return nil
end

local function upsert_issue(github, args)
  local body = args.body .. "\n\n<!-- runproof: " .. run.id .. " -->"
  local found = issue_of(github, args.title)
  local again = found and mine.next("POST", { "issues" },
    { title = args.title, body = body })
  local issue
  if found and not again then
    issue = github.issues.update {
      issue = found.number, body = body, labels = args.labels,
    }
  else
    issue = github.issues.create {
      title = args.title, body = body, labels = args.labels,
    }
  end
  print(("issue #%d  %s  %s"):format(issue.number, args.title,
    found and not again and "updated" or "opened"))
  return issue
end

-- --- files -------------------------------------------------------------------

local function decode(args, one)
  if one.type ~= "file" then
    error(("github: %s is no file%s"):format(args.path, one.type and
      " but a " .. one.type or " but a folder"), 0)
  end
  if one.encoding ~= "base64" then
    error(("github: %s is too large to be read this way (%d bytes): use git")
      :format(args.path, one.size), 0)
  end
  return base64.decode(one.content), one.sha
end

-- The text and sha of a file; nil when it is not there.
local function read(github, path, ref)
  local one, err = github.try.contents.get { path = path, ref = ref }
  if one then return decode({ path = path }, one) end
  if err.status ~= 404 then error(err.message, 0) end
  return nil
end

local function file(github, args)
  return decode(args, github.contents.get {
    path = args.path, ref = args.ref,
  })
end

local function put_file(github, args)
  local text, sha = read(github, args.path, args.branch)
  local row = { path = args.path, sha = sha, change = "none" }
  local again = text == args.text
    and mine.next("PUT", { "contents", args.path }, { message = args.message })
  if text ~= args.text or again then
    local old = sha
    if again then old = again.sha end -- of what it replaced then
    local done = github.contents.put {
      path = args.path, message = args.message, branch = args.branch,
      content = base64.encode(args.text), sha = old,
    }
    row.sha, row.commit = done.content.sha, done.commit.sha
    row.change = old and "updated" or "created"
  end
  print(("%s  %s"):format(args.path, row.change))
  return row
end

return function(github)
  local function bound(fn)
    return function(args) return fn(github, args) end
  end
  return {
    checks_green = bound(checks_green), open_pull = bound(open_pull),
    merge = bound(merge), upsert_issue = bound(upsert_issue),
    file = bound(file), put_file = bound(put_file),
  }
end
