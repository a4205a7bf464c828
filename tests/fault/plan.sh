#!/bin/sh
# A plan binds the run: the world changed behind it, the page or its inputs
# changed, a resume. What is not in the plan is not sent.
. tests/fault/lib.sh

root=$PWD
pids=
# shellcheck disable=SC2154 # lib.sh makes the folder
trap 'for pid in $pids; do kill "$pid"; done 2>/dev/null; rm -rf "$work"' EXIT

# cloud: a simulated cloud that outlives the runs; $base is where it is, and
# $changes counts what was done to it.
cloud() {
    mkfifo "$work/pipe"
    "$program" sandbox --fixture "$root/runbooks/fixtures/shop" \
        --state "$work/state" >"$work/pipe" 2>"$work/cloud.err" &
    pids="$pids $!"
    read -r line <"$work/pipe" || {
        cat "$work/cloud.err" >&2
        exit 1
    }
    base=$(echo "$line" | sed 's/.* at //')
}

changes() {
    wc -l <"$work/state/requests.jsonl"
}

# settings NAME POLICY: an environment on that cloud.
settings() {
    cat <<END
  $1:
    fly: {base: $base/fly, app: shop-staging, org: acme}
    fly_graphql: {base: $base/fly_graphql}
    github: {base: $base/github, repository: acme/shop, environment: staging}
    secrets: [process]
    policy: {remote: $2}
END
}

export FLY_API_TOKEN=sandbox-fly-token-4f1d2a
export GITHUB_TOKEN=sandbox-github-token-9c03be

repo plans
cloud
{
    echo 'environments:'
    settings staging allow
    settings production plan
} >runproof.yaml

cat >scale.md <<'END'
---
owner: ops
params:
  memory_mb: {type: integer, default: 1024}
---

# Memory

```lua {#plan}
plan = fly.plan_memory { memory_mb = params.memory_mb }
```

```lua {#scale effect=remote timeout=5m}
fly.set_memory(plan)
```

```lua {#note effect=local}
fs.write("note.txt", run.id .. " at " .. time.iso() .. "\n")
```
END

# --- the same plan, whenever it is made ---------------------------------------

call 0 plan scale.md --env staging -o one.json
prints 'config.guest.memory_mb: 1024'
prints '^hash: [0-9a-f]{64}$'
sleep 1
call 0 plan scale.md --env staging --check one.json -o two.json
hash() { sed 's/.*"hash":"\([0-9a-f]*\)".*/\1/' "$1"; }
ok
[ "$(hash one.json)" = "$(hash two.json)" ] || bad "two plans, two hashes"
ok
[ "$(changes)" -eq 0 ] || bad "a plan changed something"
lacks "$FLY_API_TOKEN" one.json
ok
[ ! -e note.txt ] || bad "a plan wrote a file"
[ ! -e artifacts ] || bad "a plan left evidence"

# --- what it is for ------------------------------------------------------------

call 3 run scale.md --env staging --plan one.json -p memory_mb=768
says 'one.json: the plan is for other inputs'
call 3 run scale.md --env production --plan one.json
says 'the plan is for another environment'
sed 's/Memory/More memory/' scale.md >other.md
call 3 run other.md --env staging --plan one.json
says 'the plan is for another page'
cp scale.md kept.md
echo 'More.' >>scale.md
call 3 run scale.md --env staging --plan one.json
says 'the plan is for another version of this page'
cp kept.md scale.md
sed 's/1024/2048/g' one.json >forged.json
call 5 run scale.md --env staging --plan forged.json
says 'change [0-9]+ was changed'
echo '{"type":"runproof/plan/v1"}' >broken.json
call 2 run scale.md --env staging --plan broken.json
says 'the plan lacks runbook'
cp runproof.yaml kept.yaml
echo '# a word' >>runproof.yaml
call 3 run scale.md --env staging --plan one.json
says 'another runproof.yaml'
cp kept.yaml runproof.yaml

# --- under a policy that wants a plan, and an approval ---------------------------

call 0 plan scale.md --env production -o approved.json
call 3 run scale.md --env production --yes
shows 'it needs an approved plan' scale.md
cp kept.md scale.md
call 3 run scale.md --env production --yes --plan approved.json
says 'there is no origin/HEAD to read the persons from who may approve'
same kept.md scale.md
ok
[ "$(changes)" -eq 0 ] || bad "something was changed without approval"

# --- the world changed behind it ---------------------------------------------------

cat >edit.md <<END
---
owner: ops
params:
  which: {type: integer, default: 2}
---

\`\`\`lua {#edit effect=remote timeout=5m}
-- so that no lease of a run that was stopped is left
http.post("$base/_sandbox/clock", { json = { seconds = 700 } })
local one = fly.machines.list {}[params.which]
one.config.guest.memory_mb = 768
fly.machines.update { machine = one.id, config = one.config }
\`\`\`
END
call 0 run edit.md --env staging --yes
before=$(changes)
call 3 plan scale.md --env staging --check one.json
prints 'memory_mb: 768|current_version'
says 'not the same plan any more'
call 3 run scale.md --env staging --yes --plan one.json
shows "not the plan's change" scale.md
shows 'nothing was sent' scale.md
# the first machine is as it was: its three changes are the plan's
ok
[ "$(changes)" -eq $((before + 4)) ] || bad "$(changes) changes, not $before + 4"
ok
grep -q 'memory_mb.*:1024' "$work/state/requests.jsonl" ||
    bad "the change that is in the plan was not made"
ok
[ ! -e note.txt ] || bad "went on behind the change that is not in the plan"

# --- it stops before the first change that is not in it ----------------------------

cp kept.md scale.md
call 0 run edit.md --env staging --yes
call 0 plan scale.md --env staging -p memory_mb=1280 -o late.json
call 0 run edit.md --env staging --yes -p which=1
before=$(changes)
call 3 run scale.md --env staging --yes --plan late.json -p memory_mb=1280
shows "not the plan's change 2" scale.md
# the lease is the plan's, the update is not
ok
[ "$(changes)" -eq $((before + 1)) ] ||
    bad "$(($(changes) - before)) changes, not the lease alone"

# --- a run that is interrupted goes on under its plan -------------------------------

cat >steps.md <<'END'
---
owner: ops
---

```lua {#one effect=remote}
deployment = github.start_deployment {
  ref = "main", environment = "staging", step = "one",
}
```

```lua {#many effect=remote}
each(fly.machines.list {}, function(m)
  fly.machines.set_metadata { machine = m.id, key = "a", value = run.id }
  fly.machines.set_metadata { machine = m.id, key = "b", value = time.iso() }
end)
```

```lua {#two effect=remote confirm="Go on?"}
github.report(deployment, "success", "Done")
```
END
call 0 plan steps.md --env staging -o steps.json
call 0 plan steps.md --env staging --check steps.json
call 3 run steps.md --env staging --yes --plan steps.json
prints 'plan: .* 5 of its 6 changes were made'
ok
grep -q "\"plan\":\"$(hash steps.json)\"" "$(bundle)/journal.jsonl" ||
    bad "the journal does not name the plan"
run=$(basename "$(bundle)")
cp "$(bundle)/plan.json" "$work/plan.json"
sed -i "s/Done/Other/g" "$(bundle)/plan.json"
call 5 resume "$run" --answer two=yes
says 'change 6 was changed'
cp two.json "$(bundle)/plan.json"
call 5 resume "$run" --answer two=yes
says 'not the plan that the run is held to'
cp "$work/plan.json" "$(bundle)/plan.json"
call 0 resume "$run" --answer two=yes
prints 'plan: .* 6 of its 6 changes were made'
call 0 verify steps.md
call 0 verify "$run" --replay

# An edited page is another one, though only steps changed that had not begun.
call 0 plan steps.md --env staging -o again.json
call 3 run steps.md --env staging --yes --plan again.json
run=$(basename "$(bundle)")
before=$(changes)
cp steps.md whole.md
sed -i 's/"Done"/"Something else"/' steps.md
call 3 resume "$run" --answer two=yes
says 'held to a plan for what it was'
ok
[ "$(changes)" -eq "$before" ] || bad "a resume changed what is not in the plan"
cp whole.md steps.md
call 0 resume "$run" --answer two=yes
prints 'plan: .* 6 of its 6 changes were made'

# --- requests made by hand ------------------------------------------------------------

cat >hand.md <<END
---
owner: ops
---

\`\`\`lua {#hand effect=remote}
local at = "$base/fly/v1/apps/shop-staging/machines"
local headers = { Authorization = secret.template("Bearer {}",
  secret.get("FLY_API_TOKEN")) }
local id = json.decode(http.get(at, { headers = headers }).body)[1].id
http.post(at .. "/" .. id .. "/metadata/hand", {
  headers = headers, json = { value = "made" },
})
local one = json.decode(http.get(at .. "/" .. id,
  { headers = headers }).body)
fs.write("hand.txt", one.config.metadata.hand)
\`\`\`

\`\`\`lua {#unknown effect=remote needs=hand}
http.post("$base/_sandbox/clock", { json = { seconds = 1 } })
\`\`\`
END
call 0 plan hand.md --env staging -o hand.json
prints 'prediction stops here'
prints '\+ made'
call 0 run hand.md --env staging --yes --plan hand.json
prints 'plan: .* 3 of its 3 changes were made'

# --- what nobody can tell stops the prediction, it is not made up ----------------------

cat >below.md <<'END'
---
owner: ops
---

```lua {#below effect=remote}
local one = fly.machines.list {}[1]
fly.machines.set_metadata { machine = one.id, key = "below", value = "1" }
print(#fly.machines.versions { machine = one.id })
fly.machines.memory { machine = one.id }
```

```lua {#hole effect=remote always}
local made = github.start_deployment {
  ref = "main", environment = "staging", step = "hole",
}
sh.run({ "echo", tostring(made.id) }, { effect = "read" })
```
END
call 0 plan below.md --env staging -o below.json
prints '! not predicted: fly.machines.memory may show what was changed$'
prints '! not predicted: it asks for what is not there yet$'
prints 'the prediction stops at 2 places'

finish
