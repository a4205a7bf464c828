-- Calls on releases.

local probes = require "github/probes"

local ALL = "/repos/{owner}/{repo}/releases"
local ONE = ALL .. "/{release}"
local LINK = "releases/releases#"

local ID = "release: integer  its id"
local COMMITISH = "target_commitish?: string  what to tag where there is no " ..
  "such tag; default the default branch"
local REST = {
  "name?: string  its title", "body?: string  Markdown",
  "draft?: boolean  not seen by others yet; default false",
  "prerelease?: boolean  default false",
  'make_latest?: "true"|"false"|"legacy"  default "true"',
  "discussion_category_name?: string  opens a discussion",
}

local function with(first)
  for _, line in ipairs(REST) do first[#first + 1] = line end
  return first
end

return {
  { "releases.list", "GET", ALL,
    link = LINK .. "list-releases", need = '"Contents: read"',
    page = "link", doc = "Releases, newest first; drafts for who may write.",
    gives = "github.release[]", args = {} },
  { "releases.create", "POST", ALL,
    link = LINK .. "create-a-release", need = '"Contents: write"',
    probe = probes.release,
    hints = {
      [422] = "there is a release of this tag already, or no such " ..
        "target_commitish",
    },
    doc = "Makes a release, and its tag where there is none.",
    gives = "github.release",
    args = with { "tag_name: string  of the tag", COMMITISH,
      "generate_release_notes?: boolean  name and body by GitHub where " ..
        "none are given" } },
  { "releases.latest", "GET", ALL .. "/latest",
    link = LINK .. "get-the-latest-release", need = '"Contents: read"',
    hints = { [404] = "there is no release that is neither draft nor " ..
      "prerelease" },
    doc = "The newest release that is neither draft nor prerelease.",
    gives = "github.release", args = {} },
  { "releases.by_tag", "GET", ALL .. "/tags/{tag}",
    link = LINK .. "get-a-release-by-tag-name", need = '"Contents: read"',
    doc = "The release of a tag; a draft has none yet.",
    gives = "github.release", args = { "tag: string  its name" } },
  { "releases.get", "GET", ONE,
    link = LINK .. "get-a-release", need = '"Contents: read"',
    doc = "One release.", gives = "github.release", args = { ID } },
  { "releases.update", "PATCH", ONE,
    link = LINK .. "update-a-release", need = '"Contents: write"',
    idempotent = true, before = "releases.get",
    doc = "Changes what is given.",
    gives = "github.release",
    args = with { ID, "tag_name?: string  another tag", COMMITISH } },
  { "releases.delete", "DELETE", ONE, ok = { 204 },
    link = LINK .. "delete-a-release", need = '"Contents: write"',
    doc = "Removes a release; its tag stays.", args = { ID },
    undescribed = "the excerpt of the description leaves it out" },
  { "releases.assets", "GET", ONE .. "/assets",
    link = "releases/assets#list-release-assets", need = '"Contents: read"',
    page = "link", doc = "The files of a release.",
    gives = "{id:integer, name:string, size:integer, " ..
      "browser_download_url:string}[]",
    args = { ID } },
  { "releases.notes", "POST", ALL .. "/generate-notes",
    link = LINK .. "generate-release-notes-content-for-a-release",
    need = '"Contents: write"', effect = "read",
    doc = "What GitHub would write of a release; nothing is kept.",
    gives = "{name:string, body:string}",
    args = { "tag_name: string  of the release, may be new",
      COMMITISH, "previous_tag_name?: string  where the notes begin",
      "configuration_file_path?: string  default .github/release.yml" } },
}
