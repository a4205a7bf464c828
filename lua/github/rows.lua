-- The rows of all calls, each with what GitHub's refusals mean.

local DOCS = "https://docs.github.com/rest/"

local PARTS = {
  "account", "environments", "secrets", "variables", "deployments",
  "workflows", "runs", "artifacts", "releases", "commits", "refs", "contents",
  "pulls", "issues",
}

-- A token without the permission sees a private repository's 404, and a spent
-- rate limit is a 403, as a missing permission is.
local function hints_of(row)
  local hints = {
    [403] = "the token needs the permission " .. row.need ..
      ", or its rate limit is spent: github.rate() tells",
    [404] = "it does not exist, or the token cannot see it: it needs the " ..
      "permission " .. row.need .. " on this repository",
  }
  for status, text in pairs(row.hints or {}) do hints[status] = text end
  return hints
end

local function add_paging(row)
  row.args[#row.args + 1] =
    "per_page?: integer  items of a page, 1 to 100; default 100"
  row.args[#row.args + 1] = "page?: integer  this page alone, from 1"
  row.preset = row.preset or {}
  row.preset.per_page = 100
end

local function finish(row)
  row.link = DOCS .. row.link
  row.hints = row.need and hints_of(row) or row.hints
  row.need = nil
  if row.page then add_paging(row) end
  return row
end

local rows = {}
for _, part in ipairs(PARTS) do
  for _, row in ipairs(require("github/rows/" .. part)) do
    rows[#rows + 1] = finish(row)
  end
end
return rows
