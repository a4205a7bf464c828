#!/bin/sh
# Canaries: a secret that a block or a command tries to show, in every place
# and every form, is in no file and in no stream that a run leaves.
. tests/fault/lib.sh
leak() {
    lua5.4 "$here/tests/fault/leak.lua" "$@"
}
here=$(pwd)

# clean WHAT: no canary in any file of the repository but the world, in what
# the last call printed, nor in the temporary files.
clean() {
    ok
    find . "$work/out" "$work/err" "$work/tmp" -type f \
        ! -path './world/*' ! -path './.runproof/*/world/*' |
        leak scan - >"$work/found" || {
        bad "$1: $(wc -l <"$work/found") files hold a canary"
        head -n 12 "$work/found" >&2
    }
}

mkdir "$work/tmp"
TMPDIR=$work/tmp
export TMPDIR

# The scanner finds what is planted: each form of each canary.
leak count >"$work/count"
read -r placements planted <"$work/count"
n=1
while [ "$n" -le "$planted" ]; do
    leak plant "$n" >"$work/plant"
    ok
    if leak scan "$work/plant" >"$work/found"; then
        bad "the scanner does not find plant $n"
        head -c 300 "$work/plant" >&2
    fi
    n=$((n + 1))
done
ok
echo 'nothing here' >"$work/plant"
leak scan "$work/plant" >"$work/found" || bad 'the scanner finds what is not there'

repo leak
leak world >world/world.json
echo attached >world/tree/a.txt
leak page >page.md
cp page.md page.md.orig
call 1 run page.md --yes
clean run
cp page.md.orig page.md
call 1 run page.md --yes --format json
clean 'run --format json'
call 0 verify page.md
clean verify
call 0 verify --replay "$(bundle)"
clean 'verify --replay'
call 0 render page.md -o page.html
clean render
call 0 render "$(bundle)" -o run.html
clean 'render of a run'
call 0 list .
clean list
call 0 log
clean log
call 1 plan page.md
clean plan
call 0 check page.md
clean check

# Killed half-way, seen so, and resumed.
rm -rf artifacts feedback
cp page.md.orig page.md
"$program" run page.md --yes >"$work/out" 2>"$work/err" </dev/null &
pid=$!
lines=0
while [ "$lines" -lt 400 ] && kill -0 "$pid" 2>/dev/null; do
    lines=$(cat artifacts/ops/*/journal.jsonl 2>/dev/null | wc -l)
done
# Its core may not be written, and nobody may look into it.
ok
grep -q '^Max core file size  *0  *0 ' "/proc/$pid/limits" ||
    bad 'a core dump may be written'
kill -KILL "$pid"
wait "$pid" 2>/dev/null
clean 'a killed run'
call 1 resume "$(basename "$(bundle)")" --yes
clean resume
ok
[ "$placements" -ge 200 ] || bad "only $placements placements"
echo "$placements placements, $planted planted forms found"

# Its environment is not for the commands that it starts, nor for others.
repo environ
echo 'environments: {live: {secrets: [process], policy: {remote: allow}}}' >>runproof.yaml
cat <<'END' | block a 'effect=read' | page
secret.get("CANARY_TOKEN")
local r = sh.run({ "sh", "-c", [[
  n=0
  exec 2>/dev/null
  for p in /proc/[0-9]*; do
    [ "$p" = "/proc/$$" ] && continue
    tr '\0' '\n' <"$p/environ" 2>/dev/null | grep -q '^CANARY_TOKEN=' && n=$((n + 1))
    tr '\0' '\n' <"$p/cmdline" 2>/dev/null | grep -q 'c4nary-5u[p]' && n=$((n + 1))
  done
  env | grep -c CANARY_TOKEN
  echo "seen: $n, core: $(ulimit -c) $(ulimit -Hc)"]] }, { check = false })
print(r.stdout, r.stderr)
END
CANARY_TOKEN='c4nary-5up3r/secret+value=42' call 0 run page.md --env live
shows '^seen: 0, core: 0 0'
clean 'the environment'
finish
