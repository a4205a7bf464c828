-- Calls about the token and the repository as a whole.

local probes = require "github/probes"

local REPO = "/repos/{owner}/{repo}"

return {
  { "rate_limit.get", "GET", "/rate_limit",
    link = "rate-limit/rate-limit#get-rate-limit-status-for-" ..
      "the-authenticated-user",
    doc = "What is left of each rate limit; asking costs nothing.",
    gives = "{resources:table<string,github.limit>, rate:github.limit}",
    args = {} },
  { "user.get", "GET", "/user",
    link = "users/users#get-the-authenticated-user",
    doc = "Whom the token belongs to. An app's installation has no user: 403.",
    gives = "{login:string, id:integer, type:string}",
    hints = {
      [403] = "a token of an app's installation belongs to no user",
    },
    args = {} },
  { "repo.get", "GET", REPO,
    link = "repos/repos#get-a-repository", need = '"Metadata: read"',
    doc = "The repository: default_branch, visibility, permissions of the " ..
      "token, archived.",
    gives = "github.repository", args = {} },
  { "repo.dispatch", "POST", REPO .. "/dispatches",
    link = "repos/repos#create-a-repository-dispatch-event",
    need = '"Contents: write"', probe = probes.event,
    hints = {
      [422] = "event_type has at most 100 characters, client_payload at " ..
        "most 10 members",
    },
    doc = "Triggers the workflows that wait for repository_dispatch with " ..
      "event_type; client_payload.marker must be part of their run-name, so " ..
      "that a lost request can be found again.",
    args = {
      "event_type: string  what the workflows' types name",
      "client_payload?: table  at most 10 members, github.event." ..
        "client_payload in the workflow",
    } },
}
