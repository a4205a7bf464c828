-- Reads the JSON report of Vitest; Jest's has the same layout.

local fields = require "gate/fields"

local vitest = {
  name = "Vitest",
  how = "vitest run --reporter=json --outputFile=%s",
}

function vitest.is(body)
  return fields.number(body, "numTotalTests") ~= nil
    and type(fields.at(body, "testResults")) == "table"
end

-- The line of the test file that a stack goes through.
local function line_in(messages, file)
  if file == "" then return nil end
  for _, message in ipairs(messages) do
    local _, after = tostring(message):find(file .. ":", 1, true)
    local line = after and tostring(message):match("^%d+", after + 1)
    if line then return math.tointeger(tonumber(line)) end
  end
  return nil
end

local function test_failure(test, file)
  local messages = fields.table(test, "failureMessages")
  return {
    name = fields.text(test, "fullName") or fields.text(test, "title")
      or "a test",
    file = file,
    line = fields.number(test, "location", "line") or line_in(messages, file),
    message = fields.line(messages[1]),
  }
end

-- A file that cannot be imported fails without a test that failed.
local function add_file(failures, suite)
  local file, before = fields.text(suite, "name") or "", #failures
  for _, test in ipairs(fields.table(suite, "assertionResults")) do
    if fields.at(test, "status") == "failed" then
      failures[#failures + 1] = test_failure(test, file)
    end
  end
  if fields.at(suite, "status") == "failed" and #failures == before then
    failures[#failures + 1] = {
      name = file:match("[^/\\]+$") or "a test file", file = file,
      message = fields.line(fields.at(suite, "message")),
    }
  end
end

local function counts_of(body)
  return {
    passed = fields.count(body, "numPassedTests"),
    failed = fields.count(body, "numFailedTests"),
    flaky = 0,
    skipped = fields.count(body, "numPendingTests")
      + fields.count(body, "numTodoTests"),
    total = fields.count(body, "numTotalTests"),
  }
end

local function reason(body, counts, failures)
  local first = failures[1] and fields.failure(failures[1])
  if counts.failed > 0 then
    return fields.of(counts.failed, counts.total, "test") .. " failed" ..
      (first and ", the first: " .. first or "")
  end
  if first then return first end
  if fields.at(body, "wasInterrupted") == true then
    return "the run was interrupted"
  end
  if counts.total == 0 then return "no test was found" end
  if counts.passed == 0 then return "every test was skipped" end
  if fields.at(body, "success") ~= true then
    return "the run failed though no test did: see its output"
  end
  return nil
end

--- `success` decides, but never against what the tests themselves say.
function vitest.read(body)
  local counts, failures = counts_of(body), {}
  for _, suite in ipairs(fields.table(body, "testResults")) do
    add_file(failures, suite)
  end
  local started = fields.number(body, "startTime")
  return {
    counts = counts, failures = failures,
    started = started and math.floor(started / 1000),
    reason = reason(body, counts, failures),
  }
end

return vitest
