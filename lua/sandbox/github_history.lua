-- The simulated repository: commits, where branches and tags point, files.
--
-- The fixture's commits are a line; what the API commits is added behind it.
-- A commit's parents stand before it in the list.

local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"

local history = {}

local function fixture_files(world, commit)
  local files = {}
  for i, path in ipairs(commit.add or {}) do
    files[i] = { path = path, text = world.github.files[path] or "" }
  end
  return files
end

--- All commits, {sha, parents, message, author, email, time, index, files,
--- made_ms}; made_ms is nil for the fixture's.
function history.commits(world)
  local list = {}
  for i, commit in ipairs(world.commits) do
    list[i] = {
      sha = world.git.shas[i], parents = { world.git.shas[i - 1] },
      message = commit.message, author = commit.author, email = commit.email,
      time = commit.time, files = fixture_files(world, commit), index = i,
    }
  end
  for _, commit in ipairs(world.github.commits) do
    local one = rest.copy(commit)
    one.index = #list + 1
    one.time = rest.iso(one.made_ms)
    list[#list + 1] = one
  end
  return list
end

local function by_sha(world)
  local list, map = history.commits(world), {}
  for _, commit in ipairs(list) do map[commit.sha] = commit end
  return map, list
end

--- The SHA a ref ("heads/x", "refs/tags/v1") points at, nil without one.
function history.ref(world, ref)
  local kind, name = ref:gsub("^refs/", ""):match("^(%a+)/(.+)$")
  local place = kind == "heads" and world.github.branches
    or kind == "tags" and world.github.tags
  return place and place[name] or nil
end

--- Points a ref somewhere, or nowhere.
function history.set_ref(world, ref, sha)
  local kind, name = ref:gsub("^refs/", ""):match("^(%a+)/(.+)$")
  local place = kind == "heads" and world.github.branches or world.github.tags
  place[name] = sha
end

--- The commit that a branch, a tag, a SHA or its beginning means.
function history.resolve(world, ref)
  local github = world.github
  local name = ref:gsub("^refs/", ""):gsub("^heads/", ""):gsub("^tags/", "")
  local sha = github.branches[name] or github.tags[name] or name
  for _, commit in ipairs(history.commits(world)) do
    local short = #name >= 7 and commit.sha:sub(1, #name) == name
    if commit.sha == sha or short then return commit end
  end
  return nil
end

--- A commit and all before it: a set of SHAs, and the list, oldest first.
function history.reach(world, commit)
  local map, all = by_sha(world)
  local set, open = {}, { commit.sha }
  while #open > 0 do
    local sha = table.remove(open)
    if not set[sha] then
      set[sha] = true
      for _, parent in ipairs(map[sha].parents) do open[#open + 1] = parent end
    end
  end
  local list = {}
  for _, one in ipairs(all) do
    if set[one.sha] then list[#list + 1] = one end
  end
  return set, list
end

--- What head has and base has not, what base has and head has not (oldest
--- first), and the newest commit of both.
function history.diverge(world, base, head)
  local base_set, base_list = history.reach(world, base)
  local head_set, head_list = history.reach(world, head)
  local ahead, behind, common = {}, {}, nil
  for _, one in ipairs(head_list) do
    if base_set[one.sha] then common = one else ahead[#ahead + 1] = one end
  end
  for _, one in ipairs(base_list) do
    if not head_set[one.sha] then behind[#behind + 1] = one end
  end
  return ahead, behind, common
end

--- The files at a commit, path to {text}. Of a file that the fixture only
--- names the text is empty.
function history.tree(world, commit)
  local _, list = history.reach(world, commit)
  local tree = {}
  for _, one in ipairs(list) do
    for _, file in ipairs(one.files) do
      tree[file.path] = not file.gone and { text = file.text } or nil
    end
  end
  return tree
end

--- The last word of commits on each file they touch, by path.
function history.changes(commits)
  local last, paths = {}, {}
  for _, commit in ipairs(commits) do
    for _, file in ipairs(commit.files) do
      if not last[file.path] then paths[#paths + 1] = file.path end
      last[file.path] = file
    end
  end
  table.sort(paths)
  local list = json.array {}
  for i, path in ipairs(paths) do list[i] = last[path] end
  return list, last
end

--- Whether head cannot be merged into base: both changed the same file.
function history.conflicts(world, base, head)
  local ahead, behind = history.diverge(world, base, head)
  local ours = history.changes(ahead)
  local _, theirs = history.changes(behind)
  for _, file in ipairs(ours) do
    local other = theirs[file.path]
    if other and (other.text ~= file.text or other.gone ~= file.gone) then
      return true
    end
  end
  return false
end

--- Adds a commit and gives it.
--- @param change {parents:string[], message:string, files:table[], author?:string, email?:string}
function history.add(request, change)
  local world = request.world
  local actor = world.github.actor
  local one = {
    parents = json.array(change.parents), message = change.message,
    author = change.author or actor,
    email = change.email or actor .. "@users.noreply.github.com",
    files = json.array(change.files), made_ms = request.now_ms,
  }
  one.sha = kit.sha(json.encode(one) .. #world.github.commits)
  table.insert(world.github.commits, one)
  rest.touch(request)
  return history.resolve(world, one.sha)
end

--- Merges head into base and gives the commit; the caller has looked for
--- conflicts.
function history.merge(request, base, head, message)
  return history.add(request, {
    parents = { base.sha, head.sha }, message = message, files = {},
  })
end

return history
