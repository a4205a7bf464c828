# Shared by the tests of this folder: a page that makes every call of every
# provider, run by the program against the servers of services.mjs. What the
# services say of themselves stands outside of this repository; where it is
# absent, ctest counts the test as not run.
# shellcheck shell=sh

contracts=${RUNPROOF_SHARED:-../shared}/contracts
if [ ! -d "$contracts" ]; then
    echo "not run: no contracts in $contracts"
    exit 77
fi
# The leak check of gcc 12 may crash over the thread-local memory of libraries
# that are loaded late, as the port for HTTP is.
export LSAN_OPTIONS="use_tls=0:print_suppressions=0:${LSAN_OPTIONS:-}"
calls=$PWD/tests/contract
lua_dir=
program=$(realpath "$RUNPROOF")
fixture=$PWD/runbooks/fixtures/shop
here=$PWD/tests/contract
work=$(mktemp -d)
pids=
# shellcheck disable=SC2086 # a list of them
trap 'kill $pids 2>/dev/null; wait; rm -rf "$work"' EXIT

# start FILE COMMAND…: a server, whose first line of output is put into FILE;
# this waits for it.
start() {
    first=$1
    shift
    rm -f "$first.pipe"
    mkfifo "$first.pipe"
    "$@" >"$first.pipe" 2>"$first.err" &
    pids="$pids $!"
    read -r line <"$first.pipe" || {
        echo "does not start: $*" >&2
        cat "$first.err" >&2
        exit 1
    }
    echo "$line" >"$first"
}

# start_cloud: the simulated cloud.
start_cloud() {
    # shellcheck disable=SC2086 # two words or none
    start "$work/cloud" "$program" sandbox --fixture "$fixture" $lua_dir
}

# start_services: in front of the cloud if there is one.
start_services() {
    cloud=
    [ ! -e "$work/cloud" ] || cloud=$(sed 's/.* at //' "$work/cloud")
    start "$work/services" node "$here/services.mjs" "$fixture/world.json" \
        "$contracts" "$work" "$cloud"
}

# block ID ATTRIBUTES: Lua on stdin as a block of the page.
block() {
    printf '\n```lua {#%s %s}\n' "$1" "$2"
    cat
    printf '```\n'
}

providers() {
    for file in "$calls"/*.lua; do
        name=$(basename "$file" .lua)
        [ "$name" = bench ] || echo "$name"
    done
}

page() {
    printf -- '---\ntitle: Every call of every provider\nowner: qa\n---\n'
    block bench 'effect=none' <"$here/bench.lua"
    for name in $(providers); do
        {
            echo "exercise(\"$name\", function(call, refused)"
            cat "$calls/$name.lua"
            echo "end)"
        } | block "$name" 'effect=remote retries=0 timeout=5m'
    done
    printf 'verdict { %s }\n' \
        "$(providers | sed 's/.*/"&"/' | paste -sd , -)" |
        block verdict 'effect=none retries=0'
}

# run_page: what it prints goes to $work/printed, each fault on a line of its
# own; false if there are any.
run_page() {
    page >"$work/page.md"
    status=0
    # shellcheck disable=SC2086 # two words or none
    (cd "$work" && exec "$program" run page.md --env contract --yes $lua_dir) \
        >"$work/out" 2>&1 || status=$?
    sed -n -e '/verdict … failed/q' -e 's/^      //p' "$work/out" >"$work/printed"
    # The page is not to blame for anything else.
    if [ $status -ne 0 ] && ! grep -q 'verdict … failed' "$work/out"; then
        cat "$work/out" >&2
        exit 1
    fi
    return $status
}

# hold: fails with a line for each fault.
hold() {
    run_page || {
        cat "$work/printed" >&2
        exit 1
    }
    cat "$work/printed"
}
