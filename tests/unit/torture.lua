-- Everything that differs between two processes in plain Lua 5.4: run many
-- times by test_torture.c, it must print the same bytes.

-- luacheck: ignore 111 113 211 (globals, json, a variable to close)

local rounds = 0

local function show(...)
  print(rounds, ...)
end

-- A generator of its own: numbers without a pattern, the same everywhere.
local seed = 12345
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % n + 1
end

local function word()
  local letters = {}
  for i = 1, random(12) do letters[i] = string.char(96 + random(26)) end
  return table.concat(letters)
end

-- Tables filled and emptied in ways that leave different insides.
local function churned()
  local t = {}
  for _ = 1, 400 do
    local kind, key = random(5), random(120)
    if kind == 1 then t[key] = nil
    elseif kind == 2 then t[word()] = key
    elseif kind == 3 then t[key + 0.5] = key
    elseif kind == 4 then t[key % 2 == 0] = key
    else t[key] = word() end
  end
  return t
end

local function walk()
  local t = churned()
  local seen = {}
  for key, value in pairs(t) do
    seen[#seen + 1] = tostring(key) .. "=" .. tostring(value)
    if random(9) == 1 then t[key] = nil end
    if random(9) == 1 then t["late" .. #seen] = true end
  end
  show("pairs", table.concat(seen, " "), #t, next(t), next({}))
end

local function holes()
  local lengths = {}
  for n = 1, 40 do
    local t = {}
    for i = n, 1, -1 do
      if random(4) > 1 then t[i] = i end
    end
    lengths[n] = #t .. "/" .. rawlen(t) .. "/" .. select("#", table.unpack(t))
  end
  show("holes", table.concat(lengths, " "))
  local built = { nil, nil, 3, nil, 5, nil }
  local cut = { 1, 2, 3, 4, 5, 6, 7, 8 }
  cut[8], cut[4] = nil, nil
  table.insert(cut, "in")
  show("border", #built, #cut, table.concat(cut, ",", 5, 5), table.remove(cut))
end

local function sorting()
  local rows = {}
  for i = 1, 200 do rows[i] = { key = random(7), at = i } end
  table.sort(rows, function(a, b) return a.key < b.key end)
  local places = {}
  for i, row in ipairs(rows) do places[i] = row.at end
  show("stable", table.concat(places, " "))
  local any = {}
  for i = 1, 60 do any[i] = i end
  table.sort(any, function() return random(2) == 1 end)
  show("contrary", table.concat(any, " "))
  local words = {}
  for i = 1, 60 do words[i] = word() end
  table.sort(words)
  show("words", table.concat(words, " "))
end

local function texts()
  local t, f = {}, function() end
  local named = setmetatable({}, { __name = "thing" })
  show(t, f, print, named, json.null, nil, true, 0 / 0, -(0 / 0), 1 / 0)
  show(("%s %s %5.1s %q %g %a"):format(t, f, {}, 1 / 3, 2 ^ 53, 0.1))
  show(pcall(string.format, "%p", t))
  show(1e15, 1e16, 2 ^ 63, math.mininteger, 3 | 0, 7 // 2, -7 % 3, 5.0)
end

local function errors()
  alias_one = string.rep
  alias_two = alias_one
  alias_three = function(x) return x.y.z end
  alias_four = alias_three
  show(pcall(function() alias_two() end))
  show(pcall(function() alias_four({}) end))
  show(pcall(function() return {} < {} end))
  show(pcall(function() return {} .. print end))
  show(pcall(function() local a <close> = 1 end))
  show(pcall(pairs, { [print] = 1 }))
  show(pcall(error, setmetatable({}, { __tostring = function()
    return "an object"
  end })))
  show(select("#", pcall(error)))
end

local function depth()
  local n = 0
  local function down() n = n + 1 return down() + 1 end
  local ok, why = pcall(down)
  show("lua", n, ok, why)
  n = 0
  local function through() n = n + 1 return (("x"):gsub("x", through)) end
  ok, why = pcall(through)
  show("c", n, ok, why)
end

local function encoded()
  local t = { list = json.array(), deep = { 1, { a = json.null } } }
  for _ = 1, 60 do t[word()] = random(1000) / 8 end
  show(json.encode(t))
  show(json.encode(json.decode(json.encode(t, { indent = true }))))
  show(("abcabc"):gsub("%w", { a = "1", b = 2, c = false }))
end

-- Work for the collector, at other moments in each process.
local function litter()
  local kept = {}
  for i = 1, 3000 do
    kept[random(100)] = { i, tostring(i):rep(random(20)) }
  end
  local sum = 0
  for key, value in pairs(kept) do sum = sum + key * value[1] end
  show("litter", sum)
end

for round = 1, 3 do
  rounds = round
  for _, part in ipairs { walk, holes, sorting, encoded, litter } do part() end
end
texts()
errors()
depth()

local names = {}
for name, value in pairs(_G) do
  names[#names + 1] = name .. ":" .. type(value)
  if type(value) == "table" and name ~= "_G" then
    for inner in pairs(value) do names[#names + 1] = name .. "." .. inner end
  end
end
show(table.concat(names, " "))
