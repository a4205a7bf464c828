#!/bin/sh
# Where a run finds its repository and writes to: from other folders, with
# --out, past symbolic links, by names that are none.
. tests/fault/lib.sh

asking() {
    echo 'print(ask.confirm("Go on?", {id = "go"}))' | block one
}

# go_on [OPTION…]: what the last run said to do, word for word.
go_on() {
    run=$(sed -n 's/^go on: *runproof resume //p' "$work/out")
    call 0 resume "$run" "$@"
}

# A repository within a repository, from the outer one.
repo outer
mkdir inner
mv world inner/
echo 'fixtures: world' >inner/runproof.yaml
echo 'environments: {}' >runproof.yaml
file=inner/page.md
asking | page
call 3 run inner/page.md
go_on --answer go=yes
shows '^true$'
[ ! -e artifacts ] || bad "the outer repository has artifacts"
call 0 verify --replay inner/page.md
mv "inner/$(cd inner && bundle)" elsewhere
call 0 verify --replay elsewhere

# A page in no repository, from another folder.
repo alone
rm runproof.yaml
sed -i '1a fixtures: world' page.md 2>/dev/null
asking | page
sed -i '1a fixtures: world' page.md
mkdir aside
cd aside || exit 1
file=../page.md
call 3 run ../page.md
go_on --answer go=yes
shows '^true$'
call 0 verify --replay ../page.md

# --out: the links fit the file they stand in, and a resume writes there.
repo written
mkdir -p far/off
asking | page
call 3 run page.md --out far/off/out.md
go_on --answer go=yes
same page.md.orig page.md
shows '^true$' far/off/out.md
call 0 verify --replay far/off/out.md
log=$(sed -n 's/^\[log\](\(.*\))$/\1/p' far/off/out.md)
[ -s "far/off/$log" ] || bad "no log at far/off/$log"
call 0 run page.md --answer go=yes --out ./page.md
shows '^true$'
proven

repo copy
asking | page
sed -i '1a evidence: copy' page.md
call 0 run page.md --answer go=yes
log=$(sed -n 's/^\[log\](\(.*\))$/\1/p' "$(bundle)/page.md")
[ -s "$(bundle)/$log" ] || bad "no log at $(bundle)/$log"
call 0 verify --replay "$(bundle)"

# Names that are no run's; a region may cite no path.
repo names
asking | page
call 0 run page.md --answer go=yes
for name in .. . '' 'a b' 'a;b' ../.. artifacts artifacts/ops /; do
    call 2 resume "$name"
    call 2 verify "$name"
done
sed -i "s, run=, run=$(dirname "$(bundle)")/," page.md
call 5 verify page.md

# A link that leads out of the repository is not followed.
repo links
asking | page
mkdir -p docs/runbooks feedback
for place in artifacts artifacts/ops .runproof feedback/ops.md \
    docs/runbooks/page.md; do
    rm -rf artifacts .runproof feedback "$work/target"
    mkdir -p "$work/target" "$(dirname "$place")"
    ln -s "$work/target" "$place"
    call 3 run page.md --answer go=yes
    says "$place.* leads out"
    call 3 plan page.md
    [ -z "$(ls -A "$work/target")" ] || bad "$place was followed"
    rm "$place"
done
untouched
call 3 run page.md
run=$(bundle)
mv "$run" "$work/target/"
ln -s "$work/target/$(basename "$run")" "$run"
call 3 resume "$(basename "$run")" --answer go=yes
says 'leads out'

# A statement made while a run waits is not held against the run that went on.
repo killed
{
    asking
    echo 'while true do end' | block two 'timeout=1h'
} | page
call 3 run page.md
"$program" resume "$(basename "$(bundle)")" --answer go=yes >"$work/out" 2>&1 &
pid=$!
until grep -q '"attempt".*two' "$(bundle)/journal.jsonl"; do sleep 0.1; done
call 3 resume "$(basename "$(bundle)")"
says 'under way'
kill -9 "$pid"
wait "$pid"
call 4 verify "$(bundle)"
prints 'did not end'

finish
