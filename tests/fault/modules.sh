#!/bin/sh
# Which Lua modules a run brings along, and when its simulators load: a bundle
# holds what its run could use, and stands alone.
. tests/fault/lib.sh

# holds NAME / brings_no NAME: the latest bundle has that module, or not.
holds() {
    ok
    [ -e "$(bundle)/lua/$1" ] || bad "no lua/$1 in the bundle"
}

brings_no() {
    ok
    [ ! -e "$(bundle)/lua/$1" ] || bad "lua/$1 is in the bundle"
}

repo alone
printf 'environments:\n  staging:\n    policy: {remote: allow}\n' \
    >>runproof.yaml
echo 'print("x", own)' | block a | page
mkdir -p mods/sandbox
echo 'return "mine"' >mods/own.lua
echo 'return "theirs"' >mods/sandbox/own.lua
for environment in sandbox staging; do
    call 0 run page.md --env "$environment" --lua-dir mods
    shows '^x.*mine'
    holds prelude.lua
    holds own.lua
    if [ "$environment" = sandbox ]; then
        holds sandbox/init.lua
        holds sandbox/own.lua
    else
        brings_no sandbox
    fi
    mv "$(bundle)" "$work/moved"
    cd "$work" || exit 1
    call 0 verify moved --replay
    cd alone || exit 1
    rm -rf "$work/moved" artifacts
    cp page.md.orig page.md
done

# A fixture that the simulators cannot use stops the run that asks them; no
# block can take it for the answer of a service.
repo broken
echo '{"postgres": {"a": "{HEAD}"}}' >world/world.json
echo 'print(pcall(http.get, "https://api.example/"))' |
    block a effect=read | page
call 1 run page.md
says 'world/world.json: the simulators do not start: '
echo '{}' >world/world.json
cp page.md.orig page.md
call 0 run page.md
proven

finish
