-- Simulated GitHub: releases and the notes GitHub would write of them.

local rest = require "sandbox/rest"
local kit = require "sandbox/github_kit"
local shapes = require "sandbox/github_shapes"
local history = require "sandbox/github_history"

local releases = {}

local function shown(request, one)
  local api = kit.api(request)
  local url = api .. "/releases/" .. one.id
  return {
    id = one.id, node_id = kit.node_id("RE", one.id), tag_name = one.tag,
    target_commitish = one.target, name = rest.or_null(one.name),
    body = rest.or_null(one.body), draft = one.draft,
    prerelease = one.prerelease, url = url, assets_url = url .. "/assets",
    upload_url = url .. "/assets{?name,label}",
    html_url = kit.web(request) .. "/releases/tag/" .. one.tag,
    tarball_url = api .. "/tarball/" .. one.tag,
    zipball_url = api .. "/zipball/" .. one.tag,
    author = shapes.user(request, one.author), assets = json.array {},
    created_at = rest.iso(one.created_ms),
    published_at = one.published_ms and rest.iso(one.published_ms)
      or json.null,
  }
end

local function list(request)
  local all = {}
  for i, one in ipairs(request.world.github.releases) do
    all[i] = shown(request, one)
  end
  return kit.page(request, kit.newest_first(all))
end

-- Where a release's tag points, or would; nil for no such commit.
local function target_of(request, body)
  local world = request.world
  local commitish = rest.or_nil(body.target_commitish)
    or world.github.default_branch
  local tagged = world.github.tags[body.tag_name]
  return history.resolve(world, tagged or commitish), commitish
end

local function published(request, tag)
  for _, one in ipairs(request.world.github.releases) do
    if one.tag == tag and not one.draft then return one end
  end
  return nil
end

-- A draft gets its tag when it is published.
local function publish(request, one, commit)
  one.published_ms = request.now_ms
  local tags = request.world.github.tags
  tags[one.tag] = tags[one.tag] or commit.sha
end

local notes_of

local function create(request)
  local world, body = request.world, request.body
  if type(body) ~= "table" or not kit.text(body.tag_name) then
    return kit.invalid("Release", "tag_name", "missing_field")
  end
  if not body.draft and published(request, body.tag_name) then
    return kit.invalid("Release", "tag_name", "already_exists")
  end
  local commit, commitish = target_of(request, body)
  if not commit then
    return kit.invalid("Release", "target_commitish", "invalid")
  end
  local notes = body.generate_release_notes and notes_of(request, body) or {}
  local one = {
    id = rest.serial(world, "release", 61001), tag = body.tag_name,
    target = commitish, name = rest.or_nil(body.name) or notes.name,
    body = rest.or_nil(body.body) or notes.body, draft = body.draft or false,
    prerelease = body.prerelease or false, author = world.github.actor,
    created_ms = request.now_ms,
  }
  if not one.draft then publish(request, one, commit) end
  table.insert(world.github.releases, one)
  rest.touch(request)
  return 201, shown(request, one)
end

local function latest(request)
  local newest
  for _, one in ipairs(request.world.github.releases) do
    if not one.draft and not one.prerelease then newest = one end
  end
  if not newest then return kit.not_found() end
  return 200, shown(request, newest)
end

local function by_tag(request)
  local one = published(request, request.params.tag)
  if not one then return kit.not_found() end
  return 200, shown(request, one)
end

local of = kit.handlers_of(function(world)
  return world.github.releases
end, "id", "release")

local function get(request, one)
  return 200, shown(request, one)
end

local FIELDS = {
  tag_name = "tag", target_commitish = "target", name = "name", body = "body",
  draft = "draft", prerelease = "prerelease",
}

local function update(request, one)
  local body, was_draft = request.body or {}, one.draft
  for field, member in pairs(FIELDS) do
    if body[field] ~= nil then one[member] = rest.or_nil(body[field]) end
  end
  local commit = target_of(request,
    { tag_name = one.tag, target_commitish = one.target })
  if was_draft and not one.draft then publish(request, one, commit) end
  rest.touch(request)
  return 200, shown(request, one)
end

local function delete(request, one)
  local all = request.world.github.releases
  for i = #all, 1, -1 do
    if all[i] == one then table.remove(all, i) end
  end
  rest.touch(request)
  return 204
end

local function assets(request)
  return kit.page(request, {})
end

-- The newest release before this one, else the beginning of time.
local function previous_tag(request, body)
  if body.previous_tag_name then return body.previous_tag_name end
  local all = request.world.github.releases
  for i = #all, 1, -1 do
    if not all[i].draft and all[i].tag ~= body.tag_name then
      return all[i].tag
    end
  end
  return nil
end

function notes_of(request, body)
  local world = request.world
  local commit = target_of(request, body)
  if not commit then return nil end
  local before = previous_tag(request, body)
  local from = before and history.resolve(world, before)
  local fresh
  if from then
    fresh = history.diverge(world, from, commit)
  else
    local _, all = history.reach(world, commit)
    fresh = all
  end
  local lines = { "## What's Changed" }
  for _, one in ipairs(fresh) do
    lines[#lines + 1] = ("* %s by @%s"):format(one.message:match("^[^\n]*"),
      one.author)
  end
  local range = before and before .. "..." .. body.tag_name or body.tag_name
  lines[#lines + 1] = "\n**Full Changelog**: " .. kit.web(request) ..
    (before and "/compare/" or "/commits/") .. range
  return { name = body.tag_name, body = table.concat(lines, "\n") }
end

local function notes(request)
  local body = request.body
  if type(body) ~= "table" or not kit.text(body.tag_name) then
    return kit.invalid("Release", "tag_name", "missing_field")
  end
  local made = notes_of(request, body)
  if not made then return kit.not_found() end
  return 200, made
end

local R = "/repos/{owner}/{repo}/releases"

releases.routes = {
  { "GET", R, "github.releases.list", list },
  { "POST", R, "github.releases.create", create },
  { "POST", R .. "/generate-notes", "github.releases.notes", notes },
  { "GET", R .. "/latest", "github.releases.latest", latest },
  { "GET", R .. "/tags/{tag*}", "github.releases.by_tag", by_tag },
  { "GET", R .. "/{release}", "github.releases.get", of(get) },
  { "PATCH", R .. "/{release}", "github.releases.update", of(update) },
  { "DELETE", R .. "/{release}", "github.releases.delete", of(delete) },
  { "GET", R .. "/{release}/assets", "github.releases.assets", of(assets) },
}

return releases
