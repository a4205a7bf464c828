#!/bin/sh
# docs/LUA.md, docs/PROVIDERS.md and docs/runproof.lua are what the program
# prints.
# To write them anew: sh tests/docs/lua.sh --bless
set -eu
RUNPROOF=$(realpath "$RUNPROOF")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$RUNPROOF" lua --docs >"$scratch/LUA.md"
"$RUNPROOF" lua --providers >"$scratch/PROVIDERS.md"
"$RUNPROOF" lua --annotations >"$scratch/runproof.lua"
if [ "${1-}" = --bless ]; then
    cp "$scratch/LUA.md" "$scratch/PROVIDERS.md" "$scratch/runproof.lua" docs/
fi
for file in LUA.md PROVIDERS.md runproof.lua; do
    diff -u "docs/$file" "$scratch/$file"
done

# Every name that the definitions define exists in a block, and the reverse.
lua5.4 - docs/runproof.lua >"$scratch/defined" <<'LUA'
local chunk = assert(loadfile(arg[1], "t", setmetatable({}, {
  __newindex = function(t, name, value)
    rawset(t, name, value)
    print(name)
  end,
})))
chunk()
LUA
mkdir -p "$scratch/world"
echo '{}' >"$scratch/world/world.json"
cat >"$scratch/names.md" <<'MD'
---
fixtures: world
---
```lua {#names}
local standard = {
  _G = 1, _VERSION = 1, assert = 1, error = 1, getmetatable = 1, ipairs = 1,
  math = 1, next = 1, pairs = 1, pcall = 1, rawequal = 1, rawget = 1,
  rawlen = 1, rawset = 1, require = 1, select = 1, setmetatable = 1,
  string = 1, table = 1, tonumber = 1, tostring = 1, type = 1, utf8 = 1,
  xpcall = 1,
}
for name in pairs(_G) do
  if not standard[name] then print(name) end
end
```
MD
(cd "$scratch" && "$RUNPROOF" run names.md >out 2>&1) || cat "$scratch/out"
awk '/^```/ { inside = $0 == "```text"; next } inside' "$scratch/names.md" |
    sort >"$scratch/there"
sort -u "$scratch/defined" | diff - "$scratch/there"
