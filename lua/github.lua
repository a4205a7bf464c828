-- GitHub: code, reviews, workflow runs, deployments, secrets and variables.

local provider = require "provider"

--- Calls of GitHub's REST API on env.github.repository. Each raises one line
--- on failure; github.try.… gives nil and a provider.failure.
--- https://docs.github.com/rest
--- @class github

--- @class github.limit
--- @field limit integer requests of a window
--- @field used integer
--- @field remaining integer
--- @field reset integer Unix seconds

--- @class github.repository
--- @field full_name string
--- @field default_branch string
--- @field private boolean
--- @field archived boolean
--- @field permissions {admin:boolean, push:boolean, pull:boolean} of the token

--- @class github.environment
--- @field id integer
--- @field name string
--- @field protection_rules {type:string, wait_timer?:integer, reviewers?:table[]}[]

--- @class github.secret
--- @field name string
--- @field created_at string
--- @field updated_at string

--- @class github.variable : github.secret
--- @field value string

--- @class github.workflow
--- @field id integer
--- @field name string
--- @field path string .github/workflows/…
--- @field state "active"|"disabled_manually"|"disabled_inactivity"|"deleted"

--- @class github.run
--- @field id integer
--- @field run_number integer
--- @field run_attempt integer from 1; a rerun is the next
--- @field display_title string
--- @field event string
--- @field head_branch string
--- @field head_sha string
--- @field status "queued"|"in_progress"|"waiting"|"pending"|"requested"|"completed"
--- @field conclusion "success"|"failure"|"cancelled"|"skipped"|"timed_out"|"neutral" json.null before the end
--- @field html_url string

--- @class github.job
--- @field id integer
--- @field name string
--- @field status "queued"|"in_progress"|"waiting"|"completed"
--- @field conclusion string json.null before the end
--- @field steps {number:integer, name:string, status:string, conclusion:string}[]

--- @class github.pending
--- @field environment {id:integer, name:string}
--- @field wait_timer integer minutes
--- @field wait_timer_started_at string
--- @field current_user_can_approve boolean
--- @field reviewers {type:string, reviewer:table}[]

--- @class github.artifact
--- @field id integer
--- @field name string
--- @field size_in_bytes integer
--- @field digest string "sha256:…"
--- @field expired boolean

--- @class github.deployment
--- @field id integer
--- @field sha string
--- @field ref string
--- @field environment string
--- @field payload table
--- @field created_at string

--- @class github.status
--- @field id integer
--- @field state string
--- @field description string
--- @field environment_url string

--- @class github.commit
--- @field sha string
--- @field commit {message:string, author:{name:string, date:string}}
--- @field parents {sha:string}[]
--- @field html_url string

--- @class github.comparison
--- @field status "ahead"|"behind"|"diverged"|"identical"
--- @field ahead_by integer commits
--- @field behind_by integer commits
--- @field commits github.commit[]
--- @field files {filename:string, status:string, changes:integer}[]

--- @class github.check
--- @field id integer
--- @field name string
--- @field status "queued"|"in_progress"|"completed"
--- @field conclusion string json.null before the end

--- @class github.commit_status
--- @field context string
--- @field state "error"|"failure"|"pending"|"success"
--- @field description string

--- @class github.branch
--- @field name string
--- @field commit {sha:string}
--- @field protected boolean

--- @class github.ref
--- @field ref string "refs/heads/main"
--- @field object {type:string, sha:string}

--- @class github.content
--- @field type "file"|"dir"|"symlink"|"submodule"
--- @field path string
--- @field sha string of the blob
--- @field size integer bytes
--- @field content? string base64

--- @class github.release
--- @field id integer
--- @field tag_name string
--- @field name string
--- @field draft boolean
--- @field prerelease boolean
--- @field published_at string

--- @class github.pull
--- @field number integer
--- @field title string
--- @field state "open"|"closed"
--- @field merged boolean of pulls.get alone
--- @field mergeable boolean of pulls.get alone; json.null while it is unknown
--- @field mergeable_state string clean, dirty, blocked, behind, unstable, draft
--- @field head {ref:string, sha:string}
--- @field base {ref:string, sha:string}

--- @class github.issue
--- @field number integer
--- @field title string
--- @field body string
--- @field state "open"|"closed"
--- @field labels {name:string}[]

--- @class github.comment
--- @field id integer
--- @field body string

local github = provider.define {
  name = "github",
  base = "https://api.github.com",
  hosts = { "https://github.com" }, -- git over https
  auth = {
    secret = "GITHUB_TOKEN",
    header = "Authorization",
    scheme = "Bearer {}",
  },
  headers = {
    ["Accept"] = "application/vnd.github+json",
    ["X-GitHub-Api-Version"] = "2022-11-28",
    ["User-Agent"] = "runproof",
  },
  defaults = function(settings)
    local owner, repo = (settings.repository or ""):match("^([^/]+)/(.+)$")
    return {
      owner = owner, repo = repo, environment = settings.environment,
      workflow = settings.workflow,
    }
  end,
  predictions = "github/predict",
  limits = { at_once = 20, per_second = 15 }, -- 100; 900 reads a minute
  undos = "github/undos",
  rows = require "github/rows",
}

local named = require "provider/named"
local parts = {
  settings = require("github/settings")(github),
  runs = require("github/runs")(github),
  code = require("github/code")(github),
}

-- --- deployments -------------------------------------------------------------

--- The check runs of a commit and whether all have passed.
--- @param ref string
--- @return boolean green at least one, none pending or failed
--- @return table[] rows name, status, conclusion
function github.checks_green(ref)
  named.value("github.checks_green", "a SHA, branch or tag", ref, "string")
  return parts.code.checks_green(ref)
end

--- Records a deployment by this run. step tells the deployments of one run of
--- the page apart.
--- @param args {ref:string, environment:string, step:string, description?:string, production?:boolean}
--- @return github.deployment
function github.start_deployment(args)
  return github.deployments.create {
    ref = args.ref,
    environment = args.environment,
    description = args.description,
    auto_merge = false,
    required_contexts = json.array {},
    production_environment = args.production or false,
    payload = { run = run.id, step = args.step },
  }
end

--- Adds a status to a deployment; the description names this run.
--- @param deployment table as of github.start_deployment
--- @param state "in_progress"|"success"|"failure"|"error"|"inactive"
--- @param note string what happened, under 100 characters
--- @param url? string where the environment lives
--- @return github.status
function github.report(deployment, state, note, url)
  named.value("github.report", "a deployment, a state and a note", deployment,
    "table")
  return github.statuses.create {
    deployment = deployment.id,
    state = state,
    description = note .. " [" .. run.id .. "]",
    environment_url = url,
  }
end

-- --- workflow runs -----------------------------------------------------------

--- Starts a workflow (default env.github.workflow) and tells which run it
--- became. It adds the input `marker`, which the workflow has to have and to
--- show in its run-name (`run-name: Deploy ${{ inputs.marker }}`): by it a run
--- whose start a crash lost is found again. One without is started by
--- github.workflows.dispatch.
--- @param args {ref:string, step:string, inputs?:table, workflow?:string} step tells starts of one run apart
--- @return {workflow_run_id:integer, html_url:string}
function github.dispatch(args)
  return parts.runs.dispatch(args)
end

--- Follows a workflow run to its end; of one that did not succeed, prints
--- which step of which job failed and the end of its log.
--- @param id integer
--- @param within_s? integer default 30 minutes
--- @return github.run run with its conclusion
--- @return table[] rows job, status, conclusion, failed (its first such step)
function github.watch(id, within_s)
  named.value("github.watch", "the id of a run", id, "integer")
  return parts.runs.watch(id, within_s)
end

--- The jobs of a run as they are now.
--- @param id integer
--- @return table[] rows job, status, conclusion, failed
function github.jobs_of(id)
  named.value("github.jobs_of", "the id of a run", id, "integer")
  return parts.runs.jobs_of(id)
end

--- The last lines of a job's log, without their times.
--- @param job integer
--- @param lines? integer default 15
--- @return string
function github.log_tail(job, lines)
  named.value("github.log_tail", "the id of a job", job, "integer")
  return parts.runs.log_tail(job, lines)
end

--- Approves, or rejects, what a run waits to do to environments. The token's
--- user must be one of their reviewers.
--- @param args {id:integer, environments:string[], comment:string, state?:"approved"|"rejected"}
--- @return table[] rows environment, state
function github.approve(args)
  return parts.runs.approve(args)
end

-- --- secrets and variables ---------------------------------------------------

--- Seals a secret, sets it in an environment (default env.github.environment)
--- or in the repository, and looks whether it is listed as just updated.
--- @param args {name:string, value:secret, environment?:string, repository?:boolean}
--- @return {name:string, of:string, change:"created"|"updated", updated_at:string} row
function github.set_secret(args)
  return parts.settings.set_secret(args)
end

--- Removes a secret and looks whether it is gone; one that is not there is
--- no error.
--- @param args {name:string, environment?:string, repository?:boolean}
--- @return {name:string, of:string, change:"deleted"|"none"} row
function github.delete_secret(args)
  return parts.settings.delete_secret(args)
end

--- Creates a variable of an environment (default env.github.environment) or of
--- the repository, or gives it another value, and reads it back.
--- @param args {name:string, value:string, environment?:string, repository?:boolean}
--- @return {name:string, of:string, change:"created"|"updated"|"none", value:string} row
function github.set_variable(args)
  return parts.settings.set_variable(args)
end

--- What is left of the token's rate limits.
--- @return table[] rows resource, limit, used, remaining, reset
function github.rate()
  return parts.settings.rate()
end

-- --- code and reviews --------------------------------------------------------

--- The open pull request of head into base, opened if there is none.
--- @param args {head:string, base:string, title:string, body?:string, draft?:boolean}
--- @return github.pull
function github.open_pull(args)
  return parts.code.open_pull(args)
end

--- Merges a pull request when its checks have passed: waits for those that
--- run, raises when one fails, when there are none (unless checks = false),
--- when it conflicts, or when its head is not sha.
--- @param args {pull:integer, method?:"merge"|"squash"|"rebase", sha?:string, checks?:boolean, within_s?:integer}
--- @return {pull:integer, head:string, base:string, commit:string} row
function github.merge(args)
  return parts.code.merge(args)
end

--- Brings the open issue of that title to this body and these labels, or opens
--- one. The body ends in a comment that names the run.
--- @param args {title:string, body:string, labels?:string[]}
--- @return github.issue
function github.upsert_issue(args)
  return parts.code.upsert_issue(args)
end

--- The text of a file, and the sha of its blob.
--- @param args {path:string, ref?:string}
--- @return string text
--- @return string sha
function github.file(args)
  return parts.code.file(args)
end

--- Commits a file's text to a branch; nothing when it is there already.
--- @param args {path:string, text:string, message:string, branch?:string}
--- @return {path:string, change:"created"|"updated"|"none", sha:string, commit:string} row
function github.put_file(args)
  return parts.code.put_file(args)
end

return named.guard(github, "github", {
  start_deployment = { "ref: string", "environment: string", "step: string",
    "description?: string", "production?: boolean" },
  dispatch = { "ref: string", "step: string", "inputs?: table",
    "workflow?: string|integer" },
  approve = { "id: integer", "environments: table", "comment: string",
    "state?: string" },
  set_secret = { "name: string", "value: any", "environment?: string",
    "repository?: boolean" },
  delete_secret = { "name: string", "environment?: string",
    "repository?: boolean" },
  set_variable = { "name: string", "value: string", "environment?: string",
    "repository?: boolean" },
  open_pull = { "head: string", "base: string", "title: string",
    "body?: string", "draft?: boolean" },
  merge = { "pull: integer", "method?: string", "sha?: string",
    "checks?: boolean", "within_s?: number" },
  upsert_issue = { "title: string", "body: string", "labels?: table" },
  file = { "path: string", "ref?: string" },
  put_file = { "path: string", "text: string", "message: string",
    "branch?: string" },
})
