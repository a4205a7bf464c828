-- Rows of Fly.io's GraphQL API: releases, and secrets the way that makes one.

local LINK = "https://api.fly.io/graphql"
local RELEASE = "id version status imageRef stable createdAt"

local RELEASES = "query Releases($app: String!, $limit: Int) " ..
  "{ app(name: $app) { releases: releasesUnprocessed(first: $limit) " ..
  "{ nodes { " .. RELEASE .. " } } } }"
local CURRENT = "query CurrentRelease($app: String!) { app(name: $app) " ..
  "{ currentRelease: currentReleaseUnprocessed " ..
  "{ id version status imageRef createdAt } } }"
local DEFINITION = "query Definition($app: String!) { app(name: $app) " ..
  "{ config { definition } } }"
local SECRETS = "query Secrets($app: String!) { app(name: $app) " ..
  "{ secrets { name digest createdAt } } }"
local CREATE = "mutation CreateRelease($input: CreateReleaseInput!) " ..
  "{ createRelease(input: $input) { release { id version } } }"
local UPDATE = "mutation UpdateRelease($input: UpdateReleaseInput!) " ..
  "{ updateRelease(input: $input) { release { id version status } } }"
local SET = "mutation SetSecrets($input: SetSecretsInput!) " ..
  "{ setSecrets(input: $input) { release { id version } } }"
local UNSET = "mutation UnsetSecrets($input: UnsetSecretsInput!) " ..
  "{ unsetSecrets(input: $input) { release { id version } } }"

local function app_member(name)
  return function(data) return data.app and data.app[name] end
end

local function release_of(mutation)
  return function(data)
    local payload = data[mutation]
    return payload and payload.release
  end
end

-- The releases of an app that are newer than the one the caller knew, with
-- the image that was asked for.
local function probe_create(args, get)
  if not args.after then
    error("fly releases.create: without after nobody can tell whether the " ..
      "lost request made a release: `fly releases` shows it", 0)
  end
  local list = get("releases.list", { app = args.input.appId, limit = 25 })
  for _, one in ipairs(list) do
    if one.version > args.after and one.imageRef == args.input.image then
      return { data = { createRelease = { release = one } } }
    end
  end
  return nil
end

local function graphql(row)
  row[2], row[3], row.at, row.link = "POST", "/graphql", "fly_graphql", LINK
  return row
end

local releases = {
  graphql { "releases.list", effect = "read", document = RELEASES,
    args = {
      "app: string  its name",
      "limit?: integer  how many, default 25",
    },
    gives = "fly.release[]",
    result = function(data)
      return data.app and data.app.releases.nodes or json.array({})
    end,
    doc = "The newest releases of app, at most limit: version, status, " ..
      "imageRef." },
  graphql { "releases.current", effect = "read", document = CURRENT,
    args = { "app: string  its name" }, gives = "fly.release",
    result = app_member("currentRelease"),
    doc = "The release that is current for app." },
  graphql { "releases.definition", effect = "read", document = DEFINITION,
    args = { "app: string  its name" }, gives = "table",
    result = function(data)
      return data.app and data.app.config and data.app.config.definition
    end,
    doc = "The app's definition (what fly.toml became); a release carries " ..
      "it." },
  graphql { "releases.create", document = CREATE, probe = probe_create,
    notes = { "after" }, result = release_of("createRelease"),
    args = {
      "input: table  appId, image, platformVersion \"machines\", strategy " ..
        "(ROLLING, IMMEDIATE, …), definition",
      "after?: integer  version of the newest release known, not sent: " ..
        "tells a resumed run whether the release was made",
    },
    gives = "{id:string, version:integer}",
    doc = "Notes a release; it moves no machine." },
  graphql { "releases.update", document = UPDATE, idempotent = true,
    result = release_of("updateRelease"),
    args = {
      "input: table  releaseId, status (running, complete, failed, " ..
        "interrupted), metadata",
    },
    gives = "{id:string, version:integer, status:string}",
    doc = "Tells how far a release has come." },
}

local secrets = {
  graphql { "app_secrets.list", effect = "read", document = SECRETS,
    args = { "app: string  its name" },
    gives = "{name:string, digest:string, createdAt:string}[]",
    result = app_member("secrets"),
    doc = "Names and digests of an app's secrets, as GraphQL tells them; " ..
      "secrets.list is the newer way." },
  graphql { "app_secrets.set", document = SET, idempotent = true,
    result = release_of("setSecrets"),
    args = {
      "input: table  appId, secrets ({key, value}[]), replaceAll",
    },
    gives = "{id:string, version:integer}",
    doc = "Sets secrets and notes a release; secrets.set is the newer way." },
  graphql { "app_secrets.unset", document = UNSET, idempotent = true,
    result = release_of("unsetSecrets"),
    args = { "input: table  appId, keys" },
    gives = "{id:string, version:integer}",
    doc = "Removes secrets and notes a release; secrets.unset is the newer " ..
      "way." },
}

return { releases, secrets }
