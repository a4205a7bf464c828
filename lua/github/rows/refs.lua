-- Calls on branches, tags and the references below them.

local probes = require "github/probes"

local REPO = "/repos/{owner}/{repo}"
local ONE = REPO .. "/git/refs/{ref}"
local LINK = "git/refs#"

local REF = 'ref: string  "heads/main" or "tags/v1"'

return {
  { "branches.list", "GET", REPO .. "/branches",
    link = "branches/branches#list-branches", need = '"Contents: read"',
    page = "link", doc = "The branches: name, commit, protected.",
    gives = "github.branch[]",
    args = { "protected?: boolean  those that are, or are not" } },
  { "branches.get", "GET", REPO .. "/branches/{branch}",
    link = "branches/branches#get-a-branch", need = '"Contents: read"',
    doc = "One branch with its commit and protection.",
    gives = "github.branch", args = { "branch: string  its name" } },
  { "tags.list", "GET", REPO .. "/tags",
    link = "repos/repos#list-repository-tags", need = '"Metadata: read"',
    page = "link", doc = "The tags: name, commit.",
    gives = "{name:string, commit:{sha:string}}[]", args = {} },
  { "refs.get", "GET", REPO .. "/git/ref/{ref}",
    link = LINK .. "get-a-reference", need = '"Contents: read"',
    doc = "Where a reference points.", gives = "github.ref",
    args = { REF } },
  { "refs.matching", "GET", REPO .. "/git/matching-refs/{ref}",
    link = LINK .. "list-matching-references", need = '"Contents: read"',
    doc = "The references that start so; none is no error.",
    gives = "github.ref[]",
    args = { 'ref: string  the beginning of one: "heads/release"' } },
  { "refs.create", "POST", REPO .. "/git/refs",
    link = LINK .. "create-a-reference", need = '"Contents: write"',
    probe = probes.ref,
    hints = {
      [422] = "it exists already, or there is no such commit: refs.get tells",
    },
    doc = "Creates a branch or a tag.", gives = "github.ref",
    args = { 'ref: string  whole: "refs/heads/x"',
      "sha: string  where it points" } },
  { "refs.update", "PATCH", ONE,
    link = LINK .. "update-a-reference", need = '"Contents: write"',
    idempotent = true, before = "refs.get",
    hints = {
      [422] = "sha does not descend from where the reference points (force " ..
        "moves it all the same), the branch is protected, or one of them " ..
        "does not exist",
    },
    doc = "Moves a branch or a tag.", gives = "github.ref",
    args = { REF, "sha: string  where it is to point",
      "force?: boolean  also where commits are lost; default false" } },
  { "refs.delete", "DELETE", ONE,
    link = LINK .. "delete-a-reference", need = '"Contents: write"',
    idempotent = false, probe = probes.ref_gone, before = "refs.get",
    hints = { [422] = "there is no such reference, or it is protected" },
    doc = "Removes a branch or a tag.", args = { REF } },
}
