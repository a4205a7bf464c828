#!/bin/sh
# shellcheck disable=SC2016 # in single quotes, back quotes are Markdown
# Prints how many GETs a second `each` makes over loopback, 64 under way at
# once and each of them journaled, beside `curl --parallel`, and what ten times
# as many cost. Fails when curl makes more, or when the cost is not linear.
# RUNPROOF is the program, RUNPROOF_BUILD its build folder, BENCH_ROUNDS the
# rounds (5).
set -eu

rounds=${BENCH_ROUNDS:-5}
measure=$RUNPROOF_BUILD/bench_measure
home=/dev/shm
[ -d "$home" ] && [ -w "$home" ] || home=${TMPDIR:-/tmp}
dir=$(mktemp -d "$home/runproof-bench-XXXXXX")
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
over=$dir/over
: >"$over"

# The server ends with the end of its standard input.
mkfifo hold
"$RUNPROOF_BUILD/bench_http_server" <hold >port &
server=$!
exec 9>hold
while [ ! -s port ]; do sleep 0.01; done
url=http://127.0.0.1:$(cat port)

printf 'environments:\n  bench: {}\n' >runproof.yaml

# page N: as many GETs.
page() {
    printf -- '---\nowner: bench\n---\n```lua {#gets timeout=10m}\n' >"g$1.md"
    printf 'local urls = {}\nfor i = 1, %d do urls[i] = "%s/?" .. i end\n' \
        "$1" "$url" >>"g$1.md"
    printf 'each(urls, { max = 64 }, http.get)\n```\n' >>"g$1.md"
}

# urls N: the same for curl.
urls() {
    awk -v n="$1" -v url="$url" 'BEGIN {
        for (i = 1; i <= n; i++)
            printf "url = \"%s/?%d\"\noutput = /dev/null\n", url, i
    }' >"u$1"
}

for n in 1 1000 10000 100000; do page "$n"; done
urls 1
urls 1000

get() { echo "$RUNPROOF run g$1.md --env bench --out o.md"; }
curl() { echo "curl -s --parallel --parallel-max 64 -K u$1"; }

# wall I: microseconds of the I-th command measured.
wall() { awk -v i="$1" 'NR == i { print $2 }' walls; }

# What a process costs before its first GET and after its last is left out: it
# is that of one GET.
# shellcheck disable=SC2046 # commands of several words
"$measure" $((rounds * 3)) $(curl 1) -- $(curl 1000) -- $(get 1) -- \
    $(get 1000) >walls
awk '$4 != 0 { exit 1 }' walls || {
    echo "a command failed:" >&2
    cat walls >&2
    exit 1
}
awk -v c1="$(wall 1)" -v c="$(wall 2)" -v r1="$(wall 3)" -v r="$(wall 4)" \
    -v over="$over" 'BEGIN {
    curl = 1e6 * 999 / (c - c1)
    ours = 1e6 * 999 / (r - r1)
    printf "| 1,000 GETs, 64 at once | GETs a second | × curl |\n"
    printf "| --- | --- | --- |\n"
    printf "| `curl --parallel --parallel-max 64` | %d | 1.00 |\n", curl
    printf "| `each{max=64}`, each journaled | %d | %.2f |\n", ours, ours / curl
    if (ours < curl) print "fewer GETs than curl" >over
}'

# shellcheck disable=SC2046 # commands of several words
"$measure" 3 $(get 1) -- $(get 1000) -- $(get 10000) -- $(get 100000) >walls
echo
echo "| GETs | ms | µs a GET | × a tenth |"
echo "| --- | --- | --- | --- |"
i=1
before=
for n in 1000 10000 100000; do
    i=$((i + 1))
    us=$(($(wall "$i") - $(wall 1)))
    awk -v n="$n" -v us="$us" -v before="$before" -v over="$over" 'BEGIN {
        times = before ? sprintf("%.1f", us / before) : "–"
        printf "| %d | %.0f | %.1f | %s |\n", n, us / 1000, us / n, times
        if (before && us / before > 13) print "ten times as many" >over
    }'
    before=$us
done

if [ -s "$over" ]; then
    echo
    sed 's/^/over budget: /' "$over"
    exit 1
fi
