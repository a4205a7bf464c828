-- Calls on the secrets of an environment and of the repository.

local REPO = "/repos/{owner}/{repo}"
local LINK = "actions/secrets#"

local ENVIRONMENT =
  "environment?: string  whose secrets; default env.github.environment"
local NAME = "name: string  letters, digits and _, at most 255 characters"

-- The same five calls below an environment and below the repository.
local function calls(group, base, need, articles, own)
  local one = base .. "/secrets/{name}"
  local function args(...)
    return own and { own, ... } or { ... }
  end
  return {
    { group .. ".list", "GET", base .. "/secrets",
      link = LINK .. "list-" .. articles.many .. "-secrets",
      need = need .. ': read"', page = "link", items = "secrets",
      doc = "Names and times of the secrets; values never come back.",
      gives = "github.secret[]", args = args() },
    { group .. ".key", "GET", base .. "/secrets/public-key",
      link = LINK .. "get-" .. articles.one .. "-public-key",
      need = need .. ': read"',
      doc = "The key that secrets are sealed with (secret.seal), and its id.",
      gives = "{key_id:string, key:string}", args = args() },
    { group .. ".get", "GET", one,
      link = LINK .. "get-" .. articles.one .. "-secret",
      need = need .. ': read"',
      doc = "Name and times of one secret; the value never comes back.",
      gives = "github.secret", args = args(NAME) },
    { group .. ".set", "PUT", one,
      link = LINK .. "create-or-update-" .. articles.one .. "-secret",
      need = need .. ': write"', ok = { 201, 204 },
      hints = {
        [422] = "the name may not start with GITHUB_ or a digit; the value " ..
          "must be sealed with the key of key_id, and has at most 48 KB",
      },
      doc = "Creates or replaces a secret; github.set_secret seals it first.",
      args = args(NAME, "encrypted_value: string  of secret.seal",
        "key_id: string  of the key that sealed it") },
    { group .. ".delete", "DELETE", one,
      link = LINK .. "delete-" .. articles.one .. "-secret",
      need = need .. ': write"',
      doc = "Removes a secret.", args = args(NAME) },
  }
end

local rows = calls("secrets", REPO .. "/environments/{environment}",
  '"Environments', { one = "an-environment", many = "environment" },
  ENVIRONMENT)
local of_repo = calls("repo_secrets", REPO .. "/actions", '"Secrets',
  { one = "a-repository", many = "repository" })
for _, row in ipairs(of_repo) do rows[#rows + 1] = row end
return rows
