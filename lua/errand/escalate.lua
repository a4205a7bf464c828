-- Tells a service that a run has failed: the environment's `escalate`.

local TIMEOUT_S = 10

-- POST of JSON to an address, which may be a secret.
local function tell_webhook(given)
  local url = given.webhook or secret.get(given.secret)
  local answer = http.request {
    method = "POST", url = url, json = given.message, timeout = TIMEOUT_S,
  }
  if answer.status >= 300 then
    error("the webhook answers " .. answer.status, 0)
  end
end

-- The issue of this run, which its title tells, opened or brought up to date.
local function tell_issue(given)
  local github = require "github"
  local owner, repo = given.issue:match("^([^/]+)/([^/]+)$")
  local open = github.issues.list { owner = owner, repo = repo, state = "open" }
  for _, one in ipairs(open) do
    if one.title == given.title then
      github.issues.update { owner = owner, repo = repo, issue = one.number,
        body = given.body }
      return
    end
  end
  github.issues.create { owner = owner, repo = repo, title = given.title,
    body = given.body }
end

local function attempt(name, tell, given)
  local ok, why = pcall(tell, given)
  -- without the line it may begin with, which is none of the page's
  return not ok and name .. ": " .. tostring(why):gsub("^%S+:%d+: ", "") or nil
end

--- @param given {webhook?:string, secret?:string, issue?:string, title:string, body:string, message:table}
return function(given)
  local wrong = {}
  if given.webhook or given.secret then
    wrong[#wrong + 1] = attempt("webhook", tell_webhook, given)
  end
  if given.issue then
    wrong[#wrong + 1] = attempt("issue", tell_issue, given)
  end
  if #wrong > 0 then
    fail(table.concat(wrong, "; "), { final = true })
  end
end
