#!/bin/sh
# Wrong runbooks, files and calls end with exit 2 and one clear line, before
# anything is written.
# shellcheck disable=SC2016 # backticks are fences here
. tests/fault/lib.sh

# wrong PATTERN ARGUMENT…: exit 2, one line on stderr, nothing on stdout and
# nothing new in the repository.
wrong() {
    pattern=$1
    shift
    find . ! -path './.runproof*' | sort >"$work/before"
    call 2 "$@"
    says "$pattern"
    find . ! -path './.runproof*' | sort >"$work/after"
    same "$work/before" "$work/after"
    ok
    [ "$(wc -l <"$work/err")" -eq 1 ] || {
        bad "not one line on stderr"
        cat "$work/err" >&2
    }
    ok
    [ ! -s "$work/out" ] || bad 'something on stdout'
}

# refused PATTERN: the page does not run, nor plan, and check finds the same.
refused() {
    wrong "$1" run "$file"
    wrong "$1" plan "$file"
    call 1 check "$file"
    prints "$1"
    untouched
}

# --- the page ------------------------------------------------------------

repo front-matter
{
    printf -- '---\ntitle: '
    head -c 10000000 /dev/zero | tr '\0' x
    printf '\n---\n'
    echo 'print(1)' | block a
} >page.md
cp page.md page.md.orig
refused 'page.md:1: .*front matter'
{
    printf -- '---\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n'
    for i in 1 2 3 4 5 6 7 8 9; do
        last=$((i - 1))
        printf 'a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n' \
            $i $i $last $last $last $last $last $last $last $last
    done
    printf -- '---\n'
    echo 'print(1)' | block a
} >page.md
cp page.md page.md.orig
refused 'page.md:[0-9]+: .*alias'
printf -- '---\na: &a [*a]\n---\n' >page.md
echo 'print(1)' | block a >>page.md
cp page.md page.md.orig
refused 'page.md:[0-9]+: '
for text in 'title: [' 'title: "' '- a' 'a: b: c' 'owner: ../../etc' \
    'epoch: never' 'params: [a]' 'params: {a: {type: date}}' 'owner: {a: b}' \
    'evidence: both' 'environments: staging: x' 'title: a\ntitle: b' \
    'params: {a: {default: 1}}' 'params: {a: {pattern: "("}}' '%TAG x' \
    'title: !!binary x' 'exercise_every: 0x' '&a *a'; do
    printf -- '---\n%b\n---\n' "$text" >page.md
    echo 'print(1)' | block a >>page.md
    cp page.md page.md.orig
    find . ! -path './.runproof*' | sort >"$work/before"
    call 2 run page.md
    says 'page.md|owner'
    find . ! -path './.runproof*' | sort >"$work/after"
    same "$work/before" "$work/after"
    ok
    [ "$(wc -l <"$work/err")" -eq 1 ] || bad "front matter $text: not one line"
done

repo blocks
{ echo 'x = 1' | block a; echo 'x = 2' | block a; } | page
refused "page.md:11: .*'?a'?.*(line 8|already|twice)"
echo 'x = 1' | block a needs=a | page
refused 'page.md:8: .*(cycle|itself|circle)'
{
    echo 'x = 1' | block a needs=c
    echo 'x = 1' | block b needs=a
    echo 'x = 1' | block c needs=b
} | page
refused 'page.md:[0-9]+: .*(cycle|circle)'
echo 'x = 1' | block a needs=nobody | page
refused "page.md:8: .*nobody"
echo 'x = 1' | block a on-fail=nobody | page
refused "page.md:8: .*nobody"
echo 'x = 1' | block a retrys=2 | page
refused "page.md:8: .*retrys.*retries"
echo 'x = 1' | block a 'retries=1 retries=2' | page
refused 'page.md:8: .*retries'
for attribute in effect=all retries=-1 retries=1e9 retries=x timeout=0s \
    timeout=1 timeout=-1s timeout=99999999999999999h 'if=' 'if="' 'needs=' \
    always=1 confirm '#b' expect=x 'needs=a,' 'if="x' '}' '{' '=x' 'x=' \
    'timeout=1s\x00' "confirm='x'" 'needs=,'; do
    echo 'x = 1' | block a "$attribute" | page
    wrong 'page.md:8: ' run page.md
done
for id in '' '#' '#a/b' '#../x' '#a b' '#"a"' "#$(printf '%0100d' 0)"; do
    printf '```lua {%s}\nx = 1\n```\n' "$id" | page
    wrong 'page.md:8: ' run page.md
done
printf '```lua {#a}\nprint(1)\n' | page
refused 'page.md:8: .*(never closed|not closed)'
printf '> ```lua {#a}\n> print(1)\n\ntext\n' | page
refused 'page.md:8: .*(never closed|not closed)'
printf 'Nothing to run.\n' | page
call 2 run page.md
untouched

# Lua that does not compile is found before the first step is run.
for code in 'x = = 1' 'goto nowhere' 'x = "' '--[[' 'return return' \
    'local x <const> = 1; x = 2' 'break' ')' 'x = 0x' '::a:: ::a::'; do
    {
        echo 'fs.write("done.txt", "")' | block first effect=local
        printf '%b\n' "$code" | block a
    } | page
    refused 'page.md:1[1-3]: '
done
call 0 run page.md --only first
call 2 run page.md --only a

# --- what is no page -----------------------------------------------------

repo files
: >empty.md
wrong 'empty.md.*(nothing to run|no block|no step)' run empty.md
truncate -s 65M huge.md
wrong 'huge.md.*larger than' run huge.md
for command in verify check strip render; do
    wrong 'huge.md.*larger than' $command huge.md
done
rm huge.md
head -c 100000 /dev/urandom >binary.md
wrong 'binary.md' run binary.md
mkdir folder.md
wrong 'folder.md.*(directory|folder)' run folder.md
wrong 'folder.md.*(directory|folder)' strip folder.md
wrong 'folder.md' render folder.md
mkfifo pipe.md
wrong 'pipe.md' run pipe.md
wrong 'pipe.md' verify pipe.md
wrong 'pipe.md' strip pipe.md
wrong 'pipe.md' render pipe.md
rm -r pipe.md folder.md binary.md empty.md
wrong '/dev/zero|zero' run /dev/zero
for command in run plan verify check strip render; do
    wrong 'nothere.md' $command nothere.md
done
wrong "nothere" resume nothere
wrong "nothere" verify nothere
wrong "nothere" render nothere
wrong '\.\.' resume ../../../etc
echo 'print(1)' | block a | page
ln -s loop.md loop.md
wrong 'loop.md' run loop.md
mkdir deep && ln -s .. deep/up && ln -s . deep/again
call 0 check deep
call 0 list deep
rm -r deep loop.md

# --- configuration, world, modules ---------------------------------------

repo configuration
echo 'print(1)' | block a | page
for text in '[' 'a: b' 'environments: [a]' 'environments: {staging: 1}' \
    'environments: {staging: {policy: {remote: maybe}}}' \
    'environments: {staging: {policy: {rmeote: ask}}}' \
    'environments: {staging: {secrets: [process: 1]}}' \
    'environments: {sandbox: {}}' 'fixtures: [a]' 'fixtures: nothere' \
    'fixtures: ../../../etc' 'fixtures: /etc' '&a [*a]' '"'; do
    printf '%s\n' "$text" >runproof.yaml
    environment=sandbox
    case $text in *staging*) environment=staging ;; esac
    case $text in *secrets*) continue ;; esac
    wrong 'runproof.yaml|world|fixture|staging' run page.md --env $environment
done
head -c 2000000 /dev/zero | tr '\0' '#' >runproof.yaml
wrong 'runproof.yaml' run page.md
rm runproof.yaml
mkfifo runproof.yaml
call 2 run page.md
rm runproof.yaml
printf 'fixtures: world\n' >runproof.yaml
wrong "no environment 'prod'.*sandbox" run page.md --env prod

repo world
echo 'print(1)' | block a | page
for text in '' '[' '[1]' '1' 'null' '{"epoch": 1}' '{"a": 1, "a": 2}' \
    '{"epoch": "x"' '{"secrets": [1]}' '{"env": 1, "fly": 1}' \
    '{"commits": [{"add": ["../../x"]}]}' '{"commits": 1}' \
    '{"commits": [{"add": ["nothere"]}]}' '{"github": {"runs": "{HEAD}"}}'; do
    printf '%s' "$text" >world/world.json
    timeout 60 "$program" run page.md >"$work/out" 2>"$work/err"
    code=$?
    ok
    [ $code -eq 0 ] || [ $code -eq 2 ] || {
        bad "world $text: exit $code"
        cat "$work/err" >&2
    }
    if [ $code -eq 2 ]; then says 'world'; fi
    cp page.md.orig page.md
    rm -rf artifacts feedback
done
printf '%0200000d' 0 | tr 0 '[' >world/world.json
wrong 'world' run page.md
rm world/world.json
wrong 'world' run page.md
mkfifo world/world.json
wrong 'world' run page.md
rm world/world.json
echo '{}' >world/world.json
ln -s /etc/passwd world/tree/link
mkfifo world/tree/pipe
timeout 60 "$program" run page.md >"$work/out" 2>"$work/err"
code=$?
ok
[ $code -eq 0 ] || [ $code -eq 2 ] || bad "links and pipes in the tree: $code"

repo modules
echo 'print(1)' | block a | page
mkdir mods
for text in 'x = = 1' 'error("no")' 'while true do end' 'return 1' \
    'local t = {} t.rows = 1 return t' 'return { rows = { 1 } }' \
    'return { rows = { { method = {} } } }' 'os.exit()' '\27Lua' \
    'return require("own")' 'string.rep("x", 1e10)' 'print("x")' \
    'http.get("http://a.example/")' 'return secret.get("API_TOKEN")'; do
    printf '%b\n' "$text" >mods/own.lua
    timeout 60 "$program" run page.md --lua-dir mods >"$work/out" 2>"$work/err"
    code=$?
    ok
    [ $code -eq 0 ] || [ $code -eq 2 ] || {
        bad "module $text: exit $code"
        cat "$work/err" >&2
    }
    if [ $code -eq 2 ]; then says 'own|Lua modules'; fi
    if [ $code -eq 2 ]; then untouched; fi
    cp page.md.orig page.md
    rm -rf artifacts feedback
done
rm mods/own.lua
wrong 'nothere' run page.md --lua-dir nothere
wrong 'page.md' run page.md --lua-dir page.md
mkfifo mods/pipe.lua
timeout 60 "$program" run page.md --lua-dir mods >"$work/out" 2>"$work/err"
ok
[ $? -ne 124 ] || bad 'a pipe among the modules hangs'

# --- the call ------------------------------------------------------------

repo call
{
    printf -- '---\ntitle: A page\nowner: ops\nparams:\n  app: {type: string, required: true, pattern: "[a-z]+"}\n  n: {type: integer, default: 1}\n---\n\n'
    echo 'print(params.app)' | block a
} >page.md
cp page.md page.md.orig
wrong "runn.*run" runn
wrong 'usage: runproof run' run
wrong 'usage: runproof run' run page.md page.md
wrong -- '--ennv.*--env' run page.md --ennv staging
wrong -- '--env needs' run page.md --env
wrong -- '--yes takes no value' run page.md --yes=1
wrong 'name=value' run page.md -p app
wrong 'name=value' run page.md -p =x
wrong 'app is required.*-p app' run page.md
wrong 'must match' run page.md -p app=X1
wrong "no parameter ap;.*app" run page.md -p ap=x
wrong 'integer' run page.md -p app=x -p n=1.5
wrong 'integer' run page.md -p app=x -p n=1e99
wrong 'integer' run page.md -p app=x -p n=99999999999999999999
wrong "only: no step 'b'" run page.md -p app=x --only b
wrong "only: no step 'b'" run page.md -p app=x --only a,b
wrong "from: no step 'b'" run page.md -p app=x --from b
wrong 'text or json' run page.md -p app=x --format xml
wrong 'text or json' check page.md --format xml
wrong 'option' verify --nothing page.md
wrong 'option' strip -z page.md
wrong 'usage' log extra
wrong '' lua nothere
wrong 'UTF-8' run page.md -p "app=$(printf '\377')"
call 0 run -p app=x -- page.md
call 0 --help
call 0 run --help
call 0 --version
call 0 help verify
call 2 help nothing
untouched_later=$(bundle)
ok
[ -d "$untouched_later" ] || bad 'the last run left no bundle'

# --- two at once ---------------------------------------------------------

repo twice
block a effect=read <<'END' | page
sh.run({ "sleep", "3" })
END
"$program" run page.md >/dev/null 2>&1 &
first=$!
while [ -z "$(bundle)" ]; do sleep 0.05; done
call 3 run page.md
says 'page.md: another run'
call 3 resume "$(basename "$(bundle)")"
says 'another run'
ok
wait $first || bad 'the first run did not pass'
proven
call 0 run page.md

finish
