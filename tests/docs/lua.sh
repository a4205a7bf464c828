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

# Every name that the definitions define exists in a block, and the reverse:
# the globals, and the functions that stand in them. A provider's catalogue is
# for the program alone.
cat >"$scratch/names.lua" <<'LUA'
local standard = {
  _G = 1, _VERSION = 1, assert = 1, error = 1, getmetatable = 1, ipairs = 1,
  math = 1, next = 1, pairs = 1, pcall = 1, rawequal = 1, rawget = 1,
  rawlen = 1, rawset = 1, require = 1, select = 1, setmetatable = 1,
  string = 1, table = 1, tonumber = 1, tostring = 1, type = 1, utf8 = 1,
  xpcall = 1,
}
local function walk(at, within)
  for name, value in pairs(at) do
    local dotted = within .. "." .. name
    if type(value) == "table" then
      walk(value, dotted)
    elseif type(value) == "function" and name ~= "catalogue" then
      print(dotted)
    end
  end
end
for name, value in pairs(names) do
  if not standard[name] then
    print(name)
    if type(value) == "table" then walk(value, name) end
  end
end
LUA
{
    echo 'local defined = {}'
    echo 'assert(loadfile(arg[1], "t", defined))()'
    sed 's/(names)/(defined)/' "$scratch/names.lua"
} >"$scratch/definitions.lua"
lua5.4 "$scratch/definitions.lua" docs/runproof.lua | sort >"$scratch/defined"
mkdir -p "$scratch/world"
echo '{}' >"$scratch/world/world.json"
{
    printf -- '---\nfixtures: world\n---\n```lua {#names}\n'
    sed 's/(names)/(_G)/' "$scratch/names.lua"
    echo '```'
} >"$scratch/names.md"
(cd "$scratch" && "$RUNPROOF" run names.md >out 2>&1) || cat "$scratch/out"
sed -n 's/^      //p' "$scratch/out" | sort >"$scratch/there"
diff "$scratch/defined" "$scratch/there"
