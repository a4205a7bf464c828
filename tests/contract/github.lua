-- Every call of GitHub once; see fly.lua.

local INPUTS = { marker = "contract/ci" }

call("commits.list", {})
call("commits.get", { ref = "main" })
call("checks.list", { ref = "main" })
call("compare", { range = "main...hotfix/rounding" })
local started = call("workflows.dispatch", {
  workflow = "ci.yml", ref = "main", inputs = INPUTS,
  return_run_details = true,
})
call("runs.list", {})
call("runs.get", { id = started.workflow_run_id })
local one = call("deployments.create", {
  ref = "main", environment = "staging", auto_merge = false,
  required_contexts = json.array {}, payload = { run = run.id, step = "x" },
})
call("statuses.create", {
  deployment = one.id, state = "success", description = "done",
  environment_url = "https://shop.example",
})
call("deployments.list", {})
call("statuses.list", { deployment = one.id })
call("environments.secrets", {})
call("variables.list", {})
call("variables.get", { name = "PUBLIC_SITE_URL" })
