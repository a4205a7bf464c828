#!/bin/sh
# The files a run reads and writes: what lies outside, what may not be
# written, what is full, and what changes while the run goes on.
. tests/fault/lib.sh

# --- what fs may touch ---------------------------------------------------

repo paths
mkdir -p outside world/tree/in/.git world/tree/.git world/tree/artifacts/ops/r
echo secret-outside >outside/file
cat >runproof.yaml <<'END'
environments:
  here: {a: 1}
END
mkdir -p .git artifacts/ops/r sub
echo ref >.git/HEAD
echo '{}' >artifacts/ops/r/journal.jsonl
ln -s "$work/paths-outside" out-dir
ln -s "$work/paths-outside/file" out-file
ln -s .git git-link
ln -s artifacts/ops/r art-link
ln -s sub in-link
ln -s "$PWD/sub" absolute-link
mkdir "$work/paths-outside"
echo untouched >"$work/paths-outside/file"
cat >code.lua <<'END'
local no = {
  "../paths-outside/file", "sub/../../paths-outside/file", "..", "/etc/passwd",
  "/", "out-dir/file", "out-file", "out-dir/new", "out-dir",
  "sub/../out-dir/file", "absolute-link/x",
}
for _, path in ipairs(no) do
  for _, f in ipairs { "read", "list", "exists", "remove", "mkdir" } do
    local fine, why = pcall(fs[f], path)
    print(f, path, fine)
  end
  print("write", path, (pcall(fs.write, path, "x")))
  print("append", path, (pcall(fs.append, path, "x")))
  print("file", path, (pcall(evidence.file, path)))
end
for _, path in ipairs {
  ".git/HEAD", ".git/hooks/post-checkout", "git-link/HEAD", "sub/../.git/HEAD",
  "./.git/x", ".git", "artifacts/ops/r/journal.jsonl",
  "art-link/journal.jsonl", "artifacts/../artifacts/ops/r/journal.jsonl",
} do
  print("write", path, (pcall(fs.write, path, "x")))
  print("append", path, (pcall(fs.append, path, "x")))
  print("remove", path, (pcall(fs.remove, path)) and fs.exists(path))
end
END
# An error that a pcall holds is the block's affair unless it is a refusal; so
# each in a step of its own would do the same. One suffices to see all tried.
block a 'effect=local retries=0' <code.lua | page
call 1 run page.md --env here
ok
grep -aE '^(read|list|write|append|remove|mkdir|file|exists)	.*	true$' \
    "$(bundle)/01-a.log" >"$work/hits" && {
    bad 'paths that should be closed'
    cat "$work/hits" >&2
}
shows '^write	out-file	false$' "$(bundle)/01-a.log"
proven
ok
[ "$(cat "$work/paths-outside/file")" = untouched ] || bad 'written outside'
[ "$(ls "$work/paths-outside")" = file ] || bad 'made outside'
[ "$(cat .git/HEAD)" = ref ] || bad '.git was written'
[ "$(cat artifacts/ops/r/journal.jsonl)" = '{}' ] || bad 'a journal was written'
[ ! -e .git/hooks ] || bad '.git was written'
litter

# What a command writes is confined as its class is.
repo commands
cat >runproof.yaml <<'END'
environments: {here: {a: 1}}
END
echo untouched >"$work/commands-outside"
{
    block reads 'retries=0' <<'END'
print(sh.run({ "sh", "-c", "echo x >new" }, { check = false }).code == 0)
print(sh.run({ "sh", "-c", "echo x >../commands-outside" },
  { check = false }).code == 0)
print(sh.run({ "rm", "page.md" }, { check = false }).code == 0)
END
    echo
    block writes 'effect=local retries=0' <<'END'
sh.run { "sh", "-c", "echo x >new" }
print(sh.run({ "sh", "-c", "echo x >../commands-outside" },
  { check = false }).code == 0)
END
} | page
call 0 run page.md --env here
lacks '^true$' page.md
ok
[ "$(cat new)" = x ] || bad 'a local command may write'
[ "$(cat "$work/commands-outside")" = untouched ] || bad 'written outside'
proven

# --- what may not be written ---------------------------------------------

repo read-only
echo 'print(1)' | block a | page
chmod a-w page.md
call 4 run page.md
says 'page.md.*read-only.*runproof resume'
untouched
call 0 verify "$(bundle)"
chmod u+w page.md
call 0 resume "$(basename "$(bundle)")"
proven
ok
[ "$(grep -c '^## ' feedback/ops.md)" -eq 1 ] || bad 'two entries for one run'

repo out-option
echo 'print(1)' | block a | page
call 2 run page.md --out nothere/page.md
untouched
for where in /dev/full . page.md/x; do
    call 4 run page.md --out $where
    says 'runproof resume'
    untouched
    call 0 verify "$(bundle)"
done
ok
[ -c /dev/full ] || bad '/dev/full is no device any more'
call 0 run page.md --out other.md
untouched
call 0 verify other.md
call 4 render page.md -o nothere/x.html
call 4 strip page.md -o /dev/full
if [ -w /dev/full ]; then
    "$program" strip page.md >/dev/full 2>"$work/err"
    code=$?
    ok
    [ $code -eq 4 ] || bad "strip to a full standard output: exit $code"
fi

# Where nothing can be made, nothing runs.
repo no-artifacts
echo 'print(1)' | block a | page
: >artifacts
call 2 run page.md
says 'artifacts'
untouched
rm -r artifacts .runproof
: >.runproof
call 2 run page.md
untouched
rm .runproof
mkdir artifacts
ln -s nothere artifacts/ops
call 2 run page.md
untouched
rm artifacts/ops
mkdir "$work/elsewhere"
ln -s "$work/elsewhere" feedback
: >feedback/ops.md
chmod a-w feedback/ops.md
timeout 60 "$program" run page.md >"$work/out" 2>"$work/err"
code=$?
ok
# A folder that leads out of the repository is refused.
[ $code -eq 3 ] || bad "a feedback folder elsewhere: exit $code"
untouched

# --- as a user who is nobody ---------------------------------------------

# nobody CODE ARGUMENT…: as call, but without any right to files of ours.
nobody() {
    expected=$1
    shift
    ok
    setpriv --reuid 65534 --regid 65534 --clear-groups \
        timeout 60 "$work/bin/runproof" "$@" >"$work/out" 2>"$work/err" \
        </dev/null
    code=$?
    [ "$code" -eq "$expected" ] || {
        bad "as nobody: runproof $*: exit $code, not $expected"
        tail -n 5 "$work/out" "$work/err" >&2
    }
}

if [ "$(id -u)" -eq 0 ]; then
    mkdir -p "$work/bin/lib"
    cp "$program" "$work/bin/"
    cp -r "$(dirname "$program")/lib/runproof" "$work/bin/lib/"
    chmod -R a+rX "$work"
    repo nobody
    echo 'print(1)' | block a | page
    # No folder can be made here.
    nobody 2 run page.md
    says 'cannot make|permission|Permission'
    untouched
    chmod a-r page.md
    for command in run plan verify check strip render; do
        nobody 2 $command page.md
        says 'page.md'
    done
    chmod a+r page.md
    # The page's folder is closed, the rest is open: the bundle is complete.
    mkdir -m 777 artifacts feedback .runproof
    nobody 4 run page.md
    says 'page.md.*(read-only|Permission).*runproof resume'
    untouched
    chmod a+w page.md
    nobody 4 resume "$(basename "$(bundle)")"
    untouched
    chmod a+w .
    nobody 0 resume "$(basename "$(bundle)")"
    proven
else
    # The same, as the user we are.
    repo nobody
    echo 'print(1)' | block a | page
    chmod a-w .
    call 2 run page.md
    untouched
    chmod u+w .
    mkdir artifacts feedback .runproof
    chmod a-w .
    call 4 run page.md
    untouched
    chmod u+w .
    call 0 resume "$(basename "$(bundle)")"
    proven
fi

# --- a full disk ---------------------------------------------------------

# full LIMIT: as call, but no file may grow over LIMIT blocks of 512 bytes.
full() {
    ok
    (
        # shellcheck disable=SC3045 # every sh of Debian has ulimit -f
        ulimit -f "$1"
        shift
        exec timeout 60 "$program" "$@"
    ) >"$work/out" 2>"$work/err" </dev/null
    code=$?
}

repo full-by-limit
{
    echo 'x = 1 print(("y"):rep(3000))' | block a
    for i in 1 2 3 4 5 6; do
        echo 'x = x + 1 fs.write("f" .. x, ("z"):rep(2000)) print(x)' |
            block b$i effect=local
    done
} | page
for limit in 1 2 4 6 8 10 12 14 16 20 24 28 32; do
    full $limit run page.md
    case $code in
    0 | 1) whole=yes ;;
    2 | 4) whole=no ;;
    *)
        whole=no
        bad "limit $limit: exit $code"
        head -c 600 "$work/err" >&2
        ;;
    esac
    [ $whole = yes ] || same page.md.orig page.md
    litter
    last=$(bundle)
    if [ $code -eq 4 ] && [ -n "$last" ]; then
        call 0 resume "$(basename "$last")"
        proven
    fi
    cp page.md.orig page.md
    rm -rf artifacts feedback .runproof
done

# The real thing, where this user may mount one.
if unshare -rm true 2>/dev/null; then
    repo full-disk
    {
        echo 'x = 1 print(("y"):rep(3000))' | block a
        for i in 1 2 3 4 5 6; do
            echo 'x = x + 1 fs.write("f" .. x, ("z"):rep(9000)) print(x)' |
                block b$i effect=local
        done
    } | page
    cat >"$work/on-tmpfs" <<'END'
set -u
mount -t tmpfs -o size="$1"k none "$2" || exit 77
cp -r page.md page.md.orig runproof.yaml world "$2/"
cd "$2" || exit 77
"$3" run page.md >out 2>err </dev/null
first=$?
second=-
if [ $first -eq 4 ] || [ $first -eq 2 ]; then
    cmp page.md.orig page.md || echo 'the page was torn'
    mount -o remount,size=100m .
    run=$(ls artifacts/ops 2>/dev/null | tail -n 1)
    if [ $first -eq 4 ] && [ -n "$run" ]; then
        "$3" resume "$run" >out2 2>err2 </dev/null
        second=$?
        "$3" verify page.md >out3 2>&1 || cat out3
        [ "$second" -eq 0 ] || cat err2
    fi
fi
echo "exit $first $second"
[ $first -le 4 ] || cat err
END
    mkdir mnt
    for size in 40 60 200 260 300 340 380 420 460; do
        ok
        unshare -rm sh "$work/on-tmpfs" $size "$PWD/mnt" "$program" \
            >"$work/out" 2>&1
        grep -qE '^exit (0 -|1 -|2 -|4 0)$' "$work/out" || {
            bad "a disk of $size KiB"
            head -c 800 "$work/out" >&2
        }
    done
fi

# --- a page that changes under the run -----------------------------------

# during: the run starts, the commands on stdin happen inside it, it ends.
during() {
    cat >"$work/meanwhile"
    {
        echo 'print("one")' | block a
        echo
        block b <<'END'
local t = 0
while not fs.exists("go") do
  t = t + 1
  if t > 100 then fail("nobody came") end
  sh.run { "sleep", "0.1" }
end
END
        echo
        echo 'print("three")' | block c
    } | page
    "$program" run page.md --env here >"$work/out" 2>"$work/err" &
    pid=$!
    while ! grep -q '"step":"b","type":"attempt"' \
        "$(bundle)/journal.jsonl" 2>/dev/null; do sleep 0.05; done
    # shellcheck disable=SC1091 # written above
    . "$work/meanwhile"
    : >go
    wait $pid
    code=$?
    rm -f go
}

here() {
    repo "$1"
    printf 'environments: {here: {a: 1}}\n' >runproof.yaml
}

here edited-prose
during <<'END'
printf 'A line more.\n' >>page.md; cp page.md page.md.orig
END
ok
[ $code -eq 4 ] || bad "exit $code, not 4"
says 'edited during the run.*runproof resume'
untouched
call 0 verify "$(bundle)"
call 0 resume "$(basename "$(bundle)")"
proven
shows 'A line more'
shows 'id=c .*status=passed'

here edited-block
during <<'END'
sed -i 's/"three"/"four"/' page.md; cp page.md page.md.orig
END
ok
[ $code -eq 4 ] || bad "exit $code, not 4"
untouched
call 4 resume "$(basename "$(bundle)")"
says '1 step of the page changed'
shows 'id=a .*status=passed'
lacks 'id=c .*status' page.md
proven

here deleted
during <<'END'
rm page.md
END
ok
[ $code -eq 4 ] || bad "exit $code, not 4"
says 'page.md'
[ ! -e page.md ] || bad 'the page was made again'
call 0 verify "$(bundle)"
cp page.md.orig page.md
call 0 resume "$(basename "$(bundle)")"
proven

here became-a-folder
during <<'END'
rm page.md; mkdir page.md
END
ok
[ $code -eq 4 ] || bad "exit $code, not 4"
rmdir page.md
cp page.md.orig page.md
call 0 resume "$(basename "$(bundle)")"
proven

here became-a-link
during <<'END'
mv page.md real.md; ln -s real.md page.md
END
ok
[ $code -eq 0 ] || bad "exit $code, not 0"
[ -L page.md ] || bad 'the link was replaced'
proven

here bundle-gone
during <<'END'
rm -r artifacts
END
ok
[ $code -eq 2 ] || [ $code -eq 4 ] || bad "exit $code, not 2 or 4"
untouched

here page-broken
during <<'END'
printf '```lua {#z\n' >>page.md; cp page.md page.md.orig
END
ok
[ $code -eq 4 ] || bad "exit $code, not 4"
untouched

finish
