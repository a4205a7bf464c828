-- Base64: the vectors of RFC 4648, all bytes, and what is none.

package.path = "tests/lua/?.lua;" .. package.path
local support = require "support"
local test, equal, raises = support.test, support.equal, support.raises

local base64 = require "base64"

test("the vectors of the RFC, both ways", function()
  for text, coded in pairs {
    [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==",
    fooba = "Zm9vYmE=", foobar = "Zm9vYmFy", ["\0\255\251"] = "AP/7",
  } do
    equal(base64.encode(text), coded)
    equal(base64.decode(coded) == text, true, coded)
  end
end)

test("all bytes come back", function()
  local bytes = {}
  for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
  local all = table.concat(bytes)
  for cut = 0, 3 do
    local text = all:sub(1, #all - cut)
    equal(base64.decode(base64.encode(text)) == text, true)
  end
end)

test("line breaks are skipped", function()
  equal(base64.decode("Zm9v\r\nYmFy\n"), "foobar")
end)

test("what is none is refused", function()
  for text, why in pairs {
    ["Zg"] = "cut short", ["Zg="] = "cut short", ["Z==="] = "cut short",
    ["Zg==Zg=="] = "padded in the middle", ["Zm9-"] = "byte 4",
    ["Zm 9"] = "byte 3", ["Zh=="] = "no byte", ["Zm9="] = "no byte",
  } do
    raises(function() base64.decode(text) end, "base64.decode", why)
  end
end)

support.finish()
