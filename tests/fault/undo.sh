#!/bin/sh
# What a failed step changed is offered to be taken back, the newest change
# first, each through the door and once; what cannot be is said.
. tests/fault/lib.sh

shop=$PWD/runbooks/fixtures/shop

# shop NAME: a repository with the simulated shop.
shop() {
    repo "$1"
    cp -r "$shop/." world/
}

# undone N: so many requests of the undo, each made once.
undone() {
    ok
    n=$(sed -n '/"for":"undo"/,$p' "$(bundle)/journal.jsonl" |
        grep -c '"class":"remote".*"type":"result"')
    [ "$n" -eq "$1" ] || bad "$n requests took something back, not $1"
}

# looks: a step that runs in any case and shows how the world is.
looks() {
    block look always <<'END'
local v = github.try.variables.get { name = "COLOUR" }
print("variable", v and v.value)
print("issues", #github.issues.list { state = "open", labels = "undo" })
local m = fly.machines.list {}[1]
print("memory", m.config.guest.memory_mb, m.state)
END
}

changes() {
    cat <<'END'
github.variables.create { name = "COLOUR", value = "red" }
local issue =
  github.issues.create { title = "T", body = "B", labels = { "undo" } }
github.variables.update { name = "COLOUR", value = "blue" }
github.comments.create { issue = issue.number, body = "stays" }
error("boom")
END
}

shop lifo
{ changes | block change 'effect=remote retries=1' && looks; } | page
call 1 run page.md --yes
shows '^\*\*Undone:\*\* 3 of 4 changes, 1 cannot be$'
shows '^variable.*nil$'
shows '^issues.*0$'
undone 3
# the newest first
ok
grep -o '^| github[^ ]*' page.md | cut -c3- >got
printf '%s\n' github.comments.create github.variables.update \
    github.issues.create github.variables.create >wanted
same wanted got
shows 'comments.create.*\| no: a comment stays'
proven
call 0 verify --replay "$(bundle)"

# Nobody is there, or says no: it stays, and that is said.
shop nobody
{ changes | block change 'effect=remote retries=0' && looks; } | page
call 1 run page.md --answer change=yes
shows '^\*\*Undone:\*\* no: 3 changes could be taken back, and nobody was there'
shows '^variable.*blue$'
undone 0
proven
call 0 verify --replay "$(bundle)"
cp page.md.orig page.md
call 1 run page.md --answer change=yes --answer change-undo=no
shows '^\*\*Undone:\*\* no: .*a person said no'
undone 0
cp page.md.orig page.md
call 1 run page.md --answer change=yes --answer change-undo=yes
shows '^variable.*nil$'
undone 3

# Beside a rescue, --yes does not answer; a person does.
shop rescue
{
    changes | block change 'effect=remote retries=0 on-fail=mend'
    echo 'print("mended")' | block mend
    looks
} | page
call 1 run page.md --yes
shows '^\*\*Undone:\*\* no: .*nobody was there'
shows '^mended$'
cp page.md.orig page.md
call 1 run page.md --yes --answer change-undo=yes
shows '^\*\*Undone:\*\* 3 of 4'
shows '^mended$'

# Of several changes of one machine the oldest alone is taken back, and what a
# helper has put back by itself is not put back again.
shop machine
{
    block resize 'effect=remote retries=0' <<'END'
local m = fly.machines.list {}[1]
local config = m.config
for _, size in ipairs { 1024, 2048 } do
  config.guest.memory_mb = size
  m = fly.machines.update { machine = m.id, config = config,
    current_version = m.instance_id }
end
error("boom")
END
    looks
} | page
call 1 run page.md --yes
shows '^\*\*Undone:\*\* 2 of 2 changes$'
shows 'with the older change of the same'
shows '^memory.*512'
undone 1
call 0 verify --replay "$(bundle)"
{
    block resize 'effect=remote retries=0' <<'END'
local m = fly.machines.list {}[1]
local old, config = json.encode(m.config), m.config
config.guest.memory_mb = 1024
m = fly.machines.update { machine = m.id, config = config }
fly.machines.update { machine = m.id, config = json.decode(old) }
error("boom")
END
} | page
call 1 run page.md --yes
shows 'it is as it was'
undone 0

# What a policy lets no person decide is not taken back; a rehearsal neither.
shop rehearsal
{ changes | block change 'effect=remote retries=0'; } | page
call 1 plan page.md
untouched

# What others changed since stays, and the undo goes on.
shop others
{
    block change 'effect=remote retries=0' <<'END'
github.variables.create { name = "COLOUR", value = "red" }
github.issues.create { title = "T", body = "B", labels = { "undo" } }
http.patch("https://api.github.com/repos/acme/shop/environments/staging/variables/COLOUR", {
  json = { value = "green" }, headers = { Authorization =
    secret.template("Bearer {}", secret.get("GITHUB_TOKEN")),
    ["User-Agent"] = "x", Accept = "application/vnd.github+json" } })
error("boom")
END
    looks
} | page
call 1 run page.md --yes
shows '^\*\*Undone:\*\* 1 of 2 changes could not be taken back'
shows 'NOT: .*someone changed it since'
shows '^issues.*0$'
shows '^variable.*green$'
proven
call 0 verify --replay "$(bundle)"

finish
