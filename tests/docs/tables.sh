#!/bin/sh
# Tables of ARCHITECTURE.md say what the sources say; it is the one to mend.
set -eu
RUNPROOF=$(realpath "$RUNPROOF")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# same TITLE: the words on standard input against those in the file `told`.
same() {
    sort -u >"$scratch/known"
    [ -s "$scratch/known" ]
    sort -u -o "$scratch/told" "$scratch/told"
    diff -u --label "$1, in the sources" --label "$1, documented" \
        "$scratch/known" "$scratch/told"
}

# The rows of the table behind a line, without head and rule.
rows_behind() {
    awk -v line="$1" '
        index($0, line) == 1 { inside = 1; next }
        inside && /^\|/ { if (++n > 2) print; next }
        inside && n { exit }
    ' "$2"
}

# The words in code spans of a table's first column.
first_words() {
    awk -F '|' '{
        while (match($2, /`[^`]*`/)) {
            print substr($2, RSTART + 1, RLENGTH - 2)
            $2 = substr($2, RSTART + RLENGTH)
        }
    }'
}

rows_behind '<!-- tiers:' ARCHITECTURE.md |
    awk -F '|' '{ gsub(/[` ]+/, " ", $4); print $2 $3 $4 }' |
    tr -s ' ' | sed 's/^ //; s/ $//' >"$scratch/told"
grep -v '^#' tests/lint/tiers.txt | tr -s ' ' | same 'tiers'

rows_behind '<!-- records:' ARCHITECTURE.md | first_words >"$scratch/told"
grep -hoE '_record\((stopped == ST_OK \? )?"[a-z-]+"( : "[a-z-]+")?|"type", (SPAN\()?"[a-z-]+"\)' \
    engine/record.c engine/door.c engine/policy.c engine/approved.c engine/session*.c \
    engine/attempt.c engine/run.c engine/outcome.c engine/writeback.c |
    grep -oE '"[a-z-]+"' | tr -d '"' | grep -vx type |
    same 'types of records'

# The members, in journals of a run that passed and of runs that did not.
for case in failure consent ceiling; do
    mkdir -p "$scratch/$case/world"
    cp "tests/golden/$case/in.md" "$scratch/$case/page.md"
    echo '{}' >"$scratch/$case/world/world.json"
    echo 'fixtures: world' >"$scratch/$case/runproof.yaml"
    (cd "$scratch/$case" && ! "$RUNPROOF" run page.md >/dev/null 2>&1)
done
lua5.4 tests/docs/records.lua artifacts/*/*/journal.jsonl \
    "$scratch"/*/artifacts/*/*/journal.jsonl
