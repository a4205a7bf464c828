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

--- @class fly.machines
--- @field list fun(a:{app?:string,region?:string,state?:string}):fly.machine[]
--- @field get fun(a:{app?:string,machine:string}):fly.machine
--- @field update fun(a:{app?:string,machine:string,config:table,nonce?:string,current_version?:string}):fly.machine
--- @field wait fun(a:{app?:string,machine:string,version?:string,state?:string,timeout?:integer}):table timeout in s
--- @field restart fun(a:{app?:string,machine:string,nonce?:string,after:string}):table
--- @field lease fun(a:{app?:string,machine:string,ttl:integer,description:string}):{data:{nonce:string}} ttl in s
--- @field lease_get fun(a:{app?:string,machine:string}):{data:{description:string,nonce:string}}
--- @field release_lease fun(a:{app?:string,machine:string,nonce:string}):table

--- @class fly.secrets names and digests come back, never values
--- @field list fun(a:{app?:string}):{name:string,digest:string}[]
--- @field set fun(a:{app?:string,values:table<string,secret>}):{version:integer}
--- @field unset fun(a:{app?:string,name:string}):table

--- A rollout: for people to read and for fly.roll to execute, unchanged,
--- however often it is tried.
--- @class fly.plan
--- @field app string
--- @field image string
--- @field moves {machine:string, region:string, from:string, version:string, config:table}[]

--- @class gate.counts of tests; of Lighthouse, of its budgets
--- @field passed integer
--- @field failed integer
--- @field flaky integer passed at a second try
--- @field skipped integer
--- @field total integer

--- @class gate.failure
--- @field name string the test, the budget, or what could not be loaded
--- @field file? string as the report names it; of Lighthouse, the page
--- @field line? integer
--- @field message string its first line, without colours

--- @class gate.report
--- @field kind "vitest"|"playwright"|"lighthouse" Jest's are "vitest" too
--- @field path string
--- @field ok boolean
--- @field reason? string one line: why it is not ok
--- @field version? string of the tool, when the report says so
--- @field started? number Unix seconds, when the report says so
--- @field at? string the same as text
--- @field counts gate.counts
--- @field failures gate.failure[]
--- @field scores? table<string,number> of Lighthouse: category to 0..1
--- @field url? string of Lighthouse: the page
--- @field sha256 string of the file's bytes
--- @field bytes integer their number

--- What a page must reach in a report of Lighthouse.
--- @class gate.budgets
--- @field [string] number a category's least score, as in `performance = 0.9`
--- @field audits? table<string,number> id to the most its numericValue may be, usually in ms

--- @class gate.need
--- @field reports (gate.report|string)[] read before, or paths of reports
--- @field commit? string they must be of it, by gate.stamp's note beside them
--- @field max_age? number|string of the tests: seconds, or like "24h"

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

--- @class git.shown : git.commit
--- @field message string all of it
--- @field parents string[]

--- @class git.distance
--- @field ahead integer
--- @field behind integer

--- @class git.ref
--- @field name string of a remote's branch: "origin/main"
--- @field sha string

--- @class git.branches.opts
--- @field remote? boolean those that the last fetch found on the remotes

--- @class git.tagged : git.ref
--- @field annotated boolean it has a message and an author of its own

--- @class git.moved : git.ref
--- @field changed boolean false: it was so

--- @class git.branch.opts
--- @field at? string default HEAD
--- @field force? boolean move it from where it is

--- @class git.delete_branch.opts
--- @field force? boolean though its commits are nowhere else

--- @class git.tag.opts
--- @field at? string default HEAD
--- @field message? string makes it annotated
--- @field force? boolean replace the one that is there

--- @class git.commit.opts
--- @field message string
--- @field paths? string[] files, and folders with all in them but what is ignored
--- @field all? boolean every tracked file that differs, instead of paths
--- @field author? string like "Ada <ada@example.com>", default git's user
--- @field branch? string made here and checked out first

--- @class git.picked
--- @field sha string of the commit at the branch's tip now
--- @field branch string
--- @field changed boolean false: the branch had the change

--- @class git.cherry_pick.opts
--- @field onto? string the branch, default the one that is checked out
--- @field mainline? integer which parent a merge is seen from, 1 the first
--- @field cite? boolean name the picked commit in the new one's message

--- @class git.fetched
--- @field updated {name:string, from:string, to:string}[] references; from is json.null for new ones
--- @field pruned string[]

--- @class git.fetch.opts
--- @field remote? string default origin
--- @field all? boolean every remote; the token is for the one above
--- @field prune? boolean false: keep what is gone there
--- @field refspecs? string[] default those of git's configuration
--- @field tags? boolean true: all tags, false: none; default those of what is fetched
--- @field token? secret sent to the remote's host alone, if its URL is https

--- @class git.pushed
--- @field refs {name:string, sha:string, old:string}[] json.null where there is or was none

--- @class git.push.opts
--- @field refs string[] branches and tags: "main", "main:other", "refs/tags/v1", ":deleted", "+forced"
--- @field remote? string default origin
--- @field token? secret sent to the remote's host alone, if its URL is https

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

--- @class sql.opts
--- @field effect? "read"|"local"|"remote" the most the statement may do
--- @field timeout? number|string seconds, or like "30s"
--- @field max_rows? integer more are an error; default 1000, up to 100000
--- @field role? string set for the statement, as by SET LOCAL ROLE

--- @class sql.result
--- @field columns string[] a second `id` is called id_2
--- @field rows table<string,any>[] integers, floats, booleans and JSON are
---   values, NULL is json.null, numeric a number where one holds it exactly;
---   all else is text
--- @field count integer rows given or changed
--- @field command string "SELECT", "UPDATE", "CREATE TABLE"

--- @class sql.migration by default of supabase/migrations, and of the table
---   supabase_migrations.schema_migrations
--- @field version string
--- @field name string
--- @field file string json.null when it is missing
--- @field applied boolean
--- @field state string "applied", "pending" or "missing file"

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

--- @class each.opts
--- @field max? integer tasks at once, default 16, at most 256
--- @field collect? boolean a failure does not end the others

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
--- @field tries? integer how often it was sent, when that was more than once

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
--- @field limits? {at_once?:integer, per_second?:number} what the service bears
--- @field rows provider.row[]

--- What `try` gives for an answer that is not accepted.
--- @class provider.failure
--- @field status integer
--- @field message string one line: what failed, what to do

--- What a change of toml.set did.
--- @class toml.change
--- @field changed boolean false: it was so already, nothing was written
--- @field before any nil when the key was not there
--- @field after any

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

--- Calls fn(item) for each item, at most opts.max at once: while one waits for an activity, others go on. Gives the results in the order of the list. The first failure gives up the others and is raised, but with opts.collect all go on, and a second list tells the failures: index, item, error. opts may be left out.
---@param list table
---@param opts? each.opts
---@param fn? any
---@return any[]
function each(list, opts, fn) end

--- Calls the functions of the list at once, as each does.
---@param list table
---@param opts? table
---@return any[]
function parallel(list, opts) end

http = {}

--- One HTTP request. Every status is an answer, only a request that got none raises. Up to three times, what was throttled is sent again, and what may be sent twice also if the connection broke or the host was busy (502, 503, 504). Class: GET and HEAD read, else remote, unless a provider's row says that it reads.
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

--- The bytes of a file as it is in a commit, whatever the work tree holds; without a path the commit itself. Raises when either is missing.
---@param rev string
---@param path? string
---@return string|git.shown
function git.show(rev, path) end

--- The newest commit that both hold; json.null when there is none.
---@param a string
---@param b string
---@return string
function git.merge_base(a, b) end

--- Whether b holds all of a.
---@param a string
---@param b string
---@return boolean
function git.is_ancestor(a, b) end

--- How many commits a has that b lacks, and the other way round.
---@param a string
---@param b string
---@return git.distance
function git.ahead_behind(a, b) end

--- The branches of this repository, by name.
---@param opts? git.branches.opts
---@return git.ref[]
function git.branches(opts) end

--- The tags, by name, with the commits they stand for.
---@return git.tagged[]
function git.tags() end

--- Makes a branch; one that is there already is left. Raises when it is at another commit, unless opts.force.
---@param name string
---@param opts? git.branch.opts
---@return git.moved
function git.branch(name, opts) end

--- Deletes a branch of this repository; false when there was none. Raises when it is checked out, or its commits would be lost, unless opts.force.
---@param name string
---@param opts? git.delete_branch.opts
---@return boolean
function git.delete_branch(name, opts) end

--- Makes a tag, annotated if there is a message; the same one is left. Raises when it stands for something else, unless opts.force.
---@param name string
---@param opts? git.tag.opts
---@return git.moved
function git.tag(name, opts) end

--- Commits files of the work tree, as they are there; what else is staged stays so. Nothing is signed and no hook runs. Raises when no file has changed, or nobody is named as author in git's configuration.
---@param opts git.commit.opts
---@return git.commit
function git.commit(opts) end

--- Puts the change of a commit on a branch, which need not be checked out; changed is false when it has it. Raises with the files that conflict, and then nothing is changed.
---@param rev string
---@param opts? git.cherry_pick.opts
---@return git.picked
function git.cherry_pick(rev, opts) end

--- Fetches from a remote and prunes what is gone there. Raises when it cannot be reached or does not let one in.
---@param opts? git.fetch.opts
---@return git.fetched
function git.fetch(opts) end

--- Pushes branches and tags, and looks whether the remote has them. Raises when it has commits that are not here, refuses one or does not let one in. One that is a path must have no hooks: they would not run.
---@param opts git.push.opts
---@return git.pushed
function git.push(opts) end

sh = {}

--- Runs a command, without a shell, confined to its class: the block's, or the lower one of opts.effect. Raises on a code other than 0, unless opts.check is false.
---@param argv string[]
---@param opts? sh.opts
---@return sh.result
function sh.run(argv, opts) end

sql = {}

--- One statement on a Postgres server, in a session and a transaction of its own; $1, $2 … in it stand for params: text, number, boolean, json.null or secret. Class: the block's, or the lower one of opts.effect. What may read runs in a read-only transaction; a local change is one to a server of this machine, by the literal name of loopback or a Unix socket; others are spoken to by TLS alone. Raises with the SQLSTATE.
---@param dsn secret|string
---@param text string
---@param params? table
---@param opts? sql.opts
---@return sql.result
function sql.query(dsn, text, params, opts) end

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

--- The migrations that the database has applied against the files of a folder, by version.
---@param dsn secret|string
---@param folder? string
---@return sql.migration[]
function sql.migrations(dsn, folder) end

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

hash = {}

--- The SHA-256 of a string's bytes, in lower-case hex.
---@param bytes string
---@return string
function hash.sha256(bytes) end

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
--- @field health fun():{status:string} no token needed
--- @field api fun():table version and the state of its stores; no token needed
--- @field accounts {get:fun(a:{account?:integer}):table}
--- @field inboxes {list:fun(a:{account?:integer}):table[]}
chatwoot = {}

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
--- @field apps {list:fun(a:{org_slug:string}):table[], get:fun(a:{app?:string}):table}
--- @field machines fly.machines
--- @field releases {list:fun(a:{app:string,limit:integer}):fly.release[], current:fun(a:{app:string}):fly.release}
--- @field secrets fly.secrets
fly = {}

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

gate = {}

--- A report of Vitest or of Jest. A test file that cannot be imported, no test
--- at all and an interrupted run are not ok. Raises when the file is missing,
--- broken or another kind of report.
--- @param path string
--- @return gate.report
function gate.vitest(path) end

--- A report of Playwright. Failures that a test expects are none; an error
--- outside of the tests is one. Raises as gate.vitest does.
--- @param path string
--- @return gate.report
function gate.playwright(path) end

--- A report of Lighthouse, held against budgets. A page that could not be
--- measured, a category or audit that is not in the report and one without a
--- value miss. Raises as gate.vitest does.
--- @param path string
--- @param budgets? gate.budgets
--- @return gate.report
function gate.lighthouse(path, budgets) end

--- A report of any of these kinds, without budgets.
--- @param path string
--- @return gate.report
function gate.read(path) end

--- What a table of reports shows, a row each.
--- @param reports gate.report|gate.report[]
--- @return table[] rows report, kind, result, passed, failed, flaky, skipped, scores, at, sha256 (its first digits)
function gate.rows(reports) end

--- Shows reports as evidence: a table of them and, if any, their failures.
--- @param reports gate.report|gate.report[]
function gate.show(reports) end

--- Notes beside a report which commit it is of: `<path>.meta.json` with
--- `commit` and the report's `sha256`. For the step, or the CI job, that runs
--- the tests. Class: local.
--- @param path string of the report
--- @param commit string
--- @return fs.written
function gate.stamp(path, commit) end

--- Fails the step, with one line that names each report which is missing or
--- broken, failed, missed a budget, is of another commit or too old.
--- @param opts gate.need
--- @return gate.report[]
function gate.require(opts) end

--- Calls of GitHub's REST API on env.github.repository. Each raises one line
--- on failure; github.try.… gives nil and a provider.failure.
--- https://docs.github.com/rest
--- @class github
--- @field commits {list:fun(a:{sha?:string}):table[], get:fun(a:{ref:string}):table}
--- @field checks {list:fun(a:{ref:string}):table[]}
--- @field compare fun(a:{range:string}):table range is "base...head"
--- @field workflows {dispatch:fun(a:{workflow?:string,ref:string,inputs:table}):table}
--- @field runs {list:fun(a:{event?:string,branch?:string,head_sha?:string}):table[], get:fun(a:{id:integer}):table}
--- @field deployments {list:fun(a:{environment?:string}):table[], create:fun(a:table):table}
--- @field statuses {list:fun(a:{deployment:integer}):table[], create:fun(a:table):table} of a deployment
--- @field environments {secrets:fun(a:{environment?:string}):{name:string}[]} names only
--- @field variables {list:fun(a:{environment?:string}):table[], get:fun(a:{environment?:string,name:string}):table}
github = {}

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
--- @field projects {list:fun(a:table):table[], get:fun(a:{project?:string}):table}
--- @field health fun(a:{services:string[], project?:string}):{name:string,status:string}[]
--- @field secrets {list:fun(a:table):{name:string}[]} values are digests
--- @field sql {query:fun(a:{query:string}):table[]} rows; read-only
supabase = {}

--- The health of the services an app stands on.
--- @return boolean healthy all of them
--- @return table[] rows service, status
function supabase.healthy() end

--- Migration files of the tree that the database has not applied yet.
--- @param folder? string default supabase/migrations
--- @return string[] file names, oldest first
function supabase.pending_migrations(folder) end

toml = {}

--- The value of a TOML 1.0 document. Dates and times are their text. Raises
--- with the line.
--- @param text string
--- @return table<string,any>
function toml.decode(text) end

--- One value of a TOML file, nil when it is not there; without a key, all of
--- it. `vm.memory` means the one [[vm]]; of several, `vm[2].memory`.
--- @param path string
--- @param key? string dotted; a name with other characters in quotes
--- @return any
function toml.get(path, key) end

--- Changes one value of a TOML file; comments, blanks, order and line ends
--- stay. A missing key is added at the end of its table, a missing table at
--- the end of the file. Writes nothing when the value is there already, and
--- raises when it stands in an inline table or an array, when an array is
--- over several lines, or when anything else would change. Class: local. Let
--- it be the last change of its block, so that a further attempt of it finds
--- the changes in the same order.
--- @param path string
--- @param key string as for toml.get
--- @param value string|number|boolean|any[] a list of texts, numbers, booleans
--- @return toml.change
function toml.set(path, key, value) end
