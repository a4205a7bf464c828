---@meta runproof
-- Definitions of a runbook's Lua for editors. Written by
-- `runproof lua --annotations` from engine/prim.c and lua/. Do not edit.

--- What a variable needs, as the comment above it in .env.example says:
--- `# required (vault, fly): what it is`.
--- @class envmatrix.variable
--- @field name string
--- @field required boolean
--- @field places table<string,boolean> of vault, github, fly

--- An environment of the matrix: its names in each place.
--- @class envmatrix.column
--- @field name string
--- @field vault string[]|nil
--- @field github string[]
--- @field fly string[]

--- @class fly.machine
--- @field id string
--- @field region string
--- @field state string created, started, stopped, replacing, …
--- @field instance_id string its version: another one after each update
--- @field config {image:string, metadata:table<string,string>}
--- @field checks {name:string, status:"passing"|"warning"|"critical"}[]
--- @field events {id:string, type:string, timestamp:integer}[] newest first

--- @class fly.release
--- @field version integer
--- @field status string complete, failed, running, interrupted
--- @field imageRef string
--- @field createdAt string

--- A rollout: for people to read and for fly.roll to execute, unchanged,
--- however often it is tried.
--- @class fly.plan
--- @field app string
--- @field image string
--- @field moves {machine:string, region:string, from:string, version:string, config:table}[]

--- @class run.info
--- @field id string
--- @field runbook string its path in the repository
--- @field operator string who runs it
--- @field mode "sandbox"|"live"

--- @class fs.written
--- @field path string
--- @field bytes integer its length now
--- @field sha256 string of all of it
--- @field changed boolean false: it already held these bytes

--- @class git.commit
--- @field sha string
--- @field subject string
--- @field author string
--- @field email string
--- @field time integer Unix seconds

--- @class git.head : git.commit
--- @field short string the first digits of sha
--- @field branch string json.null when detached
--- @field dirty boolean tracked files differ; untracked ones do not count

--- @class git.change
--- @field path string an untracked folder is one row, with a slash at its end
--- @field state "new"|"modified"|"deleted"|"renamed"|"typechange"|"untracked"|"conflicted"

--- @class git.log.opts
--- @field from? string default HEAD
--- @field path? string commits that changed this file or folder
--- @field max? integer default 20

--- @class git.diff
--- @field files {path:string, status:string, added:integer, removed:integer}[]
--- @field text string the diff, cut at 256 KiB
--- @field truncated boolean

--- @class git.diff.opts
--- @field from? string default HEAD
--- @field to? string default the work tree
--- @field path? string this file or folder alone

--- @class git.match
--- @field path string
--- @field line integer
--- @field text string

--- @class git.grep.opts
--- @field regex? boolean the text is a POSIX extended expression
--- @field path? string this file or folder alone
--- @field max? integer default 1000

--- @class sh.result
--- @field code integer
--- @field signal string its name without SIG; json.null when it ended itself
--- @field stdout string
--- @field stderr string
--- @field truncated boolean it wrote more than 16 MiB and was ended

--- @class sh.opts
--- @field stdin? string|secret
--- @field env? table<string,string|secret> added to PATH, HOME, TMPDIR, LANG, TZ
--- @field cwd? string folder of the repository
--- @field timeout? number|string seconds, or like "5m"
--- @field check? boolean false: give the code instead of raising
--- @field effect? "read"|"local"|"remote" the most the command may do

--- @class secret what it stands for cannot be printed, joined or compared here

--- @class secret.dsn
--- @field scheme? string
--- @field user? string
--- @field password? secret
--- @field host? string
--- @field port? string
--- @field database? string

--- @class ask.opts
--- @field id? string to answer with `--answer id=…`, default the question
--- @field default? string of ask.input and ask.choice
--- @field pattern? string POSIX extended, for all of ask.input's answer
--- @field secret? boolean ask.input gives a handle and shows nothing

--- @class evidence.opts
--- @field title? string default the path

--- @class evidence.file
--- @field path string in the bundle
--- @field title string
--- @field sha256 string
--- @field bytes integer

--- @class json.opts
--- @field indent? boolean for people, not canonical

--- @class http.opts
--- @field method? string default GET
--- @field url string
--- @field headers? table<string,string|secret>
--- @field query? table<string,string|number|boolean> added to the URL
--- @field body? string
--- @field json? any sent as JSON, instead of body
--- @field timeout? number seconds for this request
--- @field max_bytes? integer the longest body taken
--- @field idempotent? boolean sending it twice is sending it once
--- @field probe? fun():http.response? asked after a crash, reads only: what the
---   lost request would have given, nil when it did not happen

--- @class http.response
--- @field status integer
--- @field headers table<string,string> names in lower case
--- @field body string

--- One call of a provider's API. Positional: name, method, path template.
--- @class provider.row
--- @field [1] string dotted name below the provider: "machines.list"
--- @field [2] string HTTP method
--- @field [3] string path template; `{x}` is filled from the arguments
--- @field doc string what it does
--- @field link string where the service documents it
--- @field args? string[] its arguments, "name?: type what it is"; those of the path need no line
--- @field gives? string type of the answer, default table
--- @field effect? "read"|"remote" default: by method; a POST that reads says so
--- @field idempotent? boolean default: by method; doing it twice equals once
--- @field ok? integer[] accepted statuses, default every 2xx
--- @field headers? table<string,string> argument name to request header
--- @field query? string[] arguments of a change that travel in the query
--- @field body? string the argument that is the whole body
--- @field notes? string[] arguments for the probe alone, not sent
--- @field accept_gone? boolean 404 means: it was already done
--- @field public? boolean sent without the secret
--- @field raw? boolean the answer is bytes, not JSON
--- @field page? "link"|"cursor"|"number"|"offset" how the lists of all pages
---   are joined; an argument that asks for one page gets that one
--- @field page_size? integer of "number" and "offset": a shorter page is the last
--- @field items? string member of the answer that holds the list, dotted
--- @field document? string GraphQL document; the arguments are its variables
--- @field at? string another API of the provider, with its base in `bases`
--- @field secret_fields? string[] members of the answer that are secrets
--- @field timeout_s? integer for calls that block by design
--- @field hints? table<integer,string> status to what to do about it
--- @field result? fun(body:any):any picks the useful part of the answer
--- @field probe? fun(args:table, get:fun(name:string, args:table):any):any
---   asked after a crash, reads only: the answer the lost change would have
---   given, or nil when it did not happen
--- @field doubt? string without a probe: where a person sees whether a change
---   happened whose answer a crash lost
--- @field undescribed? string why the service's own description lacks the call

--- @class provider.spec
--- @field name string
--- @field base? string default base URL; `env[name].base` overrides it
--- @field bases? table<string,string> of its further APIs, by their name;
---   `env[that name].base` overrides
--- @field auth {secret:string, header:string, scheme:string} the secret is sent to no other host
--- @field headers? table<string,string> sent with every request
--- @field defaults? fun(settings:table):table arguments taken from `env[name]`
--- @field cursor? {arg:string, header?:string, member?:string} of page = "cursor"
--- @field limits? {at_once?:integer, per_second?:number} what the service
---   bears; `env[name].limits` overrides it, as {} to have none
--- @field rows provider.row[]

--- What `try` gives for an answer that is not accepted.
--- @class provider.failure
--- @field status integer
--- @field message string one line: what failed, what to do

--- @class expect each method raises with the places that differ
--- @field value any what is judged
--- @field equals fun(self:expect, want:any):expect deeply the same, member by
---   member
--- @field contains fun(self:expect, want:any):expect every member and element
---   of want is there; a text holds a text
--- @field matches fun(self:expect, want:any):expect like a pattern: `<uuid>`,
---   `<time>`, `<int>`, `<int 1..5>`, `<number>`, `<string>`, `<boolean>` and
---   `<any>` stand for values; a line `...` for any lines, a last element
---   `"..."` for any further ones, a member `"..."` for any further members

--- The inputs of this run, by the names of the front matter.
---@type table<string,any>
params = {}

--- What runproof.yaml says of the environment; env.name is its name.
---@type table<string,any>
env = {}

--- This run.
---@type run.info
run = {}

--- Adds a line to the step's output, values separated by tabs.
---@param ... any
function print(...) end

--- Ticks or unticks the check box of that id and gives ok; the step fails at its end if any check did.
---@param id string
---@param ok any
---@param detail? string
---@return boolean
function check(id, ok, detail) end

--- Assertions: :equals(y), :contains(subset), :matches(pattern). Each raises with the paths that differ.
---@param value any
---@return expect
function expect(value) end

--- Fails the step.
---@param message string
function fail(message) end

http = {}

--- One HTTP request. Every status is an answer, only a request that got none raises. Class: GET and HEAD read, else remote, unless a provider's row says that it reads.
---@param opts http.opts
---@return http.response
function http.request(opts) end

fs = {}

--- The bytes of a file of this repository. Raises when it is missing or leaves the repository.
---@param path string
---@return string
function fs.read(path) end

--- Replaces a file of this repository, whole or not at all. Raises when its folder is missing, for .git and for a run's journal.
---@param path string
---@param text string
---@return fs.written
function fs.write(path, text) end

--- Adds text at the end of a file, which is made if missing. Raises as fs.write does.
---@param path string
---@param text string
---@return fs.written
function fs.append(path, text) end

--- The names in a folder, sorted. Raises when it is missing.
---@param dir string
---@return string[]
function fs.list(dir) end

--- Whether a file or folder is there.
---@param path string
---@return boolean
function fs.exists(path) end

--- Removes a file or an empty folder; false when there was none.
---@param path string
---@return boolean
function fs.remove(path) end

--- Makes a folder and those above it; false when it was there.
---@param path string
---@return boolean
function fs.mkdir(path) end

time = {}

--- Unix time in seconds, to the millisecond. In the sandbox the clock is virtual.
---@return number
function time.now() end

--- Waits. In the sandbox the virtual clock jumps instead.
---@param seconds number
function time.sleep(seconds) end

git = {}

--- The commit that is checked out.
---@return git.head
function git.head() end

--- Changed and untracked files, by path.
---@return git.change[]
function git.status() end

--- Commits, newest first.
---@param opts? git.log.opts
---@return git.commit[]
function git.log(opts) end

--- What changed between two commits, or since one in the work tree.
---@param opts? git.diff.opts
---@return git.diff
function git.diff(opts) end

--- Lines of tracked files that hold the text.
---@param pattern string
---@param opts? git.grep.opts
---@return git.match[]
function git.grep(pattern, opts) end

sh = {}

--- Runs a command, without a shell, confined to its class: the block's, or the lower one of opts.effect. Raises on a code other than 0, unless opts.check is false.
---@param argv string[]
---@param opts? sh.opts
---@return sh.result
function sh.run(argv, opts) end

secret = {}

--- A secret of this environment, as a handle that can be passed on but not read. Raises when the environment has none of that name.
---@param name string
---@return secret
function secret.get(name) end

--- Whether two secrets, or a secret and a text, are the same.
---@param a secret|string
---@param b secret|string
---@return boolean
function secret.equal(a, b) end

--- The text with its one {} replaced by the secret: a handle again.
---@param fmt string
---@param s secret|string
---@return secret
function secret.template(fmt, s) end

--- The parts of a connection URL; the password stays a handle. Raises when it is none.
---@param s secret|string
---@return secret.dsn
function secret.dsn(s) end

ask = {}

--- Asks a person yes or no.
---@param question string
---@param opts? ask.opts
---@return boolean
function ask.confirm(question, opts) end

--- Asks a person for a text; with opts.secret it comes as a handle.
---@param question string
---@param opts? ask.opts
---@return string|secret
function ask.input(question, opts) end

--- Asks a person for one of the choices.
---@param question string
---@param choices string[]
---@param opts? ask.opts
---@return string
function ask.choice(question, choices, opts) end

evidence = {}

--- Copies a file of this repository into the evidence bundle and links it. Raises when it is missing, leaves the repository or is over 64 MiB.
---@param path string
---@param opts? evidence.opts
---@return evidence.file
function evidence.file(path, opts) end

--- Shows a table: rows as objects (columns named, or all, sorted) or as lists.
---@param rows table
---@param columns? string[]
---@param title? string
function evidence.table(rows, columns, title) end

--- Shows a value as JSON.
---@param value any
---@param title? string
function evidence.json(value, title) end

--- Shows a text, verbatim.
---@param text string
---@param title? string
function evidence.text(text, title) end

--- Shows a link.
---@param url string
---@param title? string
function evidence.link(url, title) end

--- Shows a figure.
---@param name string
---@param value number
---@param unit? string
function evidence.metric(name, value, unit) end

--- http.request with method GET.
---@param url string
---@param opts? http.opts
---@return http.response
function http.get(url, opts) end

--- http.request with method HEAD.
---@param url string
---@param opts? http.opts
---@return http.response
function http.head(url, opts) end

--- http.request with method POST.
---@param url string
---@param opts? http.opts
---@return http.response
function http.post(url, opts) end

--- http.request with method PUT.
---@param url string
---@param opts? http.opts
---@return http.response
function http.put(url, opts) end

--- http.request with method PATCH.
---@param url string
---@param opts? http.opts
---@return http.response
function http.patch(url, opts) end

--- http.request with method DELETE.
---@param url string
---@param opts? http.opts
---@return http.response
function http.delete(url, opts) end

json = {}

--- Canonical JSON (RFC 8785), or indented for people. Raises for what has no JSON form, secrets among it.
---@param value any
---@param opts? json.opts
---@return string
function json.encode(value, opts) end

--- The value; null is json.null, lists stay lists when empty. Raises with the line.
---@param text string
---@return any
function json.decode(text) end

--- Marks a table as a list, for when it is empty.
---@param t? table
---@return table
function json.array(t) end

--- The value that stands for null.
---@type any
json.null = nil

--- UTC as 2026-11-23T13:00:00Z; without an argument, now.
---@param seconds? number
---@return string
function time.iso(seconds) end

--- Unix seconds of such a text, or of a date. Raises when it is neither.
---@param text string
---@return number
function time.parse(text) end

--- Calls of the Chatwoot installation at env.chatwoot.base. Each raises one
--- line on failure; chatwoot.try.… gives nil and a provider.failure.
--- https://developers.chatwoot.com/api-reference
--- @class chatwoot
chatwoot = {}

--- Answers {status = "woot"} while the web process lives.
---@param a? table
---@return table
function chatwoot.health(a) end

--- Version, queue_services and data_services: ok or failing, with status 200 either way.
---@param a? table
---@return table
function chatwoot.api(a) end

chatwoot.accounts = {}

--- One account.
---@param a? table
---@return table
function chatwoot.accounts.get(a) end

chatwoot.inboxes = {}

--- The inboxes of an account.
---@param a? table
---@return table
function chatwoot.inboxes.list(a) end

chatwoot.try = {}

--- As chatwoot.health, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function chatwoot.try.health(a) end

--- As chatwoot.api, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function chatwoot.try.api(a) end

chatwoot.try.accounts = {}

--- As chatwoot.accounts.get, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function chatwoot.try.accounts.get(a) end

chatwoot.try.inboxes = {}

--- As chatwoot.inboxes.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function chatwoot.try.inboxes.list(a) end

--- The help desk as a deploy sees it: web process, queue and database.
--- @return boolean healthy
--- @return table[] rows part, status
function chatwoot.healthy() end

envmatrix = {}

--- The variables of an example file, in its order.
--- @param path string
--- @return envmatrix.variable[]
function envmatrix.expected(path) end

--- The names set in a KEY=VALUE file; nil when there is no such file here.
--- @param path string
--- @return string[]|nil
function envmatrix.vault_names(path) end

--- The names of a GitHub environment's secrets and variables.
--- @param environment string
--- @return string[]
function envmatrix.github_names(environment) end

--- The names of a Fly app's secrets.
--- @param app string
--- @return string[]
function envmatrix.fly_names(app) end

--- The matrix and what is wrong with it.
--- @param variables envmatrix.variable[]
--- @param columns envmatrix.column[]
--- @return {columns:string[], rows:table[], missing:string[], absent:string[], undeclared:string[]}
function envmatrix.build(variables, columns) end

--- The matrix as a Markdown table, for a file.
--- @param matrix table as of envmatrix.build
--- @return string
function envmatrix.markdown(matrix) end

--- Calls of Fly.io. `app` may be left out where env.fly.app is meant. Each
--- raises one line on failure; fly.try.… gives nil and a provider.failure.
--- https://fly.io/docs/machines/api
--- @class fly
fly = {}

fly.apps = {}

--- Apps of an organisation: org_slug.
---@param a? table
---@return table
function fly.apps.list(a) end

--- One app: id, name, status, machine_count.
---@param a? table
---@return table
function fly.apps.get(a) end

fly.machines = {}

--- Machines of an app; optional region, state, summary.
---@param a? table
---@return table
function fly.machines.list(a) end

--- One machine: state, instance_id, config, checks, events.
---@param a? table
---@return table
function fly.machines.get(a) end

--- Replaces config (whole); current_version guards against a change in between; nonce is the lease's. Reboots the machine.
---@param a? table
---@return table
function fly.machines.update(a) end

--- Blocks until state (default started) of version, at most timeout seconds (60).
---@param a? table
---@return table
function fly.machines.wait(a) end

--- Restarts a machine; after is the id of its newest event, by which a resumed run knows whether it happened.
---@param a? table
---@return table
function fly.machines.restart(a) end

--- Takes the lease for ttl seconds; description tells who. data.nonce opens it.
---@param a? table
---@return table
function fly.machines.lease(a) end

--- The lease on a machine; 404 when there is none.
---@param a? table
---@return table
function fly.machines.lease_get(a) end

--- Gives the lease with that nonce back.
---@param a? table
---@return table
function fly.machines.release_lease(a) end

fly.releases = {}

--- The newest releases of app, at most limit: version, status, imageRef.
---@param a? table
---@return table
function fly.releases.list(a) end

--- The release that is current for app.
---@param a? table
---@return table
function fly.releases.current(a) end

fly.secrets = {}

--- Names and digests of an app's secrets.
---@param a? table
---@return table
function fly.secrets.list(a) end

--- Sets values {NAME = secret}; machines see them at their next update. Gives the version to pass as min_secrets_version.
---@param a? table
---@return table
function fly.secrets.set(a) end

--- Removes one secret.
---@param a? table
---@return table
function fly.secrets.unset(a) end

fly.try = {}

fly.try.apps = {}

--- As fly.apps.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.apps.list(a) end

--- As fly.apps.get, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.apps.get(a) end

fly.try.machines = {}

--- As fly.machines.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.list(a) end

--- As fly.machines.get, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.get(a) end

--- As fly.machines.update, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.update(a) end

--- As fly.machines.wait, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.wait(a) end

--- As fly.machines.restart, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.restart(a) end

--- As fly.machines.lease, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.lease(a) end

--- As fly.machines.lease_get, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.lease_get(a) end

--- As fly.machines.release_lease, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.release_lease(a) end

fly.try.releases = {}

--- As fly.releases.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.releases.list(a) end

--- As fly.releases.current, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.releases.current(a) end

fly.try.secrets = {}

--- As fly.secrets.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.secrets.list(a) end

--- As fly.secrets.set, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.secrets.set(a) end

--- As fly.secrets.unset, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function fly.try.secrets.unset(a) end

--- "registry/app:tag" without what stands before the tag, for tables.
--- @param image string
--- @return string
function fly.tag(image) end

--- What a table of machines shows.
--- @param machines fly.machine[]
--- @return table[] rows machine, region, state, image, checks
function fly.summary(machines) end

--- True when the machine is started and all its health checks pass.
--- @param machine fly.machine
--- @return boolean
function fly.healthy(machine) end

--- The newest earlier release that succeeded with another image, or the one
--- numbered version. Raises when there is none.
--- @param releases fly.release[] newest first
--- @param current fly.release
--- @param version? integer 0 or nil: choose
--- @return fly.release
function fly.rollback_target(releases, current, version) end

--- What would be done to bring every machine of an app to an image. Reads
--- only.
--- @param args {app?:string, image:string}
--- @return fly.plan
function fly.plan_rollout(args) end

--- What a table of a rollout shows.
--- @param plan fly.plan
--- @return table[] rows machine, region, from, to
function fly.rollout_rows(plan) end

--- Waits until the machine runs that version and its checks pass. A wait
--- that times out is asked again: the service blocks 60 s at most.
--- @param args {app:string, machine:string, version:string, within_s?:number}
--- @return fly.machine
function fly.settle(args) end

--- Executes a plan of fly.plan_rollout, one machine after the other, and
--- stops at the first that does not get healthy. On a failure the lease is
--- kept, so that a further attempt can go on under it: fly.release_leases
--- gives it back at the end.
--- @param plan fly.plan
--- @return fly.machine[] as they are now
function fly.roll(plan) end

--- Gives back the leases this run still holds on an app's machines.
--- @param app? string default env.fly.app
--- @return string[] ids of the machines that were still leased
function fly.release_leases(app) end

--- Calls of GitHub's REST API on env.github.repository. Each raises one line
--- on failure; github.try.… gives nil and a provider.failure.
--- https://docs.github.com/rest
--- @class github
github = {}

github.commits = {}

--- Commits, newest first; optional sha (branch), since, until.
---@param a? table
---@return table
function github.commits.list(a) end

--- One commit by SHA, branch or tag.
---@param a? table
---@return table
function github.commits.get(a) end

github.checks = {}

--- The check runs of a commit: name, status, conclusion.
---@param a? table
---@return table
function github.checks.list(a) end

--- What range "base...head" adds: status, ahead_by, commits.
---@param a? table
---@return table
function github.compare(a) end

github.workflows = {}

--- Starts a workflow on ref with inputs; inputs.marker must be part of its run-name, so that a lost request can be found again.
---@param a? table
---@return table
function github.workflows.dispatch(a) end

github.runs = {}

--- Workflow runs, newest first; optional event, branch, head_sha.
---@param a? table
---@return table
function github.runs.list(a) end

--- One workflow run: status, conclusion, html_url.
---@param a? table
---@return table
function github.runs.get(a) end

github.deployments = {}

--- Deployments, newest first; optional environment, sha, ref.
---@param a? table
---@return table
function github.deployments.list(a) end

--- Records a deployment of ref to environment; payload {run, step} makes it recognisable.
---@param a? table
---@return table
function github.deployments.create(a) end

github.statuses = {}

--- Statuses of a deployment, newest first.
---@param a? table
---@return table
function github.statuses.list(a) end

--- Adds a status: state, description (140 characters).
---@param a? table
---@return table
function github.statuses.create(a) end

github.environments = {}

--- Names of an environment's secrets; values never come back.
---@param a? table
---@return table
function github.environments.secrets(a) end

github.variables = {}

--- Variables of an environment.
---@param a? table
---@return table
function github.variables.list(a) end

--- One variable of an environment.
---@param a? table
---@return table
function github.variables.get(a) end

github.try = {}

github.try.commits = {}

--- As github.commits.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.commits.list(a) end

--- As github.commits.get, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.commits.get(a) end

github.try.checks = {}

--- As github.checks.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.checks.list(a) end

--- As github.compare, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.compare(a) end

github.try.workflows = {}

--- As github.workflows.dispatch, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.workflows.dispatch(a) end

github.try.runs = {}

--- As github.runs.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.runs.list(a) end

--- As github.runs.get, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.runs.get(a) end

github.try.deployments = {}

--- As github.deployments.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.deployments.list(a) end

--- As github.deployments.create, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.deployments.create(a) end

github.try.statuses = {}

--- As github.statuses.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.statuses.list(a) end

--- As github.statuses.create, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.statuses.create(a) end

github.try.environments = {}

--- As github.environments.secrets, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.environments.secrets(a) end

github.try.variables = {}

--- As github.variables.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.variables.list(a) end

--- As github.variables.get, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function github.try.variables.get(a) end

--- The check runs of a commit and whether all have passed.
--- @param ref string
--- @return boolean green at least one, none pending or failed
--- @return table[] rows name, status, conclusion
function github.checks_green(ref) end

--- Records a deployment by this run. step tells the deployments of one run
--- apart.
--- @param args {ref:string, environment:string, step:string, description?:string, production?:boolean}
--- @return table deployment
function github.start_deployment(args) end

--- Adds a status to a deployment; the description names this run.
--- @param deployment table as of github.start_deployment
--- @param state "in_progress"|"success"|"failure"|"error"|"inactive"
--- @param note string what happened, under 100 characters
--- @param url? string where the environment lives
--- @return table status
function github.report(deployment, state, note, url) end

--- Starts a workflow and tells which run it became.
--- @param args {ref:string, step:string, inputs?:table, workflow?:string}
--- @return {workflow_run_id:integer, html_url:string}
function github.dispatch(args) end

--- Polls a workflow run until it is completed.
--- @param id integer
--- @param within_s? integer default 30 minutes
--- @return table run with its conclusion
function github.watch(id, within_s) end

--- Calls of Supabase's Management API on env.supabase.project. Each raises one
--- line on failure; supabase.try.… gives nil and a provider.failure.
--- https://supabase.com/docs/reference/api
--- @class supabase
supabase = {}

supabase.projects = {}

--- The projects this token can see.
---@param a? table
---@return table
function supabase.projects.list(a) end

--- One project: name, region, status, database.version.
---@param a? table
---@return table
function supabase.projects.get(a) end

--- Health of services: name, healthy, status.
---@param a? table
---@return table
function supabase.health(a) end

supabase.secrets = {}

--- Secrets of the edge functions.
---@param a? table
---@return table
function supabase.secrets.list(a) end

supabase.sql = {}

--- Runs query as a role that can only read; gives rows.
---@param a? table
---@return table
function supabase.sql.query(a) end

supabase.try = {}

supabase.try.projects = {}

--- As supabase.projects.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function supabase.try.projects.list(a) end

--- As supabase.projects.get, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function supabase.try.projects.get(a) end

--- As supabase.health, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function supabase.try.health(a) end

supabase.try.secrets = {}

--- As supabase.secrets.list, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function supabase.try.secrets.list(a) end

supabase.try.sql = {}

--- As supabase.sql.query, but a failure is given, not raised.
---@param a? table
---@return table|nil
---@return provider.failure|nil
function supabase.try.sql.query(a) end

--- The health of the services an app stands on.
--- @return boolean healthy all of them
--- @return table[] rows service, status
function supabase.healthy() end

--- Migration files of the tree that the database has not applied yet.
--- @param folder? string default supabase/migrations
--- @return string[] file names, oldest first
function supabase.pending_migrations(folder) end
