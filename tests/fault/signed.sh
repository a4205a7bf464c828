#!/bin/sh
# A run's statement is signed where there is a key, by whom --trust tells;
# another implementation finds the same of every envelope. Without a key
# nothing changes.
here=$PWD/tests/fault
. tests/fault/lib.sh

export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t.example
export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t.example
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export RUNPROOF_PASSPHRASE='four words of ours'
unset RUNPROOF_KEY
if [ ! -d "$here/../node_modules/@sigstore/core" ]; then
    echo "no @sigstore/core: run \`npm install --prefix tests\`" >&2
    exit 1
fi

# elsewhere CODE FILE KEY: what the other implementation says.
elsewhere() {
    node "$here/envelope.mjs" "$2" "$3" >"$work/payload"
    code=$?
    ok
    [ "$code" -eq "$1" ] || bad "another implementation: $code, not $1, for $2"
}

case=keys
for name in ada eve; do
    call 0 keygen -o "$work/$name" --person "$name"
    cp "$work/out" "$work/$name.pub"
done
ada=$(cat "$work/ada.pub")
eve=$(cat "$work/eve.pub")

repo signed
printf 'fs.write("made", "x")\n' | block one 'effect=local' | page
call 0 run page.md
call 0 verify page.md
prints '^verified: page.md: 1 evidence region, 1 run, unsigned$'
call 5 verify page.md --trust "$ada"
prints 'run.intoto.json is unsigned'
statement=$(bundle)/run.intoto.json
cp page.md unsigned.md
cp "$statement" bare.json
rm -r artifacts
cp page.md.orig page.md
call 0 run page.md --key "$work/ada"
same unsigned.md page.md # the page is the same, signed or not
call 0 verify page.md
prints ', signed \(--trust tells by whom\)$'
for trust in "$ada" "$work/ada.pub"; do
    call 0 verify page.md --trust "$trust"
    prints ', signed by (ed25519:|/)'
done
call 0 verify page.md --replay --trust "$work/ada"
prints ', signed by ada$'
prints '^replayed: '
call 5 verify page.md --trust "$eve"
prints 'is signed by none of the keys that are trusted'
call 2 verify page.md --trust ed25519:x
call 2 verify page.md --trust page.md
call 3 verify page.md --trust persons
says 'there is no origin/HEAD'
elsewhere 0 "$statement" "$ada"
same bare.json "$work/payload"
elsewhere 1 "$statement" "$eve"
call 0 log
prints ' sandbox +passed +ops +page.md$'
# a resume of what has ended leaves the signature alone
cp "$statement" signed.json
call 0 resume "$(basename "$(bundle)")"
same signed.json "$statement"

# persons: those of the commit
{
    echo 'fixtures: world'
    echo 'persons:'
    echo "  ada: [\"$ada\"]"
} >runproof.yaml
git init -q
git add -A
git commit -q -m agreed
git update-ref refs/remotes/origin/main HEAD
git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main
call 0 verify page.md --trust persons
prints ', signed by ada$'
sed -i "s#$ada#$eve#" runproof.yaml
call 0 verify page.md --trust persons
git commit -q -a -m other
git update-ref refs/remotes/origin/main HEAD
call 5 verify page.md --trust persons

# --- forged --------------------------------------------------------------------

# forged SED PATTERN [TRUST]: the changed statement is found.
forged() {
    sed "$1" signed.json >"$statement"
    ok
    cmp -s signed.json "$statement" && bad "nothing was forged"
    call 5 verify page.md --trust "${3:-$ada}"
    prints "$2"
}

payload=$(sed 's/passed/failed/' bare.json | base64 -w 0)
forged "s#\"payload\":\"[^\"]*\"#\"payload\":\"$payload\"#" \
    'its status is not the journal'
payload=$(cat bare.json bare.json | base64 -w 0)
forged "s#\"payload\":\"[^\"]*\"#\"payload\":\"$payload\"#" 'was changed'
payload=$(tr -d '\n' <bare.json | base64 -w 0)
forged "s#\"payload\":\"[^\"]*\"#\"payload\":\"$payload\"#" \
    'is signed by none of the keys'
forged 's#application/vnd.in-toto#application/vnd.other#' 'payloadType is not'
forged 's#"signatures":.*#"signatures":[]}#' 'has no signature'
forged 's#"sig":"[^"]*"#"sig":"AAAA"#' 'is signed by none of the keys'
cp bare.json "$statement"
call 5 verify page.md --trust "$ada"
prints 'is unsigned'

# --- approvals, and keys that do not open ----------------------------------------

repo refused
printf 'fs.write("made", "x")\n' | block one 'effect=local' | page
call 0 plan page.md -o plan.json
call 0 approve plan.json --key "$work/ada" --yes
elsewhere 0 plan.approval-ada.json "$ada"
elsewhere 1 plan.approval-ada.json "$eve"
shows '"type":"runproof/approval/v1"' "$work/payload"
RUNPROOF_PASSPHRASE=another
call 2 run page.md --key "$work/ada"
says 'wrong passphrase'
unset RUNPROOF_PASSPHRASE
RUNPROOF_KEY=$work/ada
export RUNPROOF_KEY
call 3 run page.md
says 'the passphrase of .*/ada is needed'
untouched
ok
[ ! -e artifacts ] || bad "a run was begun"
printf 'four words of ours\n' >"$work/pass"
chmod 600 "$work/pass"
RUNPROOF_PASSPHRASE_FILE=$work/pass
export RUNPROOF_PASSPHRASE_FILE
call 0 run page.md
call 0 verify page.md --trust "$ada"
lacks 'four words' "$(bundle)/journal.jsonl" page.md feedback/ops.md

finish
