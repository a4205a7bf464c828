#!/bin/sh
# Rescues run when their step fails, whatever --only leaves out, one after the
# other when they fail themselves; a question that one of them asks is its own.
. tests/fault/lib.sh

# pages: a step that fails, its rescue, and the rescue's own rescue; both
# behind it and before it.
failing() {
    echo 'error("boom")' | block breaks 'retries=0 on-fail=mend'
}
mending() {
    echo "$1" | block mend 'retries=0 on-fail=last'
    echo 'print("last of all")' | block last
}

repo chain
{ failing && mending 'error("no luck")'; } | page
call 1 run page.md
shows 'id=mend .*status=failed'
shows '^last of all$'
proven
call 0 verify --replay "$(bundle)"

repo only
{ mending 'print("mended")' && failing; } | page
call 1 run page.md --only breaks
shows '^mended$'
lacks 'id=last' page.md
proven
call 0 verify --replay "$(bundle)"

repo unneeded
{
    mending 'print("mended")'
    echo 'print("fine")' | block works 'on-fail=mend'
    echo 'print("apart")' | block apart
} | page
call 0 run page.md
cp page.md whole.md
call 0 run page.md --only apart
same whole.md page.md

# The question is the rescue's: the step that failed stays failed.
repo asks
{ failing && mending 'print(ask.confirm("Mend it?", {id = "m"}))'; } | page
call 3 run page.md
says "nobody to answer 'm'"
shows 'id=breaks .*status=failed'
shows 'id=mend .*status=waiting'
call 1 resume "$(basename "$(bundle)")" --answer m=yes
shows 'id=breaks .*status=failed'
shows '^true$'
proven

# What is to run in any case does after a refusal, too, with no rescue for it:
# nothing failed that a rescue could mend.
repo refused
printf 'environments:\n  staging:\n    policy: {local: deny}\n' >>runproof.yaml
{
    echo 'fs.write("x", "y")' | block breaks 'effect=local on-fail=mend'
    echo 'print("mended")' | block mend
    echo 'print("cleaned")' | block clean always
} | page
call 3 run page.md --env staging
shows 'id=breaks .*status=refused'
shows '^cleaned$'
shows 'id=mend .*status=skipped'
proven
call 0 verify --replay "$(bundle)"

# A rescue keeps what it changed, a failing one too; what is to run in any case
# fails by itself, and --from leaves both where they are needed.
repo from
{
    echo 'print("first")' | block first
    failing
    mending 'fs.write("kept.txt", "by the rescue") error("no luck")' |
        sed 's/#mend retries/#mend effect=local retries/'
    echo 'error("unclean")' | block clean 'always retries=0'
} | page
call 1 run page.md --from breaks
shows 'id=mend .*status=failed'
shows '^last of all$'
shows 'id=clean .*status=failed'
lacks 'id=first' page.md
grep -q 'fs.write kept.txt' "$(bundle)"/*-mend.log || bad 'no write in the log'
proven
call 0 verify --replay "$(bundle)"

# Interrupted, the steps that are to run in any case wait for the resume.
repo interrupted
printf 'environments:\n  staging:\n    policy: {local: allow}\n' >>runproof.yaml
{
    echo 'time.sleep(60)' | block sleeps 'retries=0 timeout=3s on-fail=mend'
    echo 'print("mended")' | block mend
    echo 'print("cleaned")' | block clean always
} | page
"$program" run page.md --env staging >"$work/out" 2>&1 </dev/null &
run=$!
tries=0
until grep -qs '"type":"attempt"' artifacts/ops/[!.]*/journal.jsonl ||
    [ "$tries" -gt 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
kill -TERM "$run"
wait "$run"
code=$?
ok
[ "$code" -eq 4 ] || bad "interrupted: exit $code, not 4"
lacks '^cleaned$' page.md
call 1 resume "$(basename "$(bundle)")"
shows '^mended$'
shows '^cleaned$'
proven

repo circle
{
    echo 'print("a")' | block a 'on-fail=b'
    echo 'print("b")' | block b 'on-fail=a'
} | page
call 2 run page.md
says 'page.md:8: .*rescue'
untouched

finish
