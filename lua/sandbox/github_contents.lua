-- Simulated GitHub: files, read and committed one by one.

local base64 = require "base64"
local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"
local shapes = require "sandbox/github_shapes"
local history = require "sandbox/github_history"

local contents = {}

local function blob_sha(text)
  return kit.sha("blob" .. text)
end

local function entry(request, path, kind, text)
  local api, web = kit.api(request), kit.web(request)
  local url = api .. "/contents/" .. path
  local sha = kind == "dir" and kit.sha("tree" .. path) or blob_sha(text)
  local git = api .. "/git/" .. (kind == "dir" and "trees/" or "blobs/") .. sha
  local html = web .. (kind == "dir" and "/tree/" or "/blob/") .. path
  return {
    type = kind, name = path:match("[^/]+$"), path = path, sha = sha,
    size = text and #text or 0, url = url, git_url = git, html_url = html,
    download_url = kind == "dir" and json.null or html .. "?raw=true",
    _links = { self = url, git = git, html = html },
  }
end

-- Base64 as GitHub wraps it.
local function wrapped(text)
  return (base64.encode(text):gsub(("."):rep(60), "%0\n"))
end

local function shown_file(request, path, text)
  local one = entry(request, path, "file", text)
  one.encoding, one.content = "base64", wrapped(text)
  return one
end

local function folder(request, tree, path)
  local prefix = path == "" and "" or path .. "/"
  local seen, list = {}, json.array {}
  local paths = {}
  for name in pairs(tree) do paths[#paths + 1] = name end
  table.sort(paths)
  for _, name in ipairs(paths) do
    local child = name:sub(1, #prefix) == prefix
      and name:sub(#prefix + 1):match("^[^/]+")
    if child and not seen[child] then
      seen[child] = true
      local full = prefix .. child
      local file = tree[full]
      list[#list + 1] = entry(request, full, file and "file" or "dir",
        file and file.text or nil)
    end
  end
  return #list > 0 and list or nil
end

local function get(request)
  local world = request.world
  local ref = rest.arg(request, "ref") or world.github.default_branch
  local commit = history.resolve(world, ref)
  if not commit then
    return kit.problem(404, "No commit found for the ref " .. ref)
  end
  local path = request.params.path or ""
  local tree = history.tree(world, commit)
  if tree[path] then return 200, shown_file(request, path, tree[path].text) end
  local list = folder(request, tree, path)
  if not list then return kit.not_found() end
  return 200, list
end

-- The branch's tip, its files and the one that is meant; or a refusal.
local function aim(request)
  local world, body = request.world, request.body
  if type(body) ~= "table" or not kit.text(body.message) then
    return nil, kit.malformed('"message" wasn\'t supplied.')
  end
  local branch = body.branch or world.github.default_branch
  local sha = world.github.branches[branch]
  if not sha then
    return nil, kit.problem(404, "Branch " .. branch .. " not found")
  end
  local at = { branch = branch, tip = history.resolve(world, sha) }
  at.path = request.params.path
  at.tree = history.tree(world, at.tip)
  at.file = at.tree[at.path]
  return at
end

-- A sha that is not the file's: someone else was faster.
local function stale(request, at)
  local sha = rest.or_nil(request.body.sha)
  if at.file and not sha then
    return kit.malformed('"sha" wasn\'t supplied.')
  end
  if sha and (not at.file or blob_sha(at.file.text) ~= sha) then
    return kit.problem(409, at.path .. " does not match " .. sha)
  end
  return nil
end

local function commit_file(request, at, file)
  local body = request.body
  local author = rest.or_nil(body.author) or rest.or_nil(body.committer) or {}
  local commit = history.add(request, {
    parents = { at.tip.sha }, message = body.message, files = { file },
    author = author.name, email = author.email,
  })
  history.set_ref(request.world, "heads/" .. at.branch, commit.sha)
  local shown = shapes.commit(request, commit)
  local out = shown.commit
  out.sha, out.node_id, out.html_url, out.parents, out.url =
    shown.sha, shown.node_id, shown.html_url, shown.parents, shown.url
  out.comment_count = nil
  return out
end

local function put(request)
  local at, status, value = aim(request)
  if not at then return status, value end
  if type(request.body.content) ~= "string" then
    return kit.malformed('"content" wasn\'t supplied.')
  end
  local ok, text = pcall(base64.decode, request.body.content)
  if not ok then return kit.problem(422, "content is not valid Base64") end
  status, value = stale(request, at)
  if status then return status, value end
  local commit = commit_file(request, at, { path = at.path, text = text })
  return at.file and 200 or 201, {
    content = entry(request, at.path, "file", text), commit = commit,
  }
end

local function delete(request)
  local at, status, value = aim(request)
  if not at then return status, value end
  if not at.file then return kit.not_found() end
  status, value = stale(request, at)
  if status then return status, value end
  local commit = commit_file(request, at, { path = at.path, gone = true })
  return 200, { content = json.null, commit = commit }
end

local C = "/repos/{owner}/{repo}/contents"

contents.routes = {
  { "GET", C, "github.contents.get", get },
  { "GET", C .. "/{path*}", "github.contents.get", get },
  { "PUT", C .. "/{path*}", "github.contents.put", put },
  { "DELETE", C .. "/{path*}", "github.contents.delete", delete },
}

return contents
