#!/bin/sh
# Four times the steps leave four times as much behind, not sixteen, and a long
# page runs, replays and verifies to its end. What it costs in time is measured
# by scripts/bench, not here.
. tests/fault/lib.sh

few=1000
many=4000

# steps N: a page of N steps, each with a check, each box to be ticked.
steps() {
    awk -v n="$1" 'BEGIN {
        for (i = 0; i < n; i++)
            printf "- [ ] held <!-- check: c%d -->\n\n" \
                "```lua {#s%d effect=none}\nx = (x or 0) + 1\n" \
                "print(x)\ncheck(\"c%d\", true)\n```\n\n", i, i, i
    }' | page
}

# whole N: runs, verifies and replays a page of N steps; the size of its journal
# is left in $bytes.
whole() {
    repo "steps-$1"
    steps "$1"
    call 0 run "$file" --yes
    run=$(ls artifacts/ops)
    call 0 verify --replay "$run"
    call 0 verify "$file"
    records=$(wc -l <"artifacts/ops/$run/journal.jsonl")
    bytes=$(wc -c <"artifacts/ops/$run/journal.jsonl")
    ok
    [ "$records" -eq $(($1 * 3 + 2)) ] ||
        bad "$records records for $1 steps, not three each"
    ok
    [ "$(grep -c '^- \[x\]' "$file")" -eq "$1" ] || bad "boxes are not ticked"
}

whole "$few"
few_bytes=$bytes
whole "$many"
ok
[ "$bytes" -le $((few_bytes * 5)) ] ||
    bad "journal: $few_bytes bytes for $few steps, $bytes for $many"
finish
