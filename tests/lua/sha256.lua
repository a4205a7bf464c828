-- SHA-256 for tests outside the worker: what the worker's hash does, in Lua.

local function primes(n)
  local list, candidate = {}, 2
  while #list < n do
    local prime = true
    for _, p in ipairs(list) do prime = prime and candidate % p ~= 0 end
    if prime then list[#list + 1] = candidate end
    candidate = candidate + 1
  end
  return list
end

-- The first 32 bits of the fraction of a root.
local function fraction(value)
  return math.floor(value % 1 * 2 ^ 32)
end

local K, START = {}, {}
for i, p in ipairs(primes(64)) do
  K[i] = fraction(p ^ (1 / 3))
  if i <= 8 then START[i] = fraction(p ^ 0.5) end
end

local function turn(x, n)
  return (x >> n | x << (32 - n)) & 0xFFFFFFFF
end

local function schedule(text, at)
  local w = { (">I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4"):unpack(text, at) }
  for i = 17, 64 do
    local a, b = w[i - 15], w[i - 2]
    w[i] = w[i - 16] + w[i - 7] + (turn(a, 7) ~ turn(a, 18) ~ a >> 3)
      + (turn(b, 17) ~ turn(b, 19) ~ b >> 10) & 0xFFFFFFFF
  end
  return w
end

local function compress(h, w)
  local a, b, c, d, e, f, g, x = table.unpack(h, 1, 8)
  for i = 1, 64 do
    local t = x + (turn(e, 6) ~ turn(e, 11) ~ turn(e, 25))
      + (e & f ~ ~e & g) + K[i] + w[i]
    local s = (turn(a, 2) ~ turn(a, 13) ~ turn(a, 22))
      + (a & b ~ a & c ~ b & c)
    a, b, c, d, e, f, g, x = t + s & 0xFFFFFFFF, a, b, c,
      d + t & 0xFFFFFFFF, e, f, g
  end
  for i, v in ipairs { a, b, c, d, e, f, g, x } do
    h[i] = h[i] + v & 0xFFFFFFFF
  end
end

return function(text)
  local h = { table.unpack(START) }
  local padding = ("\0"):rep((55 - #text) % 64)
  local all = text .. "\128" .. padding .. (">I8"):pack(#text * 8)
  for at = 1, #all, 64 do compress(h, schedule(all, at)) end
  return (("%08x"):rep(8):format(table.unpack(h)))
end
