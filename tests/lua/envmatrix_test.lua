-- The matrix of variables: what counts as missing, unexpected, undeclared.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

local EXAMPLE = [[
# A heading.

# required (vault, fly): the database
DATABASE_URL=
# optional (fly): how much to say
LOG_LEVEL=info
]]

local function expected(text)
  fs.read = function() return text end
  return require("envmatrix").expected(".env.example")
end

test("the example file declares what is needed where", function()
  local list = expected(EXAMPLE)
  equal(#list, 2)
  equal({ list[1].name, list[1].required, list[1].places.vault,
    list[1].places.github == nil }, { "DATABASE_URL", true, true, true })
  equal({ list[2].name, list[2].required }, { "LOG_LEVEL", false })
end)

test("a name without its comment is an error", function()
  raises(function() expected("A=\n") end, ".env.example", "above A")
end)

test("cells, and what is wrong", function()
  local envmatrix = require "envmatrix"
  local matrix = envmatrix.build(expected(EXAMPLE), {
    { name = "one", vault = { "DATABASE_URL" }, github = { "LOG_LEVEL" },
      fly = { "OTHER" } },
    { name = "two", vault = nil, github = {}, fly = { "DATABASE_URL" } },
  })
  equal(matrix.columns, { "variable", "required", "one vault", "one github",
    "one fly", "two vault", "two github", "two fly" })
  local function cells(i)
    local row = {}
    for c = 3, #matrix.columns do
      row[#row + 1] = matrix.rows[i][matrix.columns[c]]
    end
    return row
  end
  equal(cells(1), { "yes", "-", "MISSING", "no file", "-", "yes" })
  equal(cells(2), { "-", "unexpected", "absent", "no file", "-", "absent" })
  equal(matrix.missing, { "DATABASE_URL in one fly" })
  equal(matrix.absent, { "LOG_LEVEL in one fly", "LOG_LEVEL in two fly" })
  equal(matrix.undeclared, { "OTHER in one fly" })
  equal(envmatrix.markdown(matrix):match("^[^\n]+"),
    "| variable | required | one vault | one github | one fly | " ..
    "two vault | two github | two fly |")
end)

test("names of a vault file leave by a command, never its values",
  function(session)
    local envmatrix = require "envmatrix"
    local asked
    local plain = sh.run
    sh.run = function(argv, opts)
      asked = argv
      return plain(argv, opts)
    end
    fs.read = function() error("the file is read") end
    equal(#envmatrix.vault_names("vault/staging.env"), 7)
    equal({ asked[1], asked[2] }, { "sed", "-n" })
    equal(envmatrix.vault_names("vault/none.env") == nil, true)
    equal(#session.requests, 0)
  end)

support.finish()
