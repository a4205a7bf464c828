#!/bin/sh
# What is too much for one message or one expression fails its step, not the
# run; what replays must not act.
. tests/fault/lib.sh

# An answer that grows over the ceiling of a message on its way to Lua.
repo answer
{
    echo 'print(#fs.read("big"))' | block big 'retries=0 timeout=90s'
    echo 'print("still here")' | block clean always
} | page
head -c 15000000 /dev/zero | tr '\0' '\1' >world/tree/big
call 1 run page.md
shows 'id=big .*status=failed'
shows 'ceiling|larger|too'
shows '^still here$'
proven

repo condition
{
    echo 'print("a")' |
        block a 'if="(function() while true do end end)()" retries=0'
    echo 'print("b")' | block b 'if="string.rep(1, 1e10)" always'
    echo 'print("still here")' | block clean always
} | page
call 1 run page.md
shows 'id=a .*status=failed'
shows 'did not come to an end'
shows '^still here$'
proven
call 0 verify --replay "$(bundle)"

# A failed attempt is never executed again: what it showed is kept, however
# long it is.
repo long
cat <<'END' | block long 'retries=0 timeout=4m' | page
local line = ("\1"):rep(1000000)
for i = 1, 70 do print(line) end
error("so much for that")
END
call 1 run page.md
shows 'so much for that'
call 0 verify --replay "$(bundle)"

repo flood
cat <<'END' | block flood 'retries=0 timeout=4m' | page
while true do evidence.text(("x"):rep(1000000)) end
END
call 1 run page.md
shows 'more than 32 MiB of evidence'
call 0 verify --replay "$(bundle)"

finish
