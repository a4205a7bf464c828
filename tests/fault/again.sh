#!/bin/sh
# A step that fails late is tried again: its helpers look before they change,
# and must still ask for the changes that the attempts before have made.
. tests/fault/lib.sh

shop=$PWD/runbooks/fixtures/shop

# counted N: so many changes were made, each once.
counted() {
    ok
    n=$(grep -c '"class":"remote".*"ok":true' "$(bundle)/journal.jsonl")
    reused=$(grep -c '"reused":true' "$(bundle)/journal.jsonl")
    [ "$((n - reused))" -eq "$1" ] ||
        bad "$((n - reused)) changes were made, not $1"
}

repo github
cp -r "$shop/." world/
{
    block at <<'END'
sha = github.commits.get({ ref = "main" }).sha
begun = time.now()
END
    block change 'effect=remote timeout=20m retries=3' <<'END'
local function trip(seconds)
  if time.now() < begun + seconds then
    time.sleep(60)
    error("not yet")
  end
end
github.environments.put {
  environment = "guarded", reviewers = { { type = "User", id = 3 } },
}
github.set_secret { name = "API_KEY", value = secret.get("FLY_API_TOKEN") }
github.set_variable { name = "COLOUR", value = "red" }
trip(20)
github.set_variable { name = "PUBLIC_SITE_URL", value = "https://x" }
github.delete_secret { name = "FLY_API_TOKEN" }
github.refs.create { ref = "refs/heads/x/y", sha = sha }
github.put_file {
  path = "docs/a.md", text = "a\n", message = "docs: a", branch = "x/y",
}
github.put_file {
  path = "package.json", text = "{}\n", message = "b", branch = "x/y",
}
local pull = github.open_pull { head = "x/y", base = "main", title = "A" }
github.upsert_issue { title = "T", body = "B", labels = { "x" } }
github.merge { pull = pull.number, method = "squash" }
local started = github.dispatch {
  workflow = "deploy.yml", ref = "main", step = "d",
  inputs = { environment = "guarded", image = "x" },
}
pcall(github.watch, started.workflow_run_id, 30)
github.approve {
  id = started.workflow_run_id, environments = { "guarded" }, comment = "go",
}
local run = github.watch(started.workflow_run_id)
trip(400)
print(run.conclusion, #github.runs.logs { id = run.id } > 100)
END
} | page
call 0 run page.md --yes
proven
call 0 verify --replay "$(bundle)"
grep -q '^success	true$' page.md || bad 'the page does not tell its end'
# environment, secret, two variables, a secret gone, branch, two files, pull
# request, issue, merge, run, review
counted 13

finish
