-- Rows of Fly.io's API about an organisation, the platform and tokens.

local ORG = "/v1/orgs/{org}"
local TOKENS = "/v1/tokens"
local SPEC = "https://docs.machines.dev/#tag/"

local OVERVIEW = {
  "region?: string  only of that region",
  "state?: string  only in these states, with commas",
  "summary?: boolean  leave the configuration out",
  "include_deleted?: boolean  destroyed ones too",
  "updated_after?: string  RFC 3339",
  "limit?: integer  items a page",
  "cursor?: string  that page alone",
}

local overviews = {
  { "orgs.machines", "GET", ORG .. "/machines", items = "machines",
    page = "cursor", args = OVERVIEW, gives = "table[]",
    link = SPEC .. "organizations/get/orgs/{org_slug}/machines",
    doc = "The machines of all apps of an organisation (env.fly.org)." },
  { "orgs.volumes", "GET", ORG .. "/volumes", items = "volumes",
    page = "cursor", args = OVERVIEW, gives = "fly.volume[]",
    link = SPEC .. "organizations/get/orgs/{org_slug}/volumes",
    doc = "The volumes of all apps of an organisation (env.fly.org)." },
}

local platform = {
  { "platform.regions", "GET", "/v1/platform/regions", items = "regions",
    args = {}, gives = "{code:string, name:string}[]",
    link = SPEC .. "platform/get/platform/regions",
    doc = "The regions machines can run in." },
  { "platform.placements", "POST", "/v1/platform/placements",
    effect = "read", items = "regions",
    args = {
      "org_slug: string  whose limits count",
      "compute?: table  the guest, default performance-1x",
      "count?: integer  how many machines",
      "region?: string  regions or groups of them, with commas",
      "volume_name?: string  the volume each would mount",
      "volume_size_bytes?: integer  its size",
      "weights?: table  what to prefer",
    },
    gives = "{region:string, count:integer, concurrency:integer}[]",
    link = SPEC .. "platform/post/platform/placements",
    doc = "Where machines would be placed now; nothing is placed." },
}

local tokens = {
  { "tokens.current", "GET", TOKENS .. "/current", items = "tokens",
    args = {}, gives = "{token_id:string, org_slug:string, user:string}[]",
    link = SPEC .. "tokens/get/tokens/current",
    doc = "What the token in use is: organisations, apps, user." },
  { "tokens.authenticate", "POST", TOKENS .. "/authenticate",
    effect = "read",
    args = { "header: secret  an Authorization header" },
    gives = "table[]",
    link = SPEC .. "tokens/post/tokens/authenticate",
    doc = "Whether a token is genuine, whatever it may do." },
  { "tokens.authorize", "POST", TOKENS .. "/authorize", effect = "read",
    args = {
      "header: secret  an Authorization header",
      "access: table  what would be done: org_slug, app_name, action",
    },
    gives = "table",
    link = SPEC .. "tokens/post/tokens/authorize",
    doc = "Whether a token allows that access." },
  { "tokens.kms", "POST", TOKENS .. "/kms", raw = true, idempotent = true,
    args = {}, gives = "string",
    link = SPEC .. "tokens/post/tokens/kms",
    doc = "A token for the key service; from inside a machine only." },
  { "tokens.oidc", "POST", TOKENS .. "/oidc", raw = true, idempotent = true,
    args = {
      "aud?: string  the audience",
      "aws_principal_tags?: boolean  with the tags AWS reads",
    },
    gives = "string",
    link = "https://fly.io/docs/machines/api/tokens-resource/" ..
      "#request-an-oidc-token",
    doc = "An OpenID Connect token; from inside a machine only." },
}

return { overviews, platform, tokens }
