#!/bin/sh
# Which Lua modules a run brings along, and when its simulators load: a bundle
# holds what its run loaded, its first record what it could have loaded, and it
# stands alone.
. tests/fault/lib.sh

# holds NAME… / brings_no NAME…: the latest bundle has those modules, or none.
holds() {
    ok
    for name in "$@"; do
        [ -e "$(bundle)/lua/$name" ] || bad "no lua/$name in the bundle"
    done
}

brings_no() {
    ok
    for name in "$@"; do
        [ ! -e "$(bundle)/lua/$name" ] || bad "lua/$name is in the bundle"
    done
}

# first: the journal's first record.
first() {
    head -n 1 "$(bundle)/journal.jsonl"
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
    holds prelude.lua own.lua
    # what could not come from a binary is kept, even if nobody asked
    if [ "$environment" = sandbox ]; then
        holds sandbox/own.lua
        brings_no sandbox/init.lua sandbox/fly.lua
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

# Simulators load when they are asked; a step after a resume may need more of
# them than the run had loaded when it stopped.
repo more
cat >world/world.json <<'END'
{"epoch": "2026-11-23T13:00:00Z", "secrets": {"GITHUB_TOKEN": "ghp-1234567890"},
 "env": {"github": {"repository": "acme/shop"}},
 "github": {"token": "GITHUB_TOKEN", "repository": "acme/shop"}}
END
{
    echo 'print(http.get("https://nobody.example/").status)' | block one
    echo 'print(ask.confirm("Go on?", {id = "go"}))' | block two
    echo 'print(github.try.repo.get {} ~= false)' | block three
} | page
call 3 run page.md
call 4 verify "$(bundle)"
first | grep -q '"name":"sandbox/supabase"' || bad 'no list of all modules'
holds sandbox/init.lua
brings_no sandbox/supabase.lua sandbox/chatwoot.lua
call 0 resume "$(basename "$(bundle)")" --answer go=yes
holds sandbox/init.lua sandbox/github.lua
brings_no sandbox/supabase.lua
proven
call 0 verify --replay "$(bundle)"

# A module that the first record does not have, or has otherwise, is told,
# whatever the statement says.
repo changed
echo 'print("x")' | block a | page
call 0 run page.md
spoil() { # NAME TEXT: the file, and its digest in the statement
    old=$(sha256sum "$(bundle)/lua/$1.lua" | cut -c1-64)
    echo "$2" >>"$(bundle)/lua/$1.lua"
    new=$(sha256sum "$(bundle)/lua/$1.lua" | cut -c1-64)
    sed -i "s/$old/$new/" "$(bundle)/run.intoto.json"
}
spoil gate '-- spoilt'
call 5 verify "$(bundle)"
prints 'lua/gate.lua was changed: the journal'
call 5 verify --replay "$(bundle)"

# The configuration that the run read.
repo config
echo 'print("x")' | block a | page
call 0 run page.md
ok
first | grep -q "\"config\":\"$(sha256sum runproof.yaml | cut -c1-64)\"" ||
    bad 'the first record has no digest of runproof.yaml'
rm runproof.yaml
rm -rf artifacts
sed -i 's/^owner: ops/owner: ops\nfixtures: world/' page.md.orig
cp page.md.orig page.md
git init -q . && call 0 run page.md
ok
first | grep -q '"config":null' || bad 'config is not null'

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
