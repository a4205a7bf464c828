-- Reads the JSON report of Playwright.

local fields = require "gate/fields"

local playwright = {
  name = "Playwright",
  how = "PLAYWRIGHT_JSON_OUTPUT_NAME=%s playwright test --reporter=json",
}

function playwright.is(body)
  return type(fields.at(body, "suites")) == "table"
    and type(fields.at(body, "stats")) == "table"
end

-- What the last try of a test says. One that should fail and passes has no
-- error.
local function message_of(test)
  local tries = fields.table(test, "results")
  local last = tries[#tries]
  local message = fields.text(last, "error", "message")
    or fields.text(fields.table(last, "errors")[1], "message")
  if message then return fields.line(message) end
  local status = fields.text(last, "status") or "without a result"
  local expected = fields.text(test, "expectedStatus") or "passed"
  return ("%s, expected was: %s"):format(status, expected)
end

local function was_interrupted(test)
  for _, try in ipairs(fields.table(test, "results")) do
    if fields.at(try, "status") == "interrupted" then return true end
  end
  return false
end

-- The verdict is a test's status, not its results': a test that is known to
-- fail has the result "failed" and the status "expected".
local function add_spec(found, spec, titles)
  for _, test in ipairs(fields.table(spec, "tests")) do
    local project = fields.text(test, "projectName")
    if fields.at(test, "status") == "unexpected" then
      found.failures[#found.failures + 1] = {
        name = titles .. (fields.text(spec, "title") or "a test") ..
          (project and " [" .. project .. "]" or ""),
        file = fields.text(spec, "file"), line = fields.number(spec, "line"),
        message = message_of(test),
      }
    end
    found.interrupted = found.interrupted or was_interrupted(test)
  end
end

-- The outermost suite is the file, which a failure names anyway.
local function add_suite(found, suite, titles, outermost)
  local title = fields.text(suite, "title")
  if title and not outermost then titles = titles .. title .. " › " end
  for _, spec in ipairs(fields.table(suite, "specs")) do
    add_spec(found, spec, titles)
  end
  for _, inner in ipairs(fields.table(suite, "suites")) do
    add_suite(found, inner, titles, false)
  end
end

local function add_error(failures, one)
  failures[#failures + 1] = {
    name = "outside of the tests",
    file = fields.text(one, "location", "file"),
    line = fields.number(one, "location", "line"),
    message = fields.line(fields.at(one, "message")),
  }
end

local function counts_of(stats)
  local counts = {
    passed = fields.count(stats, "expected"),
    failed = fields.count(stats, "unexpected"),
    flaky = fields.count(stats, "flaky"),
    skipped = fields.count(stats, "skipped"),
  }
  counts.total = counts.passed + counts.failed + counts.flaky + counts.skipped
  return counts
end

local function reason(body, counts, found)
  local first = found.failures[1] and fields.failure(found.failures[1])
  if counts.failed > 0 then
    return fields.of(counts.failed, counts.total, "test") .. " failed" ..
      (first and ", the first: " .. first or "")
  end
  if first then return first end
  if found.interrupted then return "the run was interrupted" end
  if counts.total == 0 then return "no test was found" end
  if counts.passed + counts.flaky == 0 then return "every test was skipped" end
  if counts.flaky > 0 and fields.at(body, "config", "failOnFlakyTests") == true
  then
    return fields.of(counts.flaky, counts.total, "test") ..
      " passed at a second try only"
  end
  return nil
end

--- A file that cannot be loaded gives stats of zeros and an error outside of
--- the tests.
function playwright.read(body)
  local found = { failures = {}, interrupted = false }
  for _, one in ipairs(fields.table(body, "errors")) do
    add_error(found.failures, one)
  end
  for _, suite in ipairs(fields.table(body, "suites")) do
    add_suite(found, suite, "", true)
  end
  local counts = counts_of(body.stats)
  return {
    counts = counts, failures = found.failures,
    version = fields.text(body, "config", "version"),
    started = fields.time(body, "stats", "startTime"),
    reason = reason(body, counts, found),
  }
end

return playwright
