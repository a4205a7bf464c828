#!/bin/sh
# A run in which a step failed in the end leaves a summary to be sent, and tells
# whom the environment names: once, and with no effect on how it ends.
. tests/fault/lib.sh

shop=$PWD/runbooks/fixtures/shop

fails() {
    block breaks 'effect=remote retries=1' <<'END'
github.issues.create { title = "left", labels = { "undo" } }
github.comments.create { issue = 101, body = "a" }
error("boom <!-- /runproof:evidence --> [x](y) @all " .. run.id)
END
}

# --- the summary -------------------------------------------------------------

repo summary
cp -r "$shop/." world/
fails | page
call 1 run page.md --yes
prints 'to send: artifacts/ops/.*/escalation.md$'
md=$(bundle)/escalation.md
shows '^## Step breaks$' "$md"
shows '^2 attempts, the last until' "$md"
shows '^- remote: POST .*issues' "$md"
shows '^Undone: 1 of 2 changes, 1 cannot be$' "$md"
shows '^runproof run page.md --env sandbox --from breaks$' "$md"
lacks '^- hook' "$md"
only_text "$md"
ok
grep -q '"for":"escalate"' "$(bundle)/journal.jsonl" && bad 'who was told?'
proven
call 0 verify "$(bundle)"
call 0 verify --replay "$(bundle)"

repo fine
echo 'print("x")' | block works | page
call 0 run page.md
ok
[ ! -e "$(bundle)/escalation.md" ] || bad 'a run that passed escalates'

# --- in the sandbox ----------------------------------------------------------

# env_of JSON: the simulated environment says escalate: JSON.
env_of() {
    sed "s|^  \"env\": {|&\n    \"escalate\": $1,|" "$shop/world.json" \
        >world/world.json
}

repo sandbox
cp -r "$shop/." world/
env_of '{"webhook": "https://hooks.example/x", "issue": "acme/shop"}'
fails | page
call 1 run page.md --yes
prints 'hook: told$'
for asked in 'POST.*https://hooks.example/x' 'POST.*repos/acme/shop/issues"'; do
    ok
    sed -n '/"for":"escalate"/,$p' "$(bundle)/journal.jsonl" |
        grep -qE "\"method\":\"$asked" || bad "no $asked"
done
shows 'escalated: .*hook: told' feedback/ops.md
proven
call 0 verify --replay "$(bundle)"
# a rehearsal tells nobody
cp page.md.orig page.md
call 1 plan page.md
lacks 'hook' "$work/out"

repo refused
cp -r "$shop/." world/
env_of '{"webhook": "http://hooks.example/x"}'
fails | page
call 1 run page.md --yes
prints 'hook: NOT told: .*https:// addresses alone'
proven

# --- a service that lives on -------------------------------------------------

serve() {
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

told() {
    ok
    n=$(grep -c '"url":"[^"]*/hooks' state/requests.jsonl)
    [ "$n" -eq "$1" ] || bad "the hook was told $n times, not $1"
}

repo live
cp -r "$shop/." world/
serve
cat >runproof.yaml <<END
environments:
  staging:
    github: {base: "http://$port/github", repository: acme/shop}
    policy: {remote: deny}
    escalate: {webhook: {secret: HOOK_URL}}
END
HOOK_URL=http://$port/hooks/5up3r-secret-path
export HOOK_URL
echo 'error("boom " .. tostring(env.escalate))' | block breaks 'retries=0' |
    page
call 1 run page.md --env staging
prints 'hook: told$'
shows 'boom nil'
told 1
grep -rq '5up3r-secret' page.md artifacts feedback && bad 'the address is shown'
# told once, also by a run that is cut before its end and resumed
here=$(bundle)
cp "$here/journal.jsonl" whole.jsonl
began=$(grep -n '"for":"escalate"' whole.jsonl | cut -d: -f1)
ended=$(grep -n '"type":"end"' whole.jsonl | cut -d: -f1)
at=$(grep -n '"type":"intent"' whole.jsonl | tail -n 1 | cut -d: -f1)
while [ "$at" -lt "$ended" ]; do
    case=live-$at
    head -n "$at" whole.jsonl >"$here/journal.jsonl"
    rm -f "$here/run.intoto.json"
    mkdir -p ".runproof/runs/$(basename "$here")"
    call 1 resume "$(basename "$here")"
    told 1
    call 0 verify "$here"
    at=$((at + 1))
done
ok
[ "$began" -lt "$ended" ] || bad 'the hook is told after the end'
kill "$cloud"
wait "$cloud" 2>/dev/null

# A run that is held to a plan tells others, too; what it would take back
# stands in no plan.
repo bound
cp -r "$shop/." world/
serve
cat >runproof.yaml <<END
environments:
  staging:
    github: {base: "http://$port/github", repository: acme/shop,
      environment: staging}
    policy: {remote: allow}
    escalate: {webhook: {secret: HOOK_URL}}
END
HOOK_URL=http://$port/hooks/5up3r-secret-path
GITHUB_TOKEN=$(grep -o '"GITHUB_TOKEN": *"[^"]*"' world/world.json |
    cut -d '"' -f 4)
export GITHUB_TOKEN
block breaks 'effect=remote retries=0' <<'END' | page
github.variables.create { name = "COLOUR", value = "red" }
if run.id:sub(1, 2) == "01" then error("boom") end
END
call 0 plan page.md --env staging -o plan.json
call 1 run page.md --env staging --plan plan.json --yes
prints 'hook: told$'
shows '^\*\*Undone:\*\* no: 1 change could .*the policy lets no person decide$'
told 1
call 0 verify --replay "$(bundle)"
kill "$cloud"
wait "$cloud" 2>/dev/null

repo gone
printf 'environments:\n  gone:\n    escalate: {webhook: {url: "http://127.0.0.1:1/hooks"}}\n' \
    >>runproof.yaml
echo 'error("boom")' | block breaks 'retries=0' | page
call 1 run page.md --env gone
prints 'hook: NOT told: webhook: '
shows 'escalated: .*hook: NOT told' feedback/ops.md

finish
