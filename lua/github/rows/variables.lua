-- Calls on the variables of an environment and of the repository.

local probes = require "github/probes"

local REPO = "/repos/{owner}/{repo}"
local LINK = "actions/variables#"

local ENVIRONMENT =
  "environment?: string  whose variables; default env.github.environment"
local NAME = "name: string  letters, digits and _"
local VALUE = "value: string  at most 48 KB"

-- The same five calls below an environment and below the repository.
local function calls(group, base, need, articles, own)
  local all, one = base .. "/variables", base .. "/variables/{name}"
  local function args(...)
    return own and { own, ... } or { ... }
  end
  return {
    { group .. ".list", "GET", all,
      link = LINK .. "list-" .. articles.many .. "-variables",
      need = need .. ': read"', page = "link", items = "variables",
      doc = "The variables with their values.",
      gives = "github.variable[]", args = args() },
    { group .. ".get", "GET", one,
      link = LINK .. "get-" .. articles.one .. "-variable",
      need = need .. ': read"',
      doc = "One variable.", gives = "github.variable", args = args(NAME) },
    { group .. ".create", "POST", all,
      link = LINK .. "create-" .. articles.one .. "-variable",
      need = need .. ': write"', probe = articles.probe,
      hints = {
        [409] = "there is a variable of that name: update it, or use " ..
          "github.set_variable",
        [422] = "the name may not start with GITHUB_ or a digit; the value " ..
          "has at most 48 KB",
      },
      doc = "Creates a variable; github.set_variable also updates one.",
      args = args(NAME, VALUE) },
    { group .. ".update", "PATCH", one,
      link = LINK .. "update-" .. articles.one .. "-variable",
      need = need .. ': write"', idempotent = true, before = group .. ".get",
      doc = "Gives a variable another value.", args = args(NAME, VALUE) },
    { group .. ".delete", "DELETE", one,
      link = LINK .. "delete-" .. articles.one .. "-variable",
      need = need .. ': write"', before = group .. ".get",
      doc = "Removes a variable.", args = args(NAME) },
  }
end

local rows = calls("variables", REPO .. "/environments/{environment}",
  '"Environments', {
    one = "an-environment", many = "environment", probe = probes.variable,
  }, ENVIRONMENT)
local of_repo = calls("repo_variables", REPO .. "/actions", '"Variables', {
  one = "a-repository", many = "repository", probe = probes.repo_variable,
})
for _, row in ipairs(of_repo) do rows[#rows + 1] = row end
return rows
