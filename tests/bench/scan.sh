#!/bin/sh
# shellcheck disable=SC2016 # in single quotes, back quotes are Markdown
# Prints what `runproof scan --history`, with all its rules, costs beside git
# with one pattern, on a history of the size and shape of a C project of
# fifteen years. Fails when it is not several times faster. Making the history
# takes minutes: BENCH_HISTORY names one that is there, any repository;
# BENCH_COMMITS how many to make (6000). RUNPROOF is the program,
# RUNPROOF_BUILD its build folder, BENCH_ROUNDS the rounds (3).
set -eu

rounds=${BENCH_ROUNDS:-3}
measure=$RUNPROOF_BUILD/bench_measure
dir=$(mktemp -d "${TMPDIR:-/tmp}/runproof-bench-XXXXXX")
trap 'rm -rf "$dir"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

history=${BENCH_HISTORY-}
if [ -z "$history" ]; then
    history=$dir/history
    git init -q --bare -b main "$history"
    "$RUNPROOF_BUILD/bench_history" "${BENCH_COMMITS:-6000}" |
        git -C "$history" fast-import --quiet --depth=0
    git -C "$history" repack -adfq --window=10 --depth=50
fi
history=$(realpath "$history")
git -C "$history" count-objects -v | awk '/^(in-pack|size-pack)/'
echo

pattern='ghp_[A-Za-z0-9]{36}'
cat >"$dir/cat-file" <<END
#!/bin/sh
git -C '$history' cat-file --batch-all-objects --batch --buffer --unordered |
    LC_ALL=C grep -acE '$pattern' >/dev/null
exit 0
END
cat >"$dir/log" <<END
#!/bin/sh
exec git -C '$history' log --all --format=%h -G '$pattern'
END
cat >"$dir/scan" <<END
#!/bin/sh
'$RUNPROOF' scan --history '$history'
[ \$? -le 1 ]
END
chmod +x "$dir/cat-file" "$dir/log" "$dir/scan"

"$measure" "$rounds" "$dir/scan" -- "$dir/cat-file" >"$dir/times"
"$measure" 1 "$dir/log" >>"$dir/times"
awk '$4 != 0 { exit 1 }' "$dir/times" || {
    echo "a command failed:" >&2
    cat "$dir/times" >&2
    exit 1
}
awk '
    NR == 1 { name = "`runproof scan --history`, all rules" }
    NR == 2 { name = "`git cat-file --batch-all-objects --batch` into `grep -E`, one pattern" }
    NR == 3 { name = "`git log --all -G`, one pattern" }
    NR == 1 {
        wall = $2
        print "| what | wall s | CPU s | × the first |"
        print "| --- | --- | --- | --- |"
    }
    {
        printf "| %s | %.2f | %.2f | %.1f |\n", name, $2 / 1e6, $1 / 1e6, $2 / wall
        if (NR > 1 && $2 / wall < 4) slow = 1
    }
    END {
        if (slow) print "\nover budget: not four times faster"
        exit slow
    }' "$dir/times"
