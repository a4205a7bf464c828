-- Rows of Supabase's API: edge functions and the runs of branches.

local DOCS = "https://supabase.com/docs/reference/api/v1-"

local function probe_created(args, get)
  for _, one in ipairs(get("functions.list", { project = args.project })) do
    if one.slug == args.slug then return one end
  end
  return nil
end

-- The form of a deploy: the metadata as JSON, then each file under its path,
-- by name, so that the same function makes the same bytes.
local function form(body)
  local parts = { {
    name = "metadata", type = "application/json",
    text = json.encode(body.metadata),
  } }
  local paths = {}
  for path in pairs(body.files or {}) do paths[#paths + 1] = path end
  table.sort(paths)
  for _, path in ipairs(paths) do
    parts[#parts + 1] = { name = "file", file = path, text = body.files[path] }
  end
  return parts
end

local FULL = {
  [402] = "the plan has no room for another function: see billing",
}
local SLUG = "slug: string  letters, digits, - and _"

return {
  { "functions.list", "GET", "/v1/projects/{project}/functions", args = {},
    gives = "supabase.edge_function[]",
    link = DOCS .. "list-all-functions",
    doc = "The edge functions of a project." },
  { "functions.create", "POST", "/v1/projects/{project}/functions",
    probe = probe_created, hints = FULL,
    args = {
      SLUG,
      "name: string",
      "body: string  its one file",
      "verify_jwt?: boolean",
    },
    gives = "supabase.edge_function",
    link = DOCS .. "create-a-function",
    doc = "Makes a function of one file. Deprecated by Supabase: use " ..
      "functions.deploy." },
  { "functions.update_all", "PUT", "/v1/projects/{project}/functions",
    body = "functions", items = "functions", hints = FULL,
    args = {
      "functions: supabase.edge_function[]  all there shall be, each with " ..
        "its version raised",
    },
    gives = "supabase.edge_function[]",
    link = DOCS .. "bulk-update-functions",
    doc = "Makes or replaces functions, several at once, after " ..
      "functions.deploy with bundleOnly." },
  { "functions.deploy", "POST", "/v1/projects/{project}/functions/deploy",
    query = { "slug", "bundleOnly" }, parts = form, idempotent = true,
    hints = FULL, timeout_s = 120,
    args = {
      "slug?: string  letters, digits, - and _",
      "metadata: {entrypoint_path:string, import_map_path?:string, " ..
        "static_patterns?:string[], verify_jwt?:boolean, name?:string}",
      "files?: table<string,string>  path to text",
      "bundleOnly?: boolean  makes the bundle and does not serve it yet",
    },
    gives = "supabase.edge_function",
    link = DOCS .. "deploy-a-function",
    doc = "Deploys a function from its files; makes it when there is none " ..
      "of that slug. Sent twice it serves the same under a further version." },
  { "functions.get", "GET", "/v1/projects/{project}/functions/{slug}",
    args = { SLUG }, gives = "supabase.edge_function",
    link = DOCS .. "get-a-function",
    doc = "One edge function." },
  { "functions.update", "PATCH", "/v1/projects/{project}/functions/{slug}",
    idempotent = true,
    args = {
      SLUG, "name?: string", "body?: string  its one file",
      "verify_jwt?: boolean",
    },
    gives = "supabase.edge_function",
    link = DOCS .. "update-a-function",
    doc = "Changes a function's name, its file or whether it asks for a " ..
      "token." },
  { "functions.delete", "DELETE", "/v1/projects/{project}/functions/{slug}",
    accept_gone = true, args = { SLUG }, gives = "{message:string}",
    link = DOCS .. "delete-a-function",
    doc = "Deletes a function." },
  { "functions.body", "GET", "/v1/projects/{project}/functions/{slug}/body",
    raw = true, args = { SLUG }, gives = "string",
    link = DOCS .. "get-a-function-body",
    doc = "The bundle that is served, as its bytes." },

  { "actions.list", "GET", "/v1/projects/{project}/actions",
    page = "offset", page_size = 100, size = "limit",
    args = {
      "limit?: integer  runs a page, at least 10",
      "offset?: integer  skips that many and gives one page",
    },
    gives = "supabase.action[]",
    link = DOCS .. "list-action-runs",
    doc = "Runs that built a branch, merged or reset it." },
  { "actions.get", "GET", "/v1/projects/{project}/actions/{run}",
    args = { "run: string  its id" }, gives = "supabase.action",
    link = DOCS .. "get-action-run",
    doc = "One run: the status of its steps." },
  { "actions.logs", "GET", "/v1/projects/{project}/actions/{run}/logs",
    raw = true, args = { "run: string  its id" }, gives = "string",
    link = DOCS .. "get-action-run-logs",
    doc = "What a run printed." },
}
