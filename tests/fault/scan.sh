#!/bin/sh
# runproof scan: what it finds in files and in history, who brought it, what
# is allowed about it; never a secret in what it says. The secrets below are
# made up, and put together here so that no file of ours holds one.
. tests/fault/lib.sh

password=k3Y9vQ2mXw7Lp
dsn=postgres://app:$password@db.shop.io:5432/app
token=ghp''_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com
export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com

# fresh NAME: an empty repository, entered.
fresh() {
    case=$1
    git init -q -b main "$work/$1" && cd "$work/$1" || exit 1
}

# commit DAY MESSAGE: all files, on that day of January 2025.
commit() {
    git add -A
    GIT_AUTHOR_DATE="2025-01-$1T12:00:00Z" \
        GIT_COMMITTER_DATE="2025-01-$1T12:00:00Z" git commit -q -m "$2"
}

# quiet: nothing that was said holds what was found.
quiet() {
    lacks "$password|${token#ghp_}" "$work/out" "$work/err"
}

# --- files -----------------------------------------------------------

fresh files
printf 'vault/\n' >.gitignore
mkdir vault sub
echo "URL=$dsn" >vault/staging.env
echo "postgres://app:app@localhost/app" >sub/local.env
printf 'first\n\ttoken: "%s"\n' "$token" >sub/notes.md
call 1 scan
prints '^sub/notes\.md:2:10: holds a token of GitHub, ghp_… \(40 characters\) \[github-token [0-9a-f]{16}\]$'
prints '^github-token: revoke it'
prints '^1 finding in 3 files'
quiet
call 1 scan sub
prints '^sub/notes\.md:2:10: '
call 0 scan sub/local.env
# A file that is named is looked at, whatever git ignores.
call 1 scan vault/staging.env
prints '^vault/staging\.env:1:5: holds a connection string'
quiet
printf 'x\0\0%s\0' "$token" >binary
call 1 scan binary
rm -rf .git
call 1 scan
prints '^vault/staging\.env:1:5: '

# --- history ---------------------------------------------------------

fresh history
echo hello >readme
commit 01 first
mkdir -p config
echo "URL=$dsn" >config/prod.env
commit 02 leak
echo 'URL=from the vault' >config/prod.env
commit 03 mend
call 0 scan
leak=$(git rev-parse --short=12 HEAD~1)
call 1 scan --history
prints "^config/prod\.env:1:5: holds a connection string with its password, post… \(28 characters\), since commit $leak of 2025-01-02 \[dsn-password [0-9a-f]{16}\]$"
prints '^1 finding in 3 blobs'
quiet
# Held by a tag alone, or by a worktree's HEAD alone.
git checkout -q --orphan clean && git commit -q -m clean
git tag old main && git branch -q -D main
call 1 scan --history
git worktree add -q --detach ../tree old
git tag -d old >/dev/null
call 1 scan --history
call 1 scan --history ../tree
git worktree remove ../tree
# Held by nothing but the reflog.
call 0 scan --history
grep -q 'note: 1 more in what no ref leads to: add --unreachable' "$work/err" ||
    bad "the note on what no ref leads to is missing"
call 1 scan --history --unreachable
prints "since commit $leak of 2025-01-02, which no ref leads to"
git gc -q
call 1 scan --history --unreachable
prints "since commit $leak of 2025-01-02, which no ref leads to"
# Staged once, never committed.
echo "T=$token" >staged && git add staged && git rm -q -f staged
call 1 scan --history --unreachable
prints '^\(no path\):1:3: holds a token .*, in blob [0-9a-f]{12}, in no commit, which no ref leads to'
quiet

# The oldest commit, when branches carry it on and files move.
fresh oldest
echo "T=$token" >a.txt
commit 05 leak
git mv a.txt b.txt
commit 06 moved
git checkout -q -b side HEAD~1
echo more >>a.txt
commit 04 earlier-by-date
call 1 scan --history --format json
ok
[ "$(grep -c '"rule": "github-token"' "$work/out")" -eq 1 ] ||
    bad "one secret at one path is not one finding"
grep -q "\"commit\": \"$(git rev-parse main~1)\"" "$work/out" ||
    bad "not the oldest commit"
quiet

# --- formats and calls ------------------------------------------------

call 1 scan --history --format sarif
prints '"version": "2\.1\.0"'
prints '"ruleId": "github-token"'
quiet
call 2 scan --format yaml
says "--format is text, json or sarif, not 'yaml'"
call 2 scan --unreachable
says '--unreachable needs --history'
call 2 scan nowhere
says 'nowhere does not exist or cannot be read'
mkdir "$work/plain"
call 2 scan --history "$work/plain"
says 'is in no git repository: leave out --history'

# --- what is allowed --------------------------------------------------

fresh allow
mkdir -p tests/data
echo "T=$token" >tests/data/fake.txt
echo "URL=$dsn" >prod.env
allow() {
    printf 'scan:\n  allow:\n' >runproof.yaml
    for line in "$@"; do printf '    %s\n' "$line" >>runproof.yaml; done
}
call 1 scan
finger=$(sed -n 's/.*\[dsn-password \(.*\)\]$/\1/p' "$work/out")
allow '- path: tests' '  reason: made up for the tests' \
    '  expires: 2999-01-31' "- fingerprint: \"$finger\"" \
    '  reason: changed on the day it leaked' '  expires: 2999-01-31'
call 0 scan
prints '^0 findings in 3 files, .*; 2 allowed$'
call 0 scan --format sarif
prints '"justification": "changed on the day it leaked"'
allow '- path: tests/*' '  rule: dsn-password' '  reason: made up for tests' \
    '  expires: 2999-01-31'
call 1 scan
prints '^2 findings'
allow '- path: "**/*.txt"' '  reason: made up for tests' '  expires: 2025-01-31'
call 1 scan
prints '^runproof\.yaml:3:1: what this allows is over since 2025-01-31'
prints '^tests/data/fake\.txt:1:3: '
allow '- path: tests' '  expires: 2999-01-31'
call 2 scan
says 'runproof\.yaml:3: scan\.allow: this needs a reason'
allow '- path: tests' '  reason: made up for tests'
call 2 scan
says 'runproof\.yaml:3: scan\.allow: this needs .expires.'
allow '- reason: made up for tests' '  expires: 2999-01-31'
call 2 scan
says 'runproof\.yaml:3: scan\.allow: this needs the fingerprint'
allow '- path: tests' '  reasn: made up for tests' '  expires: 2999-01-31'
call 2 scan
says "runproof\.yaml:4: scan\.allow: unknown key 'reasn'; did you mean reason"
allow '- path: tests' '  reason: made up for tests' '  rule: none' \
    '  expires: 2999-01-31'
call 2 scan
says "there is no rule 'none'"

# --- from a block -----------------------------------------------------

fresh block
echo "URL=$dsn" >prod.env
commit 02 leak
leak=$(git rev-parse HEAD)
git rm -q prod.env
printf 'environments: {here: {}}\n' >runproof.yaml
file=page.md
page <<'END'
```lua {#files}
print("files", #git.scan())
```

```lua {#history}
for _, leak in ipairs(git.scan { history = true }) do
  print(leak.rule, leak.path, leak.line, leak.commit, leak.fingerprint)
end
print(pcall(git.scan, { unreachable = true }))
```
END
commit 03 page
call 0 run page.md --env here
shows '^files	0$'
shows "^dsn-password	prod\.env	1	$leak	[0-9a-f]{16}$"
shows 'git\.scan: unreachable needs history = true'
call 0 verify --replay page.md
lacks "$password" page.md artifacts/*/*/journal.jsonl
printf 'x' >>.git/objects/pack/none.idx
call 1 run page.md --env here
shows 'not everything could be looked at'

finish
