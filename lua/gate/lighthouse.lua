-- Reads the JSON report of Lighthouse and holds it against budgets.

local fields = require "gate/fields"

local lighthouse = {
  name = "Lighthouse",
  how = "lighthouse URL --output=json --output-path=%s",
}

function lighthouse.is(body)
  return fields.text(body, "lighthouseVersion") ~= nil
end

local function wrong(message, ...)
  error("gate.lighthouse: " .. message:format(...), 0)
end

local function check_score(name, least)
  if type(name) ~= "string" then wrong("a budget has a category's name") end
  if type(least) ~= "number" or not (least >= 0 and least <= 1) then
    wrong("the budget %s is a score from 0 to 1, as in %s = 0.9", name, name)
  end
end

--- Raises for a budget that could not be held against anything.
function lighthouse.check_budgets(budgets)
  if type(budgets) ~= "table" then wrong("budgets are a table") end
  for name, least in pairs(budgets) do
    if name ~= "audits" then check_score(name, least) end
  end
  local audits = budgets.audits or {}
  if type(audits) ~= "table" then wrong("the budget audits is a table") end
  for id, most in pairs(audits) do
    if type(id) ~= "string" or type(most) ~= "number" then
      wrong("an audit's budget is a number, as in audits = " ..
        '{ ["largest-contentful-paint"] = 2500 }')
    end
  end
end

local function scores_of(body)
  local scores, unscored = {}, {}
  for name, category in pairs(fields.table(body, "categories")) do
    scores[name] = fields.number(category, "score")
    if not scores[name] then unscored[#unscored + 1] = name end
  end
  return scores, unscored
end

local UNITS = { millisecond = " ms", second = " s", byte = " bytes" }

-- 10884.681 as 10884.68, 2500 as 2500.
local function figure(value)
  return (("%.2f"):format(value):gsub("%.?0+$", ""))
end

local function score_miss(body, scores, name, least)
  local have = scores[name]
  if have and have >= least then return nil end
  if have then return ("%.4g is below %.4g"):format(have, least) end
  if fields.at(body, "categories", name) then
    return "it has no score: one of its audits failed"
  end
  return "there is no such category in this report"
end

local function audit_miss(body, id, most)
  local audit = fields.at(body, "audits", id)
  local have = fields.number(audit, "numericValue")
  if have and have <= most then return nil end
  if have then
    local unit = UNITS[fields.text(audit, "numericUnit")] or ""
    return figure(have) .. unit .. " is above " .. figure(most)
  end
  if not audit then
    return "there is no such audit in this report of Lighthouse " ..
      body.lighthouseVersion .. ": versions rename and drop some"
  end
  local message = fields.text(audit, "errorMessage")
  return message and "not measured: " .. fields.line(message)
    or "it has no number to compare"
end

-- Counts what the budgets say and notes what misses them.
local function hold(body, scores, budgets, url)
  local counts = { passed = 0, failed = 0, flaky = 0, skipped = 0, total = 0 }
  local failures = {}
  local function note(name, miss)
    local member = miss and "failed" or "passed"
    counts[member], counts.total = counts[member] + 1, counts.total + 1
    if miss then
      failures[#failures + 1] = { name = name, file = url, message = miss }
    end
  end
  for name, least in pairs(budgets) do
    if name ~= "audits" then
      note(name, score_miss(body, scores, name, least))
    end
  end
  for id, most in pairs(budgets.audits or {}) do
    note(id, audit_miss(body, id, most))
  end
  return counts, failures
end

local function reason(body, counts, failures, unscored)
  local code = fields.at(body, "runtimeError", "code")
  if code and code ~= "NO_ERROR" then
    return ("the page was not measured: %s: %s"):format(tostring(code),
      fields.line(fields.at(body, "runtimeError", "message")))
  end
  if counts.failed > 0 then
    local misses = {}
    for i, f in ipairs(failures) do misses[i] = f.name .. ": " .. f.message end
    return fields.of(counts.failed, counts.total, "budget") .. " missed: " ..
      table.concat(misses, ", ")
  end
  if unscored[1] then
    return unscored[1] .. " has no score: one of its audits failed"
  end
  if next(fields.table(body, "categories")) == nil then
    return "nothing was measured: it holds no category"
  end
  return nil
end

--- Scores are from 0 to 1; a score that could not be computed is absent.
function lighthouse.read(body, budgets)
  local url = fields.text(body, "finalDisplayedUrl")
    or fields.text(body, "requestedUrl")
  local scores, unscored = scores_of(body)
  local counts, failures = hold(body, scores, budgets or {}, url)
  return {
    counts = counts, failures = failures, scores = scores, url = url,
    version = body.lighthouseVersion,
    started = fields.time(body, "fetchTime"),
    reason = reason(body, counts, failures, unscored),
  }
end

return lighthouse
