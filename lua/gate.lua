-- Reads the reports of test tools, and stops a step that they do not allow.

local fields = require "gate/fields"

local gate = {}

local KINDS = {
  vitest = require "gate/vitest",
  playwright = require "gate/playwright",
  lighthouse = require "gate/lighthouse",
}

--- @class gate.counts of tests; of Lighthouse, of its budgets
--- @field passed integer
--- @field failed integer
--- @field flaky integer passed at a second try
--- @field skipped integer
--- @field total integer

--- @class gate.failure
--- @field name string the test, the budget, or what could not be loaded
--- @field file? string as the report names it; of Lighthouse, the page
--- @field line? integer
--- @field message string its first line, without colours

--- @class gate.report
--- @field kind "vitest"|"playwright"|"lighthouse" Jest's are "vitest" too
--- @field path string
--- @field ok boolean
--- @field reason? string one line: why it is not ok
--- @field version? string of the tool, when the report says so
--- @field started? number Unix seconds, when the report says so
--- @field at? string the same as text
--- @field counts gate.counts
--- @field failures gate.failure[]
--- @field scores? table<string,number> of Lighthouse: category to 0..1
--- @field url? string of Lighthouse: the page
--- @field sha256 string of the file's bytes
--- @field bytes integer their number

--- What a page must reach in a report of Lighthouse.
--- @class gate.budgets
--- @field [string] number a category's least score, as in `performance = 0.9`
--- @field audits? table<string,number> id to the most its numericValue may be, usually in ms

-- --- reading ---------------------------------------------------------------

local function names_of_kinds()
  local names = {}
  for _, kind in pairs(KINDS) do names[#names + 1] = kind.name end
  return table.concat(names, ", ")
end

local function again(path, kind)
  if not KINDS[kind] then
    return "run the tests again with their JSON reporter, into a file (" ..
      KINDS.vitest.how:format(path) .. ")"
  end
  return "run it again: " .. KINDS[kind].how:format(path)
end

local function refuse(path, what, remedy)
  error(path .. ": " .. what .. ": " .. remedy, 0)
end

local function bytes_of(path, kind)
  if type(path) ~= "string" then
    error("gate: the path of a report is a text, not a " .. type(path), 0)
  end
  if not fs.exists(path) then
    refuse(path, "there is no such report", again(path, kind))
  end
  local bytes = fs.read(path)
  if not bytes:find("%S") then
    refuse(path, "the report is empty", again(path, kind))
  end
  if bytes:find("^\255\254") or bytes:find("^\254\255") then
    refuse(path, "the report is UTF-16 text, as a shell writes it",
      again(path, kind))
  end
  return bytes
end

local function decode(path, bytes, kind)
  local text = bytes:gsub("^\239\187\191", "")
  local ok, body = pcall(json.decode, text)
  if not ok then
    local why = fields.line(body):gsub("^.-json%.decode: ", "")
      :gsub("not JSON: ", "")
    refuse(path, "the report is cut off or no JSON (" .. why .. ")",
      again(path, kind))
  end
  return body
end

local function kind_of(body)
  for name, kind in pairs(KINDS) do
    if kind.is(body) then return name end
  end
  return nil
end

local function check_kind(path, found, wanted)
  if not found then
    refuse(path, "no JSON report of " .. names_of_kinds(), again(path, wanted))
  end
  if wanted and found ~= wanted then
    refuse(path, "a report of " .. KINDS[found].name .. ", not of " ..
      KINDS[wanted].name, "read it by gate." .. found)
  end
end

local function read(path, wanted, budgets)
  local bytes = bytes_of(path, wanted)
  local body = decode(path, bytes, wanted)
  local kind = kind_of(body)
  check_kind(path, kind, wanted)
  local report = KINDS[kind].read(body, budgets)
  report.kind, report.path = kind, path
  report.ok = report.reason == nil
  report.at = report.started and time.iso(report.started)
  report.sha256, report.bytes = hash.sha256(bytes), #bytes
  return report
end

--- A report of Vitest or of Jest. A test file that cannot be imported, no test
--- at all and an interrupted run are not ok. Raises when the file is missing,
--- broken or another kind of report.
--- @param path string
--- @return gate.report
function gate.vitest(path)
  return read(path, "vitest")
end

--- A report of Playwright. Failures that a test expects are none; an error
--- outside of the tests is one. Raises as gate.vitest does.
--- @param path string
--- @return gate.report
function gate.playwright(path)
  return read(path, "playwright")
end

--- A report of Lighthouse, held against budgets. A page that could not be
--- measured, a category or audit that is not in the report and one without a
--- value miss. Raises as gate.vitest does.
--- @param path string
--- @param budgets? gate.budgets
--- @return gate.report
function gate.lighthouse(path, budgets)
  if budgets ~= nil then KINDS.lighthouse.check_budgets(budgets) end
  return read(path, "lighthouse", budgets)
end

--- A report of any of these kinds, without budgets.
--- @param path string
--- @return gate.report
function gate.read(path)
  return read(path)
end

-- --- showing ---------------------------------------------------------------

local function list_of(reports)
  if type(reports) ~= "table" then
    error("gate: a report or a list of reports expected", 0)
  end
  return reports.kind and { reports } or reports
end

local function scores_text(report)
  local parts = {}
  for name, score in pairs(report.scores or {}) do
    parts[#parts + 1] = ("%s %.2f"):format(name, score)
  end
  return table.concat(parts, ", ")
end

local COLUMNS = {
  "report", "kind", "result", "passed", "failed", "flaky", "skipped",
  "scores", "at", "sha256",
}

--- What a table of reports shows, a row each.
--- @param reports gate.report|gate.report[]
--- @return table[] rows report, kind, result, passed, failed, flaky, skipped, scores, at, sha256 (its first digits)
function gate.rows(reports)
  local rows = {}
  for i, report in ipairs(list_of(reports)) do
    rows[i] = {
      report = report.path, kind = report.kind,
      result = report.ok and "ok" or report.reason,
      scores = scores_text(report), at = report.at,
      sha256 = report.sha256:sub(1, 12),
    }
    for _, name in ipairs { "passed", "failed", "flaky", "skipped" } do
      rows[i][name] = report.counts[name]
    end
  end
  return rows
end

--- Shows reports as evidence: a table of them and, if any, their failures.
--- @param reports gate.report|gate.report[]
function gate.show(reports)
  local failures = {}
  for _, report in ipairs(list_of(reports)) do
    for _, f in ipairs(report.failures) do
      failures[#failures + 1] = {
        report = report.path, failure = f.name, message = f.message,
        place = (f.file or "") .. (f.line and ":" .. f.line or ""),
      }
    end
  end
  evidence.table(gate.rows(reports), COLUMNS, "Reports")
  if failures[1] then
    evidence.table(failures, { "report", "failure", "place", "message" },
      "Failures")
  end
end

-- --- the commit of a report ------------------------------------------------

local MIN_COMMIT = 7 -- digits that tell two commits apart

local function is_commit(text)
  return type(text) == "string" and #text >= MIN_COMMIT
    and text:find("^%x+$") ~= nil
end

local function check_commit(call, commit)
  if is_commit(commit) then return end
  error(("%s: a commit has at least %d hex digits"):format(call, MIN_COMMIT), 0)
end

-- Either may be the short form of the other.
local function same_commit(a, b)
  local n = math.min(#a, #b)
  return a:sub(1, n):lower() == b:sub(1, n):lower()
end

--- Notes beside a report which commit it is of: `<path>.meta.json` with
--- `commit` and the report's `sha256`. For the step, or the CI job, that runs
--- the tests. Class: local.
--- @param path string of the report
--- @param commit string
--- @return fs.written
function gate.stamp(path, commit)
  check_commit("gate.stamp", commit)
  local meta = { commit = commit, sha256 = hash.sha256(bytes_of(path)) }
  return fs.write(path .. ".meta.json", json.encode(meta) .. "\n")
end

-- Why the report does not count as one of that commit, nil when it does.
local function commit_miss(report, commit)
  local path = report.path .. ".meta.json"
  if not fs.exists(path) then
    return "nothing says of which commit it is: write " .. path ..
      " where the tests run, by gate.stamp"
  end
  local ok, meta = pcall(json.decode, fs.read(path))
  local said = ok and fields.text(meta, "commit")
  if not said or not is_commit(said) then
    return path .. " names no commit: write it again by gate.stamp"
  end
  if fields.at(meta, "sha256") ~= report.sha256 then
    return path .. " is of another file (its sha256 differs): run the " ..
      "tests again"
  end
  if same_commit(said, commit) then return nil end
  return ("is of commit %s, not %s: run the tests again"):format(
    said:sub(1, 12), commit:sub(1, 12))
end

-- --- requiring -------------------------------------------------------------

local UNITS = { s = 1, m = 60, h = 3600, d = 86400 }
local AHEAD_S = 300 -- what clocks may differ by

local function seconds_of(age)
  if age == nil then return nil end
  local number, unit = tostring(age):match("^([%d.]+)([smhd]?)$")
  local seconds = tonumber(number)
  if seconds then return seconds * (UNITS[unit] or 1) end
  error("gate.require: max_age is a number of seconds, or a text like " ..
    '"90m", "24h" or "7d"', 0)
end

local function age_miss(report, now, max_age)
  if not report.started then return "it does not say when the tests ran" end
  local age = now - report.started
  if age < -AHEAD_S then
    return "its time, " .. report.at .. ", is to come: compare the clocks"
  end
  if age <= max_age then return nil end
  return ("is of %s, %.1f h old, over %.1f h: run the tests again"):format(
    report.at, age / 3600, max_age / 3600)
end

local function miss_of(report, need)
  if not report.ok then return report.reason end
  return need.commit and commit_miss(report, need.commit)
    or need.max_age and age_miss(report, need.now, need.max_age)
end

-- A path stands for the report in it; what cannot be read is a miss too.
local function resolve(item)
  if type(item) ~= "string" then return item end
  local ok, report = pcall(read, item)
  if ok then return report end
  return nil, fields.line(report)
end

local OPTIONS = { reports = true, commit = true, max_age = true }

local function check_options(opts)
  if type(opts) ~= "table" or type(opts.reports) ~= "table" then
    error("gate.require: { reports = {…} } expected", 0)
  end
  for name in pairs(opts) do
    if not OPTIONS[name] then
      error("gate.require: there is no option " .. tostring(name), 0)
    end
  end
  if opts.commit ~= nil then check_commit("gate.require", opts.commit) end
  local count = 0
  for i, item in pairs(opts.reports) do
    count = count + 1
    local kind = type(item) == "table" and KINDS[item.kind]
    if i ~= count or not kind and type(item) ~= "string" then
      error("gate.require: reports is a list of reports and of their paths", 0)
    end
  end
  if count == 0 then error("gate.require: the list of reports is empty", 0) end
end

--- @class gate.need
--- @field reports (gate.report|string)[] read before, or paths of reports
--- @field commit? string they must be of it, by gate.stamp's note beside them
--- @field max_age? number|string of the tests: seconds, or like "24h"

--- Fails the step, with one line that names each report which is missing or
--- broken, failed, missed a budget, is of another commit or too old.
--- @param opts gate.need
--- @return gate.report[]
function gate.require(opts)
  check_options(opts)
  local need = {
    commit = opts.commit, max_age = seconds_of(opts.max_age),
    now = opts.max_age and time.now(),
  }
  local reports, misses = {}, {}
  for i, item in ipairs(opts.reports) do
    local report, broken = resolve(item)
    local miss = report and miss_of(report, need)
    if broken then misses[#misses + 1] = broken end
    if miss then misses[#misses + 1] = report.path .. ": " .. miss end
    reports[i] = report
  end
  if misses[1] then
    fail(fields.of(#misses, #opts.reports, "report") .. " not good enough: " ..
      table.concat(misses, "; "))
  end
  return reports
end

return gate
