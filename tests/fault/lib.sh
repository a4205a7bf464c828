# Shared by the tests of this folder: a repository of its own for each case,
# calls of the program with the exit code they must have, and checks that show
# what differs. A script sources this file and ends with `finish`.
# shellcheck shell=sh
set -u

program=$(cd "$(dirname "$RUNPROOF")" && pwd)/$(basename "$RUNPROOF")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A sanitizer's report must not pass for one of the program's exit codes.
export ASAN_OPTIONS="exitcode=99:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="halt_on_error=1:exitcode=99:${UBSAN_OPTIONS:-}"
failed=0
checks=0
case=start

# repo NAME: an empty repository with a small simulated world, entered; its
# page is $file.
repo() {
    case=$1
    file=page.md
    mkdir -p "$work/$1/world/tree"
    cd "$work/$1" || exit 1
    printf 'fixtures: world\n' >runproof.yaml
    cat >world/world.json <<'END'
{"epoch": "2026-11-23T13:00:00Z", "env": {}, "secrets": {
  "API_TOKEN": "tok-5up3r/secret+value=42"}}
END
}

# page: the body on stdin, under a front matter. A copy is $file.orig.
page() {
    {
        printf -- '---\ntitle: A page\nowner: ops\n---\n\n# A page\n\n'
        cat
    } >"$file"
    cp "$file" "$file.orig"
}

# block ID [ATTRIBUTES]: the Lua on stdin as a runnable block.
block() {
    printf '```lua {#%s %s}\n' "$1" "${2:-}"
    cat
    printf '```\n'
}

bad() {
    failed=$((failed + 1))
    echo "FAIL $case: $*" >&2
}

ok() {
    checks=$((checks + 1))
}

# call CODE ARGUMENT…: runs the program; stdout and stderr stay in $work/out
# and $work/err.
call() {
    expected=$1
    shift
    timeout -k 5 120 "$program" "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
    ok
    if [ "$code" -ne "$expected" ]; then
        bad "runproof $*: exit $code, not $expected"
        tail -n 20 "$work/out" "$work/err" >&2
    fi
    if grep -q 'Sanitizer\|runtime error:' "$work/err"; then
        bad "runproof $*: a sanitizer reports"
        cat "$work/err" >&2
    fi
}

# says PATTERN: a line of stderr matches; stderr is only text.
says() {
    ok
    grep -qE -- "$1" "$work/err" || {
        bad "stderr has no line /$1/"
        head -c 2000 "$work/err" >&2
    }
}

# prints PATTERN: a line of stdout matches.
prints() {
    ok
    grep -qE -- "$1" "$work/out" || {
        bad "stdout has no line /$1/"
        head -c 2000 "$work/out" >&2
    }
}

# shows PATTERN [FILE]: a line of the page matches.
shows() {
    ok
    grep -aqE -- "$1" "${2:-$file}" || {
        bad "${2:-$file} has no line /$1/"
        head -c 3000 "${2:-$file}" >&2
    }
}

# lacks PATTERN FILE…: no line of any of the files matches.
lacks() {
    pattern=$1
    shift
    ok
    if grep -alE -- "$pattern" "$@" >"$work/hits"; then
        bad "found /$pattern/ in: $(tr '\n' ' ' <"$work/hits")"
        grep -anE -- "$pattern" "$@" | head -c 1000 >&2
    fi
}

# same WANTED GOT: equal bytes.
same() {
    ok
    cmp -s "$1" "$2" || {
        bad "$2 is not $1"
        diff -a "$1" "$2" | head -n 6 >&2
    }
}

# only_text FILE…: no control byte but line feed and tab.
only_text() {
    ok
    for text in "$@"; do
        left=$(LC_ALL=C tr -d '\n\t\040-\176\200-\377' <"$text" | wc -c)
        [ "$left" -eq 0 ] || bad "$text holds $left control bytes"
    done
}

# proven: the page is complete, verifies, and strips to its source.
proven() {
    call 0 verify "$file"
    call 0 strip "$file"
    same "$file.orig" "$work/out"
    only_text "$file"
}

# untouched: not a byte of the page was changed, and nothing is left beside it.
untouched() {
    same "$file.orig" "$file"
    litter
}

# litter: no temporary file was left anywhere in the repository.
litter() {
    ok
    left=$(find . -name '.runproof-*' -o -name '*.tmp')
    [ -z "$left" ] || bad "left behind: $left"
}

# bundle: the path of the latest bundle.
bundle() {
    find artifacts -name journal.jsonl -printf '%T@ %h\n' 2>/dev/null |
        sort -n | tail -n 1 | cut -d ' ' -f 2
}

finish() {
    echo "$checks checks, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}
