-- Simulated GitHub: jobs, logs and artifacts, and the host that keeps them.

local rest = require "sandbox/rest"
local zip = require "sandbox/zip"
local kit = require "sandbox/github_kit"
local clock = require "sandbox/github_clock"
local runs = require "sandbox/github_runs"

local jobs = {}

local FILES = "https://pipelines.actions.githubusercontent.com"
local LINK_S = 60 -- what a link to a file is good for

local function time_of(ms)
  return ms and rest.iso(ms) or json.null
end

-- --- jobs --------------------------------------------------------------------

local function job_id(run, i)
  return run.id * 100 + (run.attempt or 1) * 10 + i
end

local function shown_step(step)
  return {
    name = step.name, number = step.number, status = step.status,
    conclusion = rest.or_null(step.conclusion),
    started_at = time_of(step.status ~= "queued" and step.from),
    completed_at = time_of(step.to),
  }
end

local function shown_job(request, run, i, job)
  local id = job_id(run, i)
  local url = kit.api(request) .. "/actions/jobs/" .. id
  local steps = json.array {}
  for k, step in ipairs(job.steps) do steps[k] = shown_step(step) end
  return {
    id = id, run_id = run.id, node_id = kit.node_id("CR", id),
    run_url = kit.api(request) .. "/actions/runs/" .. run.id,
    run_attempt = run.attempt or 1, head_sha = run.sha,
    head_branch = run.branch, workflow_name = run.name, name = job.name,
    url = url, status = job.status, conclusion = rest.or_null(job.conclusion),
    html_url = kit.web(request) .. "/actions/runs/" .. run.id .. "/job/" .. id,
    created_at = rest.iso(run.created_ms),
    started_at = rest.iso(job.from or run.created_ms),
    completed_at = time_of(job.to), steps = steps,
    check_run_url = kit.api(request) .. "/check-runs/" .. id,
    labels = json.array { "ubuntu-latest" }, runner_id = 1,
    runner_name = "GitHub Actions 1", runner_group_id = 0,
    runner_group_name = "GitHub Actions",
  }
end

local function list_jobs(request, run)
  local list = {}
  for i, job in ipairs(clock.jobs(request.world, run, request.now_ms)) do
    list[i] = shown_job(request, run, i, job)
  end
  return kit.counted(request, list, "jobs")
end

-- The run, number and state of the job that has that id.
local function find_job(request, id)
  for _, run in ipairs(request.world.github.runs) do
    for i, job in ipairs(clock.jobs(request.world, run, request.now_ms)) do
      if tostring(job_id(run, i)) == tostring(id) then return run, i, job end
    end
  end
  return nil
end

local function get_job(request)
  local run, i, job = find_job(request, request.params.job)
  if not run then return kit.not_found() end
  return 200, shown_job(request, run, i, job)
end

-- --- logs --------------------------------------------------------------------

local function log_of(job)
  local lines = {}
  local function add(ms, text)
    local at = rest.iso(ms):gsub("Z$", ".0000000Z")
    lines[#lines + 1] = at .. " " .. text
  end
  for _, step in ipairs(job.steps) do
    if step.status == "completed" then
      add(step.from, "##[group]" .. step.name)
      add(step.from, "##[endgroup]")
      if step.conclusion == "success" then
        add(step.to, "done")
      elseif step.conclusion == "cancelled" then
        add(step.to, "##[error]The operation was canceled.")
      else
        add(step.to, "##[error]Process completed with exit code 1.")
      end
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function kept_until(job, now_ms)
  return job.to and now_ms < job.to + clock.KEPT_MS
end

-- A link to the host that keeps files: who has it may read, for a while.
local function to_file(request, kind, id)
  local host = FILES
  local loopback = request.origin:match("^(.*)/github$")
  if loopback then host = loopback .. "/github_files" end
  local expires = request.now_ms // 1000 + LINK_S
  return 302, nil, {
    location = ("%s/%s/%s?expires=%d&signature=%s"):format(host, kind, id,
      expires, rest.digest(kind .. id .. expires)),
  }
end

local function job_logs(request)
  local run, _, job = find_job(request, request.params.job)
  if not run then return kit.not_found() end
  if not kept_until(job, request.now_ms) then return kit.not_found() end
  return to_file(request, "job-log", request.params.job)
end

local function run_logs(request, run)
  local state = clock.state(request.world, run, request.now_ms)
  if state.state ~= "completed" then return kit.not_found() end
  if request.now_ms >= state.at + clock.KEPT_MS then
    return kit.problem(410, "Server Error")
  end
  return to_file(request, "run-logs", run.id)
end

-- --- artifacts ---------------------------------------------------------------

local function archive(name, run)
  return zip.make { {
    name = name .. ".txt",
    text = ("%s of run %d, commit %s\n"):format(name, run.number, run.sha),
  } }
end

local function artifacts_of(request, run)
  local list = {}
  local state = clock.state(request.world, run, request.now_ms)
  if state.state ~= "completed" or state.conclusion ~= "success" then
    return list
  end
  for i, name in ipairs(run.artifacts) do
    local id = run.id * 100 + 90 + i
    local url = kit.api(request) .. "/actions/artifacts/" .. id
    local over = state.at + clock.KEPT_MS
    list[i] = {
      id = id, node_id = kit.node_id("A", id), name = name, url = url,
      size_in_bytes = #archive(name, run), archive_download_url = url .. "/zip",
      digest = "sha256:" .. kit.sha(name .. run.id):rep(2):sub(1, 64),
      expired = request.now_ms >= over, created_at = rest.iso(state.at),
      updated_at = rest.iso(state.at), expires_at = rest.iso(over),
      workflow_run = {
        id = run.id, repository_id = 4100, head_repository_id = 4100,
        head_branch = run.branch, head_sha = run.sha,
      },
    }
  end
  return list
end

local function named(request, list)
  local name, kept = rest.arg(request, "name"), {}
  for _, one in ipairs(list) do
    if not name or one.name == name then kept[#kept + 1] = one end
  end
  return kept
end

local function run_artifacts(request, run)
  local list = named(request, artifacts_of(request, run))
  if rest.arg(request, "direction") == "desc" then
    list = kit.newest_first(list)
  end
  return kit.counted(request, list, "artifacts")
end

local function all_artifacts(request)
  local all = {}
  for _, run in ipairs(request.world.github.runs) do
    for _, one in ipairs(artifacts_of(request, run)) do all[#all + 1] = one end
  end
  return all
end

local function list_artifacts(request)
  local list = kit.newest_first(named(request, all_artifacts(request)))
  return kit.counted(request, list, "artifacts")
end

local function get_artifact(request)
  local one = kit.find(all_artifacts(request), "id", request.params.artifact)
  if not one then return kit.not_found() end
  return 200, one
end

local function download(request)
  local one = kit.find(all_artifacts(request), "id", request.params.artifact)
  if not one or request.params.format ~= "zip" then return kit.not_found() end
  if one.expired then return kit.problem(410, "Artifact has expired") end
  return to_file(request, "artifact", one.id)
end

-- --- the host that keeps files -----------------------------------------------

local FILE = {}

FILE["job-log"] = function(request, id)
  local _, _, job = find_job(request, id)
  return log_of(job), "text/plain; charset=utf-8"
end

FILE["run-logs"] = function(request, id)
  local run = kit.find(request.world.github.runs, "id", id)
  local files = {}
  for i, job in ipairs(clock.jobs(request.world, run, request.now_ms)) do
    files[i] = { name = i - 1 .. "_" .. job.name .. ".txt", text = log_of(job) }
  end
  return zip.make(files), "application/zip"
end

function FILE.artifact(request, id)
  local one = kit.find(all_artifacts(request), "id", id)
  local run = kit.find(request.world.github.runs, "id", one.workflow_run.id)
  return archive(one.name, run), "application/zip"
end

local function give_file(request)
  local kind, id = request.params.kind, request.params.id
  local expires = rest.arg(request, "expires") or ""
  local signed = rest.digest(kind .. id .. expires)
  if rest.arg(request, "signature") ~= signed or not FILE[kind]
    or request.now_ms // 1000 > tonumber(expires) then
    return kit.problem(403, "The link is not valid any more")
  end
  local body, content_type = FILE[kind](request, id)
  return 200, body, { ["content-type"] = content_type }
end

local R = "/repos/{owner}/{repo}"
local A = R .. "/actions"

jobs.routes = {
  { "GET", A .. "/runs/{id}/jobs", "github.runs.jobs", runs.of(list_jobs) },
  { "GET", A .. "/runs/{id}/logs", "github.runs.logs", runs.of(run_logs) },
  { "GET", A .. "/runs/{id}/artifacts", "github.runs.artifacts",
    runs.of(run_artifacts) },
  { "GET", A .. "/jobs/{job}", "github.jobs.get", get_job },
  { "GET", A .. "/jobs/{job}/logs", "github.jobs.logs", job_logs },
  { "GET", A .. "/artifacts", "github.artifacts.list", list_artifacts },
  { "GET", A .. "/artifacts/{artifact}", "github.artifacts.get",
    get_artifact },
  { "GET", A .. "/artifacts/{artifact}/{format}", "github.artifacts.download",
    download },
}
jobs.files = { { "GET", "/{kind}/{id}", "github.files", give_file } }

return jobs
