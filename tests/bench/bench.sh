#!/bin/sh
# shellcheck disable=SC2016 # in single quotes, back quotes are Markdown
# Prints what the engine costs, as Markdown tables: CPU time (user and system,
# workers included), each as a ratio to the least that the same work can cost.
# Fails when a ratio is over its budget. Takes a few minutes; RUNPROOF is the
# program, RUNPROOF_BUILD its build folder, BENCH_ROUNDS the rounds (5).
set -eu

rounds=${BENCH_ROUNDS:-5}
measure=$RUNPROOF_BUILD/bench_measure
engine=$RUNPROOF_BUILD/bench_engine
activities=20000 # as MESSAGES in engine.c
# In memory where that can be: creating many files costs what the disk asks.
home=/dev/shm
[ -d "$home" ] && [ -w "$home" ] || home=${TMPDIR:-/tmp}
dir=$(mktemp -d "$home/runproof-bench-XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir -p fixture/tree
: >runproof.yaml
printf '{"epoch":"2026-11-20T09:00:00Z","env":{}}\n' >fixture/world.json
over=$dir/over
: >"$over"

head_of_page() {
    printf -- '---\ntitle: bench\nowner: bench\nfixtures: fixture\n---\n\n# Bench\n\n'
}

# page BLOCKS FILE
page() {
    {
        head_of_page
        awk -v n="$1" 'BEGIN {
            for (i = 0; i < n; i++)
                printf "## Step %d\n\nWhat it does, in a line.\n\n" \
                    "```lua {#s%d effect=none}\nx = (x or 0) + 1\n" \
                    "print(\"step\", x)\n```\n\n", i, i
        }'
    } >"$2"
}

# loop CODE FILE: one block that does CODE many times.
loop() {
    head_of_page >"$2"
    printf '```lua {#a effect=none timeout=10m}\nfor i = 1, %d do %s end\n```\n' \
        "$activities" "$1" >>"$2"
}

# cpu COMMAND…: one line of measure for one run.
cpu() {
    "$measure" 1 "$@"
}

# One run of a page, its evidence written to a copy; the bundle goes again.
run_page() {
    cpu "$RUNPROOF" run "$1" --yes --out out.md
    rm -rf artifacts feedback .runproof out.md
}

# row WHAT FIGURE RATIO BUDGET: the ratio must not be over the budget ("-").
row() {
    printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4"
    awk -v r="$3" -v b="$4" 'BEGIN { exit !(b != "-" && r > b) }' &&
        echo "$1" >>"$over"
    return 0
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# --- a run by its length ------------------------------------------------

sizes='1250 2500 5000 10000 20000'
for n in $sizes; do page "$n" "b$n.md"; done
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    before=
    for n in $sizes; do
        run_page "b$n.md" >line
        read -r us _ peak status <line
        [ "$status" -eq 0 ] || {
            echo "the run of $n blocks failed" >&2
            exit 1
        }
        echo "$us" >>"cpu.$n"
        echo "$peak" >>"peak.$n"
        [ -z "$before" ] || ratio "$us" "$before" | awk 1 >>"ratio.$n"
        before=$us
    done
done
echo "| blocks | CPU ms | µs a block | × the half | peak MiB | KiB a block |"
echo "| --- | --- | --- | --- | --- | --- |"
for n in $sizes; do
    us=$(median <"cpu.$n")
    peak=$(median <"peak.$n")
    double=
    [ ! -e "ratio.$n" ] || double=$(median <"ratio.$n")
    awk -v n="$n" -v us="$us" -v peak="$peak" -v double="${double:-–}" 'BEGIN {
        printf "| %d | %.0f | %.0f | %s | %.1f | %.1f |\n", n, us / 1000,
            us / n, double, peak / 1024, peak / n
    }'
    awk -v r="${double:-0}" 'BEGIN { exit !(r > 2.2) }' &&
        echo "twice the blocks, up to $n" >>"$over"
done

# --- start-up -------------------------------------------------------------

page 1 one.md
"$measure" $((rounds * 20)) true -- lua5.4 -e '' -- "$RUNPROOF" --version -- \
    "$RUNPROOF" run one.md --yes --out out.md >start
rm -rf artifacts feedback .runproof out.md
# shellcheck disable=SC2046 # four lines of four numbers
set -- $(cat start)
[ "$4$8${12}${16}" = 0000 ] || {
    echo "a start-up failed: $*" >&2
    exit 1
}
nothing=$1 lua=$5 version=$9 one=${13}
echo
echo "| what | figure | × the floor | budget |"
echo "| --- | --- | --- | --- |"
row "\`true\`, fork and exec" "$nothing µs" 1.00 -
row "\`lua5.4 -e ''\` beside \`true\`" "$lua µs" "$(ratio "$lua" "$nothing")" -
row "\`runproof --version\` beside \`true\`" "$version µs" \
    "$(ratio "$version" "$nothing")" 6
row "\`runproof --version\` beside \`lua5.4 -e ''\`" "$version µs" \
    "$(ratio "$version" "$lua")" 4
row "a one-block run beside \`lua5.4 -e ''\`" "$one µs" \
    "$(ratio "$one" "$lua")" 60

# --- parts ----------------------------------------------------------------

"$engine" >parts
part() { awk -v name="$1" -v i="$2" '$1 == name { print $i }' parts; }
loop 'time.now()' ask.md
loop 'local x = i' idle.md
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    asking=$(run_page ask.md | cut -d' ' -f1)
    idle=$(run_page idle.md | cut -d' ' -f1)
    echo $((asking - idle)) >>asked
done
asked=$(median <asked)
each() { awk -v us="$1" -v n="$2" 'BEGIN { printf "%.1f µs", us / n }'; }
row "an activity through the door, beside a socket's round trip" \
    "$(each "$asked" "$activities")" \
    "$(ratio "$asked" "$(part socket 2)")" 15
row "parse and place in 10 MiB, beside cmark's parse" \
    "$(each "$(part place 2)" 1000000 | tr -d 'µ')" \
    "$(ratio "$(part place 2)" "$(part place 3)")" 30
row "a journal record, beside write(2) of its bytes" \
    "$(each "$(part journal 2)" 100000)" \
    "$(ratio "$(part journal 2)" "$(part journal 3)")" 12

if [ -s "$over" ]; then
    echo
    sed 's/^/over budget: /' "$over"
    exit 1
fi
