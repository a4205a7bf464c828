-- The gate: what each report says, each trap of its format, and what stops.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises
local gate = require "gate"

local REPORTS = (os.getenv("RUNPROOF_SHARED") or "../shared") ..
  "/contracts/reports/"
local NOW = 1795600000 -- 2026-11-25T09:46:40Z

-- A file system of these files, and a clock.
local function files(contents)
  fs.exists = function(path) return contents[path] ~= nil end
  fs.read = function(path) return assert(contents[path], path) end
  fs.write = function(path, text)
    contents[path] = text
    return { path = path }
  end
  time.now = function() return NOW end
  return contents
end

local function report_of(text, read, ...)
  files { ["r.json"] = text }
  return (read or gate.read)("r.json", ...)
end

local function is(report, ok, counts, reason)
  equal(report.ok, ok)
  local c = report.counts
  equal({ c.passed, c.failed, c.flaky, c.skipped, c.total }, counts)
  equal(report.reason or "", reason or "")
end

-- --- small reports, one for each trap --------------------------------------

local function vitest(body)
  body.numTotalTests = body.numTotalTests or 1
  body.testResults = body.testResults or json.array {}
  body.startTime = 1795442561835
  return json.encode(body)
end

local function playwright(stats, suites, errors, config)
  stats.startTime = "2026-11-23T14:02:48.345Z"
  return json.encode {
    config = config or { version = "1.65.1" }, stats = stats,
    suites = json.array(suites or {}), errors = json.array(errors or {}),
  }
end

-- One test in a suite in a file's suite.
local function one_test(status, results, more)
  local spec = {
    title = "pays", file = "shop.spec.ts", line = 7,
    tests = { { status = status, results = json.array(results) } },
  }
  for name, value in pairs(more or {}) do spec.tests[1][name] = value end
  return { { title = "shop.spec.ts", specs = json.array {},
    suites = { { title = "cart", specs = { spec } } } } }
end

local function lighthouse(more)
  local body = {
    lighthouseVersion = "12.8.2", fetchTime = "2026-11-23T14:03:57.314Z",
    requestedUrl = "https://shop.example/",
    categories = { performance = { score = 0.895 } },
    audits = {
      lcp = { numericValue = 2500.456, numericUnit = "millisecond" },
      heavy = { score = 1 },
      broken = { score = json.null, errorMessage = "\27[31mno trace\27[0m\nx" },
    },
  }
  for name, value in pairs(more or {}) do body[name] = value end
  return json.encode(body)
end

test("vitest: success decides, never against the tests", function()
  local passed = { success = true, numPassedTests = 1 }
  local report = report_of(vitest(passed), gate.vitest)
  is(report, true, { 1, 0, 0, 0, 1 })
  equal({ report.kind, report.path, report.at, report.started },
    { "vitest", "r.json", "2026-11-23T14:02:41Z", 1795442561 })
  equal({ report.bytes, report.sha256 },
    { #fs.read("r.json"), hash.sha256(fs.read("r.json")) })
  is(report_of(vitest { success = false, numPassedTests = 1 }), false,
    { 1, 0, 0, 0, 1 }, "the run failed though no test did: see its output")
  is(report_of(vitest { numPassedTests = 1 }), false, { 1, 0, 0, 0, 1 },
    "the run failed though no test did: see its output")
  is(report_of(vitest { success = true, numPassedTests = 1,
    numFailedTests = 1, numTotalTests = 2 }), false, { 1, 1, 0, 0, 2 },
    "1 of 2 tests failed")
  is(report_of(vitest { success = true, numPassedTests = 1,
    wasInterrupted = true }), false, { 1, 0, 0, 0, 1 },
    "the run was interrupted")
end)

test("vitest: nothing that ran is not ok", function()
  is(report_of(vitest { success = true, numTotalTests = 0 }), false,
    { 0, 0, 0, 0, 0 }, "no test was found")
  is(report_of(vitest { success = true, numPendingTests = 2, numTodoTests = 1,
    numTotalTests = 3 }), false, { 0, 0, 0, 3, 3 }, "every test was skipped")
end)

test("vitest: a file that cannot be imported", function()
  local report = report_of(vitest {
    success = false, numTotalTests = 0, numFailedTests = 0,
    testResults = { {
      name = "/srv/a.test.ts", status = "failed",
      assertionResults = json.array {},
      message = "  \27[1m● \27[22mTest suite failed to run\n\n" ..
        "    Cannot find module './x'\n",
    } },
  })
  is(report, false, { 0, 0, 0, 0, 0 },
    "a.test.ts (/srv/a.test.ts): Cannot find module './x'")
  equal(report.failures, { { name = "a.test.ts", file = "/srv/a.test.ts",
    message = "Cannot find module './x'" } })
end)

test("vitest: a failure has its first line and its place", function()
  local function failing(more)
    local one = { status = "failed", fullName = "cart adds",
      failureMessages = { "\27[31mexpected 1\27[39m\tto be 2\n  at f (" ..
        "file:///srv/a.test.ts:12:3)" } }
    for name, value in pairs(more) do one[name] = value end
    return vitest { success = false, numFailedTests = 1, testResults = {
      { name = "/srv/a.test.ts", status = "failed", message = "",
        assertionResults = { { status = "passed" }, one } } } }
  end
  equal(report_of(failing {}).failures, { { name = "cart adds", line = 12,
    file = "/srv/a.test.ts", message = "expected 1 to be 2" } })
  equal(report_of(failing { location = { line = 3 } }).failures[1].line, 3)
  local bare = report_of(failing { failureMessages = json.array {} })
  equal({ bare.failures[1].message, bare.failures[1].line == nil },
    { "no message", true })
  local long = report_of(failing { failureMessages = { ("ä"):rep(500) } })
  equal(long.failures[1].message, ("ä"):rep(119) .. "…")
end)

test("playwright: a test's status decides, not its results'", function()
  local known = one_test("expected", { { status = "failed",
    error = { message = "known" } } }, { expectedStatus = "failed" })
  local report = report_of(playwright({ expected = 1 }, known),
    gate.playwright)
  is(report, true, { 1, 0, 0, 0, 1 })
  equal({ report.version, report.at }, { "1.65.1", "2026-11-23T14:02:48Z" })
  local passes = one_test("unexpected", { { status = "passed" } },
    { expectedStatus = "failed", projectName = "webkit" })
  is(report_of(playwright({ unexpected = 1 }, passes)), false,
    { 0, 1, 0, 0, 1 }, "1 of 1 test failed, the first: cart › pays " ..
    "[webkit] (shop.spec.ts:7): passed, expected was: failed")
  local hidden = one_test("unexpected", { { status = "timedOut",
    errors = { { message = "\27[31mTest timeout\27[39m of 1 s\nmore" } } } })
  is(report_of(playwright({ expected = 1 }, hidden)), false,
    { 1, 0, 0, 0, 1 },
    "cart › pays (shop.spec.ts:7): Test timeout of 1 s")
end)

test("playwright: zeros and an error outside of the tests", function()
  local report = report_of(playwright({ expected = 0, unexpected = 0 }, {}, {
    { message = "Error: Cannot find module\nstack", location = {
      file = "a.spec.ts", line = 2 } }, { message = "No tests found" } }))
  is(report, false, { 0, 0, 0, 0, 0 },
    "outside of the tests (a.spec.ts:2): Error: Cannot find module")
  equal(#report.failures, 2)
  is(report_of(playwright({ expected = 2 }, {}, { { message = "teardown" } })),
    false, { 2, 0, 0, 0, 2 }, "outside of the tests: teardown")
end)

test("playwright: nothing ran, cut short, flaky", function()
  is(report_of(playwright {}), false, { 0, 0, 0, 0, 0 }, "no test was found")
  is(report_of(playwright { skipped = 2 }), false, { 0, 0, 0, 2, 2 },
    "every test was skipped")
  local cut_short = one_test("skipped", { { status = "interrupted" } })
  is(report_of(playwright({ expected = 1, skipped = 1 }, cut_short)), false,
    { 1, 0, 0, 1, 2 }, "the run was interrupted")
  is(report_of(playwright { flaky = 1 }), true, { 0, 0, 1, 0, 1 })
  is(report_of(playwright({ expected = 1, flaky = 1 }, {}, {},
    { failOnFlakyTests = true })), false, { 1, 0, 1, 0, 2 },
    "1 of 2 tests passed at a second try only")
end)

test("lighthouse: budgets are met, missed, or cannot be held", function()
  local function held(budgets)
    return report_of(lighthouse(), gate.lighthouse, budgets)
  end
  local report = held { performance = 0.89, audits = { lcp = 2600 } }
  is(report, true, { 2, 0, 0, 0, 2 })
  equal({ report.scores.performance, report.url, report.version, report.at },
    { 0.895, "https://shop.example/", "12.8.2", "2026-11-23T14:03:57Z" })
  local function misses(budgets, message)
    is(held(budgets), false, { 0, 1, 0, 0, 1 },
      "1 of 1 budget missed: " .. message)
  end
  local both = held { performance = 0.9, audits = { lcp = 1 } }
  equal(both.reason, "2 of 2 budgets missed: performance: 0.895 is below " ..
    "0.9, lcp: 2500.46 ms is above 1")
  misses({ performance = 0.9 }, "performance: 0.895 is below 0.9")
  misses({ seo = 0 }, "seo: there is no such category in this report")
  misses({ audits = { lcp = 2500 } }, "lcp: 2500.46 ms is above 2500")
  misses({ audits = { fcp = 1 } }, "fcp: there is no such audit in this " ..
    "report of Lighthouse 12.8.2: versions rename and drop some")
  misses({ audits = { heavy = 1 } }, "heavy: it has no number to compare")
  misses({ audits = { broken = 1 } }, "broken: not measured: no trace")
  is(held(), true, { 0, 0, 0, 0, 0 })
end)

test("lighthouse: what was not measured is not ok", function()
  local null = { categories = { performance = { score = json.null } } }
  local report = report_of(lighthouse(null))
  is(report, false, { 0, 0, 0, 0, 0 },
    "performance has no score: one of its audits failed")
  equal(report.scores.performance == nil, true)
  is(report_of(lighthouse(null), gate.lighthouse, { performance = 0 }), false,
    { 0, 1, 0, 0, 1 }, "1 of 1 budget missed: performance: it " ..
    "has no score: one of its audits failed")
  null.runtimeError = { code = "ERRORED_DOCUMENT_REQUEST", message = "500" }
  is(report_of(lighthouse(null)), false, { 0, 0, 0, 0, 0 },
    "the page was not measured: ERRORED_DOCUMENT_REQUEST: 500")
  is(report_of(lighthouse { categories = {} }), false, { 0, 0, 0, 0, 0 },
    "nothing was measured: it holds no category")
end)

test("a budget that cannot be meant raises", function()
  for _, budgets in ipairs { 0.9, { performance = 90 }, { performance = "1" },
    { audits = 3 }, { audits = { lcp = "1 s" } }, { 0.9 } } do
    raises(function() report_of(lighthouse(), gate.lighthouse, budgets) end,
      "gate.lighthouse: ")
  end
end)

-- --- broken files ----------------------------------------------------------

test("a file that is no report is told in one line, with the way out",
  function()
    local function broken(text, ...)
      raises(function() report_of(text, gate.vitest) end, "r.json: ",
        "vitest run --reporter=json --outputFile=r.json", ...)
    end
    local whole = vitest { success = true, numPassedTests = 1 }
    broken("", "the report is empty")
    broken(" \n", "the report is empty")
    broken(whole:sub(1, -2), "cut off or no JSON (")
    broken("> shop@1 test\n" .. whole, "cut off or no JSON (")
    broken(("\0\1\255"):rep(1000), "cut off or no JSON (")
    broken("\255\254{\0}\0", "UTF-16 text")
    broken("[]", "no JSON report of")
    broken("null", "no JSON report of")
    broken('{"testResults": null, "numTotalTests": 1}', "no JSON report of")
    report_of("\239\187\191" .. whole, gate.vitest)
    for text, read in pairs {
      [playwright {}] = gate.vitest, [whole] = gate.lighthouse,
      [lighthouse()] = gate.playwright,
    } do
      raises(function() report_of(text, read) end, "r.json: a report of ",
        ", not of ", "read it by gate.")
    end
    files {}
    raises(function() gate.read("e2e.json") end, "e2e.json: there is no such",
      "JSON reporter")
    raises(function() gate.playwright("e2e.json") end,
      "PLAYWRIGHT_JSON_OUTPUT_NAME=e2e.json playwright test --reporter=json")
    raises(function() gate.lighthouse("l.json") end, "--output-path=l.json")
    raises(function() gate.read(7) end, "the path of a report is a text")
  end)

-- Every truncation and many a wrong type: one line, or a report not ok.
test("reports with wrong types are not ok, and never a bug", function()
  local odd = { json.null, 1, "x", json.array {}, { x = 1 }, true }
  local bodies = {
    vitest { success = true, numPassedTests = 1, testResults = {
      { name = "a", status = "passed", assertionResults = {
        { status = "passed" } } } } },
    playwright({ expected = 1 }, one_test("expected", { { status = "x" } })),
    lighthouse { runtimeError = { code = "X", message = "y" } },
  }
  local function each(value, visit)
    for key, inner in pairs(value) do
      for _, other in ipairs(odd) do
        value[key] = other
        visit()
      end
      value[key] = inner
      if type(inner) == "table" and inner ~= json.null then
        each(inner, visit)
      end
    end
  end
  local tried = 0
  for _, text in ipairs(bodies) do
    local body = json.decode(text)
    each(body, function()
      tried = tried + 1
      local ok, report = pcall(report_of, json.encode(body))
      if ok then
        equal(type(gate.rows(report)[1].result), "string")
        gate.show(report)
      else
        assert(report:find("^r.json: no JSON report of"), report)
      end
    end)
  end
  assert(tried > 200, tried)
end)

-- --- requiring -------------------------------------------------------------

local COMMIT = ("0a1b2c3d"):rep(5)

test("require names each report that will not do", function()
  local all = files {
    ["good.json"] = vitest { success = true, numPassedTests = 1 },
    ["bad.json"] = vitest { success = false, numFailedTests = 1 },
    ["cut.json"] = "{",
  }
  local good = gate.read("good.json")
  equal(#gate.require { reports = { good, "good.json" } }, 2)
  raises(function()
    gate.require { reports = { good, "bad.json", "none.json", "cut.json" } }
  end, "3 of 4 reports not good enough: bad.json: 1 of 1 test failed; ",
    "; none.json: there is no such report: ", "; cut.json: ")
  raises(function() gate.require { reports = { gate.read("bad.json") } } end,
    "1 of 1 report not good enough: bad.json: ")
  all["fast.json"] = lighthouse()
  raises(function()
    gate.require { reports = {
      gate.lighthouse("fast.json", { performance = 0.95 }),
    } }
  end, "fast.json: 1 of 1 budget missed")
end)

test("require takes no option it does not know, and no empty list", function()
  local all = files { ["r.json"] = vitest { success = true,
    numPassedTests = 1 } }
  for _, opts in ipairs { 1, {}, { reports = "r.json" }, { reports = {} },
    { reports = { nil, "r.json" } }, { reports = { 1 } },
    { reports = { {} } }, { reports = { a = "r.json" } },
    { reports = { "r.json" }, maxage = 1 },
    { reports = { "r.json" }, max_age = "soon" },
    { reports = { "r.json" }, commit = "main" },
    { reports = { "r.json" }, commit = "abc" } } do
    raises(function() gate.require(opts) end, "gate.require: ")
  end
  assert(all["r.json"])
end)

test("require: age is by the report's own time", function()
  local all = files { ["r.json"] = vitest { success = true,
    numPassedTests = 1 } }
  for _, age in ipairs { 157500, "157500", "157500s", "43.8h", "2d" } do
    gate.require { reports = { "r.json" }, max_age = age }
  end
  raises(function()
    gate.require { reports = { "r.json" }, max_age = "24h" }
  end, "r.json: is of 2026-11-23T14:02:41Z, 43.7 h old, over 24.0 h: run")
  time.now = function() return 1795442561 - 301 end
  raises(function()
    gate.require { reports = { "r.json" }, max_age = "24h" }
  end, "r.json: its time, 2026-11-23T14:02:41Z, is to come")
  all["r.json"] = lighthouse { fetchTime = json.null }
  raises(function()
    gate.require { reports = { "r.json" }, max_age = "24h" }
  end, "r.json: it does not say when the tests ran")
end)

test("require: the commit is in a note beside the report", function()
  local all = files { ["r.json"] = vitest { success = true,
    numPassedTests = 1 } }
  local function need(commit)
    return gate.require { reports = { "r.json" }, commit = commit }
  end
  raises(function() need(COMMIT) end, "r.json: nothing says of which commit",
    "r.json.meta.json", "gate.stamp")
  gate.stamp("r.json", COMMIT)
  equal(json.decode(all["r.json.meta.json"]),
    { commit = COMMIT, sha256 = hash.sha256(all["r.json"]) })
  need(COMMIT)
  need(COMMIT:sub(1, 7):upper())
  raises(function() need(("1"):rep(40)) end,
    "r.json: is of commit 0a1b2c3d0a1b, not 111111111111")
  all["r.json"] = all["r.json"] .. "\n"
  raises(function() need(COMMIT) end, "is of another file")
  for _, text in ipairs { "", "null", "{", '{"commit": 7}',
    '{"commit": "main"}' } do
    all["r.json.meta.json"] = text
    raises(function() need(COMMIT) end, "r.json.meta.json names no commit")
  end
  raises(function() gate.stamp("r.json", "main") end, "gate.stamp: a commit")
  raises(function() gate.stamp("none.json", COMMIT) end, "no such report")
end)

test("show makes a table of reports, and one of failures", function(session)
  files { ["r.json"] = vitest { success = true, numPassedTests = 1 },
    ["p.json"] = playwright({ unexpected = 1 }, one_test("unexpected",
      { { error = { message = "no" } } })), ["l.json"] = lighthouse() }
  gate.show(gate.read("r.json"))
  equal(#session.shown, 1)
  gate.show { gate.read("p.json"), gate.read("l.json") }
  equal(#session.shown, 3)
  local rows, failures = session.shown[2][1], session.shown[3][1]
  equal({ rows[1].report, rows[1].failed, rows[2].kind, rows[2].scores,
    rows[2].result, #rows[2].sha256 },
    { "p.json", 1, "lighthouse", "performance 0.90", "ok", 12 })
  equal(failures, { { report = "p.json", failure = "cart › pays",
    place = "shop.spec.ts:7", message = "no" } })
  raises(function() gate.show("r.json") end, "a report or a list")
end)

-- --- real reports ----------------------------------------------------------

local REAL = {
  { "vitest-pass", { 2, 0, 0, 0, 2 } },
  { "vitest-fail", { 1, 1, 0, 2, 4 }, "1 of 4 tests failed, the first: " ..
    "deploy health is ok (/srv/app/fail/mixed.test.ts:4): AssertionError: " ..
    "expected 'degraded' to be 'ok' // Object.is equality" },
  { "vitest-import-error", { 0, 0, 0, 0, 0 }, "broken.test.ts (/srv/app/" ..
    "broken/broken.test.ts): Cannot find module './does-not-exist' " ..
    "imported from /srv/app/broken/broken.test.ts" },
  { "playwright-pass", { 2, 0, 0, 0, 2 } },
  { "playwright-fail", { 1, 1, 0, 1, 3 }, "1 of 3 tests failed, the first: " ..
    "shop › health is degraded (shop.spec.ts:4): Error: " ..
    "expect(locator).toHaveText(expected) failed" },
  { "playwright-flaky", { 1, 1, 1, 0, 3 }, "1 of 3 tests failed, the " ..
    "first: always fails (a.spec.ts:3): Error: " ..
    "expect(received).toBe(expected) // Object.is equality" },
  { "playwright-loaderror", { 0, 0, 0, 0, 0 }, "outside of the tests " ..
    "(/srv/app/err/a.spec.ts:2): Error: Cannot find module './missing'" },
  { "lighthouse", { 0, 0, 0, 0, 0 } },
  { "lighthouse-sample-v13", { 0, 0, 0, 0, 0 } },
  { "lighthouse-runtime-error", { 0, 0, 0, 0, 0 }, "the page was not " ..
    "measured: ERRORED_DOCUMENT_REQUEST: Lighthouse was unable to reliably " ..
    "load the page you requested. Make sure you are testing the correct URL " ..
    "and that the server is properly responding to all requests. (Status " ..
    "code: 500)" },
}

local function real_reports()
  for _, row in ipairs(REAL) do
    local text = support.read_file(REPORTS .. row[1] .. ".json")
    local report = report_of(text)
    equal(report.kind, row[1]:match("^%l+"), row[1])
    is(report, row[3] == nil, row[2], row[3])
    equal({ report.bytes, report.started ~= nil }, { #text, true })
  end
end

local function real_budgets()
  local function held(name, budgets)
    return report_of(support.read_file(REPORTS .. name .. ".json"),
      gate.lighthouse, budgets)
  end
  local budgets = {
    performance = 0.9, accessibility = 0.9,
    audits = { ["largest-contentful-paint"] = 2500 },
  }
  is(held("lighthouse", budgets), true, { 3, 0, 0, 0, 3 })
  equal(#held("lighthouse-sample-v13", budgets).failures, 3)
  equal(held("lighthouse-sample-v13", {
    audits = { ["largest-contentful-paint"] = 2500 },
  }).failures[1].message, "10884.68 ms is above 2500")
  local dropped = { audits = { ["first-meaningful-paint"] = 1 } }
  equal(held("lighthouse-sample-v13", dropped).ok, false)
end

if io.open(REPORTS .. "vitest-pass.json") then
  test("real reports say what they mean", real_reports)
  test("real reports of two versions against budgets", real_budgets)
else
  io.stdout:write("not run: no contracts\n")
end

support.finish()
