#!/bin/sh
# Who may say yes to what: a confirm= needs a person, consent to one class is
# none to another, a policy that is no mapping is an error, and what a secret
# question is answered with stays out of every file.
. tests/fault/lib.sh

# live POLICY: the environment staging, with this policy.
live() {
    printf 'environments:\n  staging:\n    policy: %s\n' "$1" >runproof.yaml
}

looks() {
    echo 'sh.run({"true"}, {effect = "read"})'
}

repo confirm
live '{remote: allow}'
echo 'print("rolled back")' | block one 'effect=remote confirm="Roll back?"' |
    page
call 3 run page.md --env staging --yes
says 'Roll back\?.*--answer one=yes$'
call 0 resume "$(basename "$(bundle)")" --answer one=yes
shows '^rolled back$'
call 0 run page.md --env staging --answer one=yes

repo classes
live '{read: ask, remote: ask}'
{
    looks
    echo 'print("looked")'
    echo 'sh.run({"true"})'
} | block one 'effect=remote' | page
call 3 run page.md --env staging --answer one-read=yes
says 'changes staging.*--answer one=yes or --yes'
call 0 resume "$(basename "$(bundle)")" --answer one=yes
shows '^looked$'
call 3 run page.md --env staging --answer one=yes
says 'reads in staging.*--answer one-read=yes'
call 4 verify "$(bundle)"

# A rehearsal agrees to nothing that is real.
repo rehearsal
live '{read: ask, remote: plan}'
{
    echo 'sh.run({"touch", "made"})'
} | block one 'effect=remote confirm="Really?" retries=0' >body
looks | block two 'retries=0 always' >>body
page <body
call 0 plan page.md --env staging
prints '~ sh.run touch made'
prints 'reads in staging'
untouched

for verdict in plan deny; do
    repo "read-$verdict"
    live "{read: $verdict}"
    looks | block one | page
    call 3 run page.md --env staging
    shows 'status=refused'
    shows 'refused: read in staging'
    call 0 verify page.md
done

repo scalars
looks | block one | page
for wrong in 'environments: staging' \
    'environments: {staging: {policy: deny}}' \
    'environments: {staging: {policy: [deny]}}' \
    'environments: {staging: {secrets: process}}'; do
    echo "$wrong" >runproof.yaml
    call 2 run page.md --env staging
    says 'runproof.yaml'
done
untouched

repo typed
live '{read: allow}'
echo 'print(secret.equal(ask.input("Token?", {id = "t", secret = true}), "x"))' |
    block one | page
call 2 run page.md --env staging --answer t=hunter2hunter2
says 't is a secret.*@env:'
lacks 'hunter2' page.md "$(bundle)/journal.jsonl"
TOKEN=hunter2hunter2
export TOKEN
call 0 run page.md --env staging --answer t=@env:TOKEN
shows '^false$'
call 0 resume "$(basename "$(bundle)")" --answer t=@env:TOKEN
lacks 'hunter2' page.md "$(bundle)/journal.jsonl"

# Handles are numbered in the order of the front matter, then and later.
sums() {
    cat <<'END'
for _, s in ipairs{params.zulu, params.alpha} do
  local sum = sh.run({"sh", "-c", "printf %s \"$IT\" | sha256sum"},
    {env = {IT = secret.template("{}", s)}})
  print(sum.stdout:sub(1, 64))
end
END
}

repo order
live '{read: allow}'
{
    printf -- '---\ntitle: A page\nowner: ops\nparams:\n'
    printf '  zulu: {type: string, secret: true}\n'
    printf '  alpha: {type: string, secret: true}\n---\n\n# A page\n\n'
    sums | block one
    echo 'ask.confirm("go on?", {id = "go"})' | block two
    sums | block three
} >page.md
ZULU=zulu-is-secret ALPHA=alpha-secret
export ZULU ALPHA
call 3 run page.md --env staging -p zulu=@env:ZULU -p alpha=@env:ALPHA
call 0 resume "$(basename "$(bundle)")" --answer go=yes
for value in "$ZULU" "$ALPHA"; do
    ok
    sum=$(printf %s "$value" | sha256sum | cut -c1-64)
    [ "$(grep -c "^$sum\$" page.md)" = 2 ] || bad "$value was taken for another"
done

finish
