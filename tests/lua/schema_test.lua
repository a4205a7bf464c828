-- The check of values against schemas finds what is wrong, and no more.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local schema = require "schema"

local DOC = {
  components = {
    schemas = {
      ["a/name"] = { type = "string", minLength = 2, maxLength = 3 },
    },
  },
}
local NAME = { ["$ref"] = "#/components/schemas/a~1name" }

local DURATION = "^(-?[0-9]+(?:\\.[0-9]+)?)(us|ms|s|min|h|d)?$"

-- Schema, value, what is wrong: nil when nothing is.
local CASES = {
  { true, 1 },
  { false, 1, "x is not allowed" },
  { { type = "integer" }, 1 },
  { { type = "integer" }, 1.0 },
  { { type = "integer" }, 1.5, 'x is not "integer"' },
  { { type = "integer" }, "1", 'x is not "integer"' },
  { { type = "object" }, json.array {}, 'x is not "object"' },
  { { type = "array" }, {}, 'x is not "array"' },
  { { type = "object" }, {} },
  { { type = { "string", "null" } }, json.null },
  { { type = { "string", "null" } }, 1, 'x is not ["string","null"]' },
  { { type = "string", nullable = true, enum = { "a" } }, json.null },
  { { type = "object" }, json.null, 'x is not "object"' },
  { { enum = { "a", "b" } }, "b" },
  { { enum = { "a" } }, "b", 'x is not one of ["a"]' },
  { NAME, "ab" },
  { NAME, "a", "x is too short" },
  { NAME, "abcd", "x is too long" },
  { { minimum = 1 }, 1 },
  { { minimum = 1 }, 0, "x is less than allowed" },
  { { minimum = 1, exclusiveMinimum = true }, 1, "x is less than allowed" },
  { { exclusiveMinimum = 1 }, 1, "x is less than allowed" },
  { { maximum = 1 }, 2, "x is more than allowed" },
  { { minItems = 1 }, json.array {}, "x has too few elements" },
  { { maxItems = 1 }, { 1, 2 }, "x has too many elements" },
  { { pattern = "^[a-z]+$" }, "abc" },
  { { pattern = "^[a-z]+$" }, "aBc", "x is not like ^[a-z]+$" },
  { { pattern = DURATION }, "-1.5min" },
  { { pattern = DURATION }, "10" },
  { { pattern = DURATION }, "10 weeks", "x is not like " .. DURATION },
  { { pattern = "new" }, "a", "x has a pattern unknown here: new" },
  { { format = "date-time" }, "2026-11-20T09:00:00.5Z" },
  { { format = "date-time" }, "2026-11-20T09:00:00+01:00" },
  { { format = "date-time" }, "2026-11-20", "x is no date-time" },
  { { format = "uri" }, "", "x is no uri" },
  { { format = "uri", default = "" }, "" },
  { { type = "object", required = { "id" } }, {}, "x.id is missing" },
  { { properties = { id = NAME } }, { id = 1 }, 'x.id is not "string"' },
  { { properties = { id = NAME } }, { other = 1 } },
  { { properties = { id = NAME }, additionalProperties = false },
    { other = 1 }, "x.other is not described" },
  { { additionalProperties = NAME }, { other = 1 }, 'x.other is not "string"' },
  { { items = NAME }, { "ab", "a" }, "x[2] is too short" },
  { { allOf = { NAME, { enum = { "ab" } } } }, "abc",
    'x is not one of ["ab"]' },
  { { anyOf = { NAME, { type = "integer" } } }, 1 },
  { { anyOf = { NAME, { type = "integer" } } }, 1.5, 'x is not "integer"' },
  { { oneOf = { { type = "number" }, NAME } }, "ab" },
  { { oneOf = { { type = "number" }, { type = "integer" } } }, 1 },
  { { oneOf = { NAME, { type = "integer" } } }, 1.5, 'x is not "integer"' },
}

support.test("a value fits its schema, or it is told why not", function()
  for i, case in ipairs(CASES) do
    local have = schema.wrong(DOC, case[1], case[2], "x")
    support.equal(have or "fits", case[3] or "fits", "case " .. i)
  end
end)

support.test("a member that no part of a schema knows is found", function()
  local parts = {
    allOf = { { properties = { a = true } }, { properties = { b = true } } },
  }
  local function unknown(node, value)
    return schema.unknown_member(DOC, node, value) or "none"
  end
  support.equal(unknown(parts, { a = 1, b = 1 }), "none")
  support.equal(unknown(parts, { a = 1, c = 1 }), "c")
  support.equal(unknown({ type = "object" }, { c = 1 }), "none")
  support.equal(unknown({ properties = { a = true },
    additionalProperties = true }, { c = 1 }), "none")
  support.equal(unknown({ properties = { a = true } }, { "a list" }), "none")
end)

support.finish()
