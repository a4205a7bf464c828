#!/bin/sh
# Four times the steps cost four times as much, not sixteen: the records and
# bytes of the journal exactly so, user time within half as much again.
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

# User time of this shell's children so far, in ms, to $spent. Not in a
# subshell, which has children of its own.
spend() {
    times >"$work/times"
    spent=$(tail -n 1 "$work/times" | tr 'ms' '  ' |
        awk '{ printf "%d", ($1 * 60 + $2) * 1000 }')
}

# cost N: runs, verifies and replays a page of N steps; its costs are left in
# $run_ms, $verify_ms, $bytes.
cost() {
    repo "steps-$1"
    steps "$1"
    spend
    before=$spent
    call 0 run "$file" --yes
    spend
    run_ms=$((spent - before))
    before=$spent
    run=$(ls artifacts/ops)
    call 0 verify --replay "$run"
    call 0 verify "$file"
    spend
    verify_ms=$((spent - before))
    records=$(wc -l <"artifacts/ops/$run/journal.jsonl")
    bytes=$(wc -c <"artifacts/ops/$run/journal.jsonl")
    ok
    [ "$records" -eq $(($1 * 3 + 2)) ] ||
        bad "$records records for $1 steps, not three each"
    ok
    [ "$(grep -c '^- \[x\]' "$file")" -eq "$1" ] || bad "boxes are not ticked"
}

# at_most PART FEW MANY: MANY is not over six times FEW.
at_most() {
    ok
    [ "$3" -le $(($2 * 6)) ] ||
        bad "$1: $2 for $few steps, $3 for $many: that is not linear"
}

cost "$few"
few_run=$run_ms few_verify=$verify_ms few_bytes=$bytes
cost "$many"
at_most 'ms to run' "$few_run" "$run_ms"
at_most 'ms to verify' "$few_verify" "$verify_ms"
at_most 'bytes of journal' "$few_bytes" "$bytes"
finish
