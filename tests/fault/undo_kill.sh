#!/bin/sh
# A run that ends in the middle of an undo goes on with it when it is resumed:
# cut at every record of the undo, and killed with a cloud that lives on.
. tests/fault/lib.sh

shop=$PWD/runbooks/fixtures/shop
hits=

steps() {
    block change 'effect=remote retries=0' <<'END'
github.variables.create { name = "COLOUR", value = "red" }
local issue = github.issues.create { title = "T", labels = { "undo" } }
local ref = github.refs.get { ref = "heads/main" }
github.refs.create { ref = "refs/heads/tried", sha = ref.object.sha }
error("boom")
END
    block look always <<'END'
print("variable", (github.try.variables.get { name = "COLOUR" }))
print("issues", #github.issues.list { state = "open", labels = "undo" })
print("ref", #github.refs.matching { ref = "heads/tried" })
END
}

# whole: the page tells that all was taken back, once.
whole() {
    shows '^\*\*Undone:\*\* 3 of 3 changes$'
    shows '^variable.*nil$'
    shows '^issues.*0$'
    shows '^ref.*0$'
    proven
    call 0 verify --replay "$(bundle)"
}

# --- every record ------------------------------------------------------------

repo records
cp -r "$shop/." world/
steps | page
call 1 run page.md --yes
whole
here=$(bundle)
cp -r "$here" "$work/model"
cp page.md "$work/model.md"
began=$(grep -n '"for":"undo"' "$here/journal.jsonl" | cut -d: -f1)
ended=$(grep -n '"type":"step"' "$here/journal.jsonl" | head -n 1 | cut -d: -f1)
ok
[ "$((ended - began))" -gt 10 ] || bad "the undo has $((ended - began)) records"
at=$((began - 1))
while [ "$at" -lt "$ended" ]; do
    case=records-$at
    rm -rf artifacts .runproof "$here"
    mkdir -p "$(dirname "$here")"
    cp -r "$work/model" "$here"
    head -n "$at" "$work/model/journal.jsonl" >"$here/journal.jsonl"
    rm -f "$here/run.intoto.json"
    cp page.md.orig page.md
    call 1 resume "$(basename "$here")" --yes
    same "$work/model.md" page.md
    call 0 verify --replay "$here"
    at=$((at + 1))
done

# --- a cloud that lives on ---------------------------------------------------

# cloud: served at $port; ends with the script.
cloud() {
    : >served
    "$program" sandbox --fixture world --state state >served 2>&1 &
    cloud=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        port=$(grep -o '127\.0\.0\.1:[0-9]*' served | head -n 1)
        [ -n "$port" ] && return
        sleep 0.2
    done
    bad 'the cloud does not start'
}

# asked METHOD: so many such requests the cloud has been asked to change by.
asked() {
    grep -c "\"method\":\"$1\"" state/requests.jsonl
}

for lines in 0 4 8; do
    repo "killed-$lines"
    cp -r "$shop/." world/
    cloud
    cat >runproof.yaml <<END
environments:
  staging:
    github: {base: "http://$port/github", repository: acme/shop,
      environment: staging}
    policy: {remote: ask}
END
    GITHUB_TOKEN=$(grep -o '"GITHUB_TOKEN": *"[^"]*"' world/world.json |
        cut -d '"' -f 4)
    export GITHUB_TOKEN
    steps | page
    "$program" run page.md --env staging --yes >run.out 2>&1 </dev/null &
    run=$!
    tries=0
    while [ "$tries" -lt 2000 ]; do
        journal=$(find artifacts -path '*/.*' -prune -o -name journal.jsonl -print 2>/dev/null | head -n 1)
        n=$(sed -n '/"for":"undo"/,$p' "${journal:-/dev/null}" | wc -l)
        [ "$n" -gt "$lines" ] && break
        tries=$((tries + 1))
        sleep 0.005
    done
    kill -9 "$run" 2>/dev/null
    wait "$run" 2>/dev/null
    last=$(tail -n 1 "$journal")
    case $last in
    *'"type":"end"'*) hits="$hits late" ;;
    *) hits="$hits hit" ;;
    esac
    call 1 resume "$(basename "$(bundle)")" --yes
    whole
    # a variable, a reference gone; an issue closed, which may be said again:
    # the row calls it idempotent
    ok
    [ "$(asked DELETE)" -eq 2 ] || bad "$(asked DELETE) were deleted"
    [ "$(asked PATCH)" -le 2 ] || bad "$(asked PATCH) were patched"
    kill "$cloud"
    wait "$cloud" 2>/dev/null
done
ok
case $hits in
*hit*) ;;
*) bad "no kill hit the undo:$hits" ;;
esac
echo "kills:$hits"

finish
