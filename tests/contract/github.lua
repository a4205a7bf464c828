-- Every call of GitHub at least once; see fly.lua. Ids come from answers; what
-- is written behind `or` serves a cloud without a memory.

local SHA = ("a"):rep(40)

local function id_of(answer, name, otherwise)
  return type(answer) == "table" and answer[name] or otherwise
end

-- --- the token and the repository ------------------------------------------

call("rate_limit.get", {})
call("user.get", {})
call("repo.get", {})
call("repo.dispatch", {
  event_type = "deploy", client_payload = { marker = "contract/event" },
})

-- --- environments, secrets, variables --------------------------------------

call("environments.list", {})
call("environments.get", {})
call("environments.put", {
  environment = "contract", wait_timer = 0, prevent_self_review = false,
  reviewers = { { type = "User", id = 1011 } },
  deployment_branch_policy = {
    protected_branches = false, custom_branch_policies = true,
  },
})
refused("environments.put", { environment = "contract", wait_timer = 50000 },
  422)

for _, of in ipairs { "", "repo_" } do
  local key = call(of .. "secrets.key", {})
  local sealed = secret.seal(key.key, "a text to seal")
  for _ = 1, 2 do -- made, then replaced
    call(of .. "secrets.set", {
      name = "CONTRACT", encrypted_value = sealed, key_id = key.key_id,
    })
  end
  call(of .. "secrets.list", {})
  call(of .. "secrets.get", { name = "CONTRACT" })
  call(of .. "secrets.delete", { name = "CONTRACT" })
  call(of .. "variables.create", { name = "CONTRACT", value = "one" })
  call(of .. "variables.list", {})
  call(of .. "variables.get", { name = "CONTRACT" })
  call(of .. "variables.update", { name = "CONTRACT", value = "two" })
  call(of .. "variables.delete", { name = "CONTRACT" })
end
call("environments.delete", { environment = "contract" })

-- --- commits ---------------------------------------------------------------

call("commits.list", { sha = "hotfix/rounding", path = "src/total.js" })
local head = id_of(call("commits.get", { ref = "hotfix/rounding" }), "sha", SHA)
refused("commits.get", { ref = "0123456789" }, 422)
call("checks.list", { ref = "main", status = "completed" })
call("checks.suites", { ref = "main" })
call("compare", { range = "main...hotfix/rounding" })
refused("compare", { range = "main...none" }, 404)
call("commit_statuses.create", {
  sha = head, state = "success", context = "contract", description = "fine",
  target_url = "https://shop.example/x",
})
call("commit_statuses.list", { ref = head })
call("commit_statuses.combined", { ref = head })
refused("commit_statuses.combined", { ref = "none" }, 404)

-- --- branches, tags, references --------------------------------------------

call("branches.list", { protected = false })
local main = call("branches.get", { branch = "main" })
refused("branches.get", { branch = "none" }, 404)
local tip = type(main) == "table" and main.commit and main.commit.sha or SHA
call("refs.create", { ref = "refs/heads/contract/one", sha = tip })
refused("refs.create", { ref = "refs/heads/contract/one", sha = tip }, 422)
call("refs.get", { ref = "heads/contract/one" })
refused("refs.get", { ref = "heads/none" }, 404)
call("refs.matching", { ref = "heads/contract" })
call("refs.update", { ref = "heads/contract/one", sha = head })
refused("refs.update", { ref = "heads/contract/one", sha = tip }, 422)
call("refs.update", { ref = "heads/contract/one", sha = tip, force = true })
call("tags.list", {})

-- --- files -----------------------------------------------------------------

call("contents.get", { path = "src/server.js" })
call("contents.get", { path = "src", ref = "main" })
refused("contents.get", { path = "src/none.js" }, 404)
local made = call("contents.put", {
  path = "docs/contract.md", message = "docs: a contract",
  content = "YSBjb250cmFjdAo=", branch = "contract/one",
})
local blob = type(made) == "table" and type(made.content) == "table"
  and made.content.sha or SHA
refused("contents.put", {
  path = "docs/contract.md", message = "m", content = "eA==",
  branch = "contract/one",
}, 422)
call("contents.put", {
  path = "docs/contract.md", message = "docs: another contract", sha = blob,
  content = "YSBjb250cmFjdAp0d28K", branch = "contract/one",
  author = { name = "Ines", email = "ines@shop.example" },
})
refused("contents.delete", {
  path = "docs/contract.md", message = "m", sha = SHA, branch = "contract/one",
}, 409)

-- --- pull requests ---------------------------------------------------------

local pull = id_of(call("pulls.create", {
  head = "contract/one", base = "main", title = "A contract", body = "why",
}), "number", 1347)
refused("pulls.create", {
  head = "contract/one", base = "main", title = "Again",
}, 422)
call("pulls.list", { state = "open", head = "acme:contract/one" })
call("pulls.update", { pull = pull, title = "The contract" })
call("pulls.get", { pull = pull })
refused("pulls.get", { pull = 1 }, 404)
refused("pulls.merged", { pull = pull }, 404)
refused("pulls.merge", { pull = pull, sha = tip }, 409)
call("pulls.merge", { pull = pull, merge_method = "squash" })
refused("pulls.merge", { pull = pull }, 405)
call("pulls.merged", { pull = pull })
local there = call("contents.get", { path = "docs/contract.md" })
call("contents.delete", {
  path = "docs/contract.md", message = "docs: no contract",
  sha = id_of(there, "sha", SHA),
})
call("refs.delete", { ref = "heads/contract/one" })
refused("refs.delete", { ref = "heads/contract/one" }, 422)

-- --- issues ----------------------------------------------------------------

local issue = id_of(call("issues.create", {
  title = "A contract", body = "why", labels = { "docs" },
  assignees = { "acme-deploy" },
}), "number", 1347)
call("issues.list", { state = "all", labels = "docs" })
call("issues.get", { issue = issue })
refused("issues.get", { issue = 1 }, 404)
call("comments.create", { issue = issue, body = "because" })
call("comments.list", { issue = issue })
call("issues.update", {
  issue = issue, state = "closed", state_reason = "completed",
})

-- --- releases --------------------------------------------------------------

call("releases.notes", { tag_name = "v1.8.0" })
local release = id_of(call("releases.create", {
  tag_name = "v1.8.0", target_commitish = "main", name = "1.8.0",
  body = "What is new", prerelease = false, make_latest = "true",
}), "id", 1)
refused("releases.create", { tag_name = "v1.8.0" }, 422)
call("releases.list", {})
call("releases.latest", {})
call("releases.by_tag", { tag = "v1.8.0" })
call("releases.get", { release = release })
call("releases.update", { release = release, name = "1.8" })
call("releases.assets", { release = release })
call("releases.delete", { release = release })

-- --- deployments -----------------------------------------------------------

local deployment = id_of(call("deployments.create", {
  ref = "main", environment = "staging", auto_merge = false,
  required_contexts = json.array {}, payload = { run = run.id, step = "x" },
}), "id", 1)
local status = id_of(call("statuses.create", {
  deployment = deployment, state = "success", description = "done",
  environment_url = "https://shop.example",
}), "id", 1)
call("deployments.list", { environment = "staging" })
call("deployments.get", { deployment = deployment })
refused("deployments.get", { deployment = 1 }, 404)
call("statuses.list", { deployment = deployment })
call("statuses.get", { deployment = deployment, status = status })
refused("deployments.delete", { deployment = deployment }, 422)
call("statuses.create", { deployment = deployment, state = "inactive" })
call("deployments.delete", { deployment = deployment })

-- --- workflows and their runs ----------------------------------------------

call("workflows.list", {})
call("workflows.get", { workflow = "ci.yml" })
local function start(workflow, inputs)
  return id_of(call("workflows.dispatch", {
    workflow = workflow, ref = "main", inputs = inputs,
    return_run_details = true,
  }), "workflow_run_id", 30433642)
end
local ci = start("ci.yml", { marker = "contract/ci" })
call("runs.list", { event = "workflow_dispatch", branch = "main" })
call("workflows.runs", { workflow = "ci.yml", status = "queued" })
call("runs.get", { id = ci })
time.sleep(300)
local jobs = call("runs.jobs", { id = ci, filter = "latest" })
local job = id_of(jobs and jobs[1], "id", 399444496)
call("jobs.get", { job = job })
call("jobs.logs", { job = job })
call("runs.logs", { id = ci })
refused("runs.cancel", { id = ci }, 409)
local artifacts = call("runs.artifacts", { id = ci, name = "coverage" })
local artifact = id_of(artifacts and artifacts[1], "id", 11)
call("artifacts.list", {})
call("artifacts.get", { artifact = artifact })
call("artifacts.download", { artifact = artifact })
call("runs.rerun", { id = ci, attempt = 1, enable_debug_logging = false })
call("runs.cancel", { id = ci })
call("runs.rerun_failed", { id = ci, attempt = 2 })
call("runs.force_cancel", { id = ci })

local guarded = call("environments.put", {
  environment = "guarded", reviewers = { { type = "User", id = 1011 } },
})
local deploy = start("deploy.yml", {
  environment = "guarded", image = "shop:1", marker = "contract/deploy",
})
time.sleep(10)
call("runs.pending", { id = deploy })
call("runs.review", {
  id = deploy, environment_ids = { id_of(guarded, "id", 161088068) },
  state = "approved", comment = "go",
})
