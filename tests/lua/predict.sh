#!/bin/sh
# Predictions against the simulated cloud: the plan of each page here, and of
# each shipped runbook, is made twice and is the same, and a run under it makes
# all of its changes and no others. The pages write what they see after each
# change into files, so a plan holds the predicted answers, too. Every row that
# has a prediction is in one of the plans.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -R runbooks runproof.yaml "$scratch/"
for page in tests/lua/predict/*.md; do
    cp "$page" "$scratch/"
done
cd "$scratch"

failed=0
bad() {
    echo "$*" >&2
    failed=1
}

for page in *.md runbooks/*.md; do
    plan=$(basename "$page" .md).json
    "$RUNPROOF" plan "$page" -o "$plan" >out 2>&1 || {
        cat out >&2
        bad "$page: no plan"
        continue
    }
    ! grep -q 'it is not whole' out || bad "$page: $(grep '!' out)"
    "$RUNPROOF" plan "$page" --check "$plan" >out 2>&1 || {
        cat out >&2
        bad "$page: another plan the second time"
    }
    "$RUNPROOF" run "$page" --plan "$plan" --yes --no-write >out 2>&1 || {
        cat out >&2
        bad "$page: the run under its plan"
    }
    made=$(sed -n 's/^plan: .*, \([0-9]*\) of its \([0-9]*\) changes were made$/\1 \2/p' out)
    # shellcheck disable=SC2086 # two words
    set -- $made
    if [ -z "$made" ] || [ "$1" != "$2" ]; then
        cat out >&2
        bad "$page: not all changes were made"
    fi
    echo "$page: ${1:-0} changes"
done

grep -ohE '"row":"[a-z_.]+"' ./*.json | sort -u |
    sed 's/"row":"\(.*\)"/\1/' >planned
"$RUNPROOF" lua --providers | awk -F '|' '
    /^## / { provider = substr($0, 4); at = 0 }
    /^\| call / { for (i = 1; i <= NF; i++) if ($i == " predicted ") at = i }
    at && $at ~ /yes/ { split($2, name, "`"); print provider "." name[2] }
' | sort -u >predicted
[ -s predicted ] || bad "no row has a prediction"
left=$(comm -13 planned predicted)
[ -z "$left" ] || bad "in no plan here: $(echo "$left" | tr '\n' ' ')"
exit $failed
