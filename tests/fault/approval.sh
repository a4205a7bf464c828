#!/bin/sh
# A plan's changes are made with the approval of as many persons as the team
# has agreed on, whose keys stand in a commit: what is forged, late, foreign,
# used, or listed in the working tree alone lets nothing through.
. tests/fault/lib.sh

export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t.example
export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t.example
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export RUNPROOF_PASSPHRASE='four words of ours'
unset RUNPROOF_KEY
case=keys
mkdir "$work/keys"

for name in ada bob eve; do
    call 0 keygen -o "$work/keys/$name" --person "$name"
    prints '^ed25519:[A-Za-z0-9+/]{43}=$'
    mv "$work/out" "$work/keys/$name.pub"
done
ok
[ "$(stat -c %a "$work/keys/ada")" = 600 ] || bad "others may read the key"
lacks 'four words' "$work/keys/ada"

# persons NAME…: what runproof.yaml says of them.
persons() {
    echo 'persons:'
    for name; do
        echo "  $name: [\"$(cat "$work/keys/$name.pub")\"]"
    done
    echo "  $(id -un): []"
}

# agreed NAME: a repository whose origin/HEAD lists ada and bob, and wants two
# persons in production; a page with one change, and its plan.
agreed() {
    repo "$1"
    git init -q
    {
        echo 'environments:'
        echo '  production: {policy: {local: plan, approvals: {persons: 2}}}'
        persons ada bob
    } >runproof.yaml
    printf '/.runproof/\n/artifacts/\n/feedback/\n' >.gitignore
    printf 'sh.run({"touch", "made"})\n' | block one 'effect=remote retries=0' |
        page
    git add -A
    git commit -q -m agreed
    git update-ref refs/remotes/origin/main HEAD
    git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main
    call 0 plan page.md --env production -o plan.json
}

# approve WHO [ARGUMENT…]
approve() {
    who=$1
    shift
    call 0 approve plan.json --key "$work/keys/$who" --yes "$@"
    prints "^approved by .*: plan.approval-"
}

run() {
    call "$1" run page.md --env production --plan plan.json
}

# waits PATTERN: nothing was done, and this is said.
waits() {
    run 3
    says "$1"
    ok
    [ ! -e made ] || bad "it was done"
    ok
    [ ! -e artifacts ] || bad "a run was begun"
}

# --- two persons ---------------------------------------------------------------

agreed two
waits 'needs the approval of 2 persons, and has: none; missing 2 of: ada, bob'
approve ada
prints '^plan +[0-9a-f]{64}$'
prints '^  1 ~ sh.run'
waits 'has: ada; missing 1 of: bob'
approve bob
run 0
ok
[ -e made ] || bad "it was not done"
call 0 verify page.md
call 0 verify page.md --replay
shows '"policy_ref":"refs/remotes/origin/HEAD"' "$(bundle)/journal.jsonl"

# --- one run alone ---------------------------------------------------------------

rm made
cp page.md.orig page.md
run 3
says 'missing 2 of.*was used by run .*resume that'
rm -r artifacts # the list outlives the evidence
waits 'was used by run'

# A second clone, which has the evidence of the first one.
agreed clone
approve ada
approve bob
run 0
cp page.md.orig page.md
rm -r made .runproof
run 3
says 'was used by run'

# A run that was killed in the middle has used them, too; its resume goes on.
agreed crash
{
    printf 'fs.write("made", "x")\n' | block one 'effect=local'
    printf 'ask.confirm("go on?", {id = "go"})\n' | block two
    printf 'fs.write("more", "x")\n' | block three 'effect=local'
} | page
call 0 plan page.md --env production --answer go=yes -o plan.json
approve ada
approve bob
run 3
says "nobody to answer 'go'"
cp page.md.orig page.md
run 3
says 'was used by run'
rm plan.approval-*.json # it goes on by those in its journal
before=$(bundle)
call 0 resume "$(basename "$before")" --answer go=yes
ok
[ -e more ] || bad "the resume did not go on"
call 0 verify "$(basename "$before")"

# --- what is no approval ---------------------------------------------------------

agreed forged
approve ada
approve bob
cp plan.approval-ada.json good.json
payload=$(sed 's/.*"payload":"\([^"]*\)".*/\1/' good.json | base64 -d)

# forge SED PATTERN: ada's approval, changed, counts no more.
forge() {
    sed "$1" good.json >plan.approval-ada.json
    ok
    cmp -s good.json plan.approval-ada.json && bad "nothing was forged"
    waits "$2"
}

swapped=$(printf %s "$payload" |
    sed 's/"not_after":"[^"]*"/"not_after":"2099-01-01T00:00:00Z"/' |
    base64 -w 0)
unsigned='no signature in it is by a key of ada'
forge "s#\"payload\":\"[^\"]*\"#\"payload\":\"$swapped\"#" "$unsigned"
forge 's#application/vnd[^"]*#application/vnd.in-toto+json#' \
    'its payloadType is not'
forge 's#"signatures":.*#"signatures":[]}#' "$unsigned"
forge 's#"sig":"[^"]*"#"sig":"AAAA"#' "$unsigned"
# bob's signature under the name of ada's key
key=$(sed 's/.*"keyid":"\([^"]*\)".*/\1/' good.json)
sed "s/\"keyid\":\"[^\"]*\"/\"keyid\":\"$key\"/" plan.approval-bob.json \
    >plan.approval-ada.json
waits 'has: bob; missing 1 of: ada'
# one key signs twice
sed 's/\[\({.*}\)\]/[\1,\1]/' plan.approval-bob.json >plan.approval-bob2.json
waits 'has: bob; missing 1 of: ada'
rm plan.approval-bob2.json
head -c 100000 /dev/urandom >plan.approval-ada.json
waits 'not counted: plan.approval-ada.json'
head -c 1000 /dev/urandom >plan.approval-ada.json
waits 'not counted: plan.approval-ada.json'
rm plan.approval-ada.json
# eve is a person in the working tree, and in a commit of the operator's
approve eve --person eve
waits 'has: bob; missing 1 of: ada'
says 'eve has no key in runproof.yaml at refs/remotes/origin/HEAD'
# another plan's
agreed other
cp ../forged/good.json plan.approval-ada.json
approve bob
printf '\nMore.\n' >>page.md
call 0 plan page.md --env production -o plan.json
waits 'has: none'
says 'is for another plan'

# --- the working tree decides nothing ----------------------------------------------

agreed tree
{
    echo 'environments:'
    echo '  production: {policy: {approvals: {persons: 1}}}'
    persons eve
} >runproof.yaml
git commit -q -a -m mine
call 0 plan page.md --env production -o plan.json
approve eve
waits 'needs the approval of 2 persons, and has: none; missing 2 of: ada, bob'
echo 'policy_ref: HEAD' >>runproof.yaml
call 0 plan page.md --env production -o plan.json
waits 'policy_ref to HEAD, and in origin/HEAD, which decides'

# --- who operates --------------------------------------------------------------------

agreed operator
approve ada
approve bob
git config user.name ada
waits 'has: bob; missing 1 of: nobody else .* has a key'
says 'ada operates the run'
git config user.email bob@example.com
waits 'has: none'
git config --unset user.name
git config --unset user.email
git show HEAD:runproof.yaml | sed "/$(id -un): /d" >runproof.yaml
git commit -q -a -m unlisted
git update-ref refs/remotes/origin/main HEAD
call 0 plan page.md --env production -o plan.json
waits "lists none of .*$(id -un)"

# --- its time --------------------------------------------------------------------------

agreed late
call 2 approve plan.json --key "$work/keys/ada" --yes --not-after soon
call 2 approve plan.json --key "$work/keys/ada" --yes --not-after 2001-01-01
approve ada --not-after 3s
approve bob
sleep 4
waits 'has: bob; missing 1 of: ada .*it held until 20'

# They run out in the middle of a run.
agreed middle
{
    printf 'time.sleep(11)\n' | block one
    printf 'fs.write("made", "x")\n' | block two 'effect=local'
} | page
call 0 plan page.md --env production -o plan.json
approve bob
approve ada --not-after 10s
run 3
says 'the plan was approved until 20.*resume'
ok
[ ! -e made ] || bad "it was done without approval"

# A resume goes on only while they hold; new ones stand beside the plan in its
# bundle.
agreed again
{
    printf 'ask.confirm("go on?", {id = "go"})\n' | block one
    printf 'fs.write("made", "x")\n' | block two 'effect=local'
} | page
call 0 plan page.md --env production --answer go=yes -o plan.json
approve bob
approve ada --not-after 10s
run 3
says "nobody to answer 'go'"
sleep 10
run=$(basename "$(bundle)")
call 3 resume "$run" --answer go=yes
says 'has: bob; missing 1 of: ada .*it held until 20'
call 0 approve "$(bundle)/plan.json" --key "$work/keys/ada" --yes
cp runproof.yaml kept.yaml
echo '# a word' >>runproof.yaml
call 3 resume "$run" --answer go=yes
says 'is for another runproof.yaml'
cp kept.yaml runproof.yaml
call 0 resume "$run" --answer go=yes
ok
[ -e made ] || bad "the resume did not go on"
call 0 verify "$run"
shows '"type":"approval"' "$(bundle)/journal.jsonl"
# what the journal says of it is checked
sed 's/"environment":"production"/"environment":"staging"/' \
    "$(bundle)/plan.json" >forged.json
mv forged.json "$(bundle)/plan.json"
call 5 verify "$run"

# --- the command ---------------------------------------------------------------------------

agreed command
call 3 approve plan.json --key "$work/keys/ada"
says 'nobody to say yes'
call 2 approve plan.json --key "$work/keys/ada" --yes --person bob
says "this key is ada's, not bob's"
call 2 approve plan.json --yes
says 'which key'
cp "$work/keys/ada" open.key
chmod 644 open.key
call 2 approve plan.json --key open.key --yes
says 'open.key: others may read the key'
head -c 200 "$work/keys/ada" >cut.key
chmod 600 cut.key
call 2 approve plan.json --key cut.key --yes
says 'cut.key: no key file of runproof, or cut short'
cp page.md foreign.key
chmod 600 foreign.key
call 2 approve plan.json --key foreign.key --yes
says 'foreign.key: no key file'
RUNPROOF_PASSPHRASE=another
call 2 approve plan.json --key "$work/keys/ada" --yes
says 'keys/ada: wrong passphrase'
unset RUNPROOF_PASSPHRASE
call 3 approve plan.json --key "$work/keys/ada" --yes
says 'RUNPROOF_PASSPHRASE'
sed 's/made/other/' plan.json >forged.json
call 5 approve forged.json --key "$work/keys/ada" --yes
ok
[ -z "$(find . -name '*.approval-*')" ] || bad "approved"

finish
