-- Base64 (RFC 4648, the standard alphabet with padding), as APIs carry bytes.

local base64 = {}

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" ..
  "abcdefghijklmnopqrstuvwxyz0123456789+/"

local function digit(n)
  n = n & 63
  return ALPHABET:sub(n + 1, n + 1)
end

local VALUES = {}
for i = 1, #ALPHABET do VALUES[ALPHABET:byte(i)] = i - 1 end

--- The bytes as base64, in one line, with padding.
--- @param bytes string
--- @return string
function base64.encode(bytes)
  local out = {}
  for i = 1, #bytes, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    local n = a << 16 | (b or 0) << 8 | (c or 0)
    out[#out + 1] = digit(n >> 18) .. digit(n >> 12)
      .. (b and digit(n >> 6) or "=") .. (c and digit(n) or "=")
  end
  return table.concat(out)
end

local function refuse(what)
  error("base64.decode: " .. what, 0)
end

local function value(text, i)
  local one = VALUES[text:byte(i)]
  if not one then refuse("not base64 at byte " .. i) end
  return one
end

-- The bytes of four digits, `count` of them no padding.
local function quartet(text, i, count)
  local n = 0
  for k = 0, 3 do
    n = n << 6 | (k < count and value(text, i + k) or 0)
  end
  local bytes = string.char(n >> 16, n >> 8 & 255, n & 255)
  if n & (1 << 8 * (4 - count)) - 1 ~= 0 then
    refuse("its last digit holds bits of no byte")
  end
  return bytes:sub(1, count - 1)
end

--- The bytes of a base64 text; line breaks in it are skipped. Raises when it
--- is none.
--- @param text string
--- @return string
function base64.decode(text)
  text = text:gsub("[\r\n]", "")
  local body, padding = text:match("^([^=]*)(=*)$")
  if not body or #text % 4 ~= 0 or #padding > 2 then
    refuse("the text is cut short or padded in the middle")
  end
  local out = {}
  for i = 1, #body, 4 do
    out[#out + 1] = quartet(body, i, math.min(4, #body - i + 1))
  end
  return table.concat(out)
end

return base64
