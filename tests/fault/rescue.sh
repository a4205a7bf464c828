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

repo circle
{
    echo 'print("a")' | block a 'on-fail=b'
    echo 'print("b")' | block b 'on-fail=a'
} | page
call 2 run page.md
says 'page.md:8: .*rescue'
untouched

finish
