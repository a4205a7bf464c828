---@meta runproof
-- Definitions of a runbook's Lua for editors. Written by
-- `runproof lua --annotations` from engine/prim.c and lua/. Do not edit.

--- @class chatwoot.account
--- @field id integer
--- @field name string
--- @field locale string
--- @field status string active or suspended

--- @class chatwoot.user
--- @field id integer
--- @field name string
--- @field email string
--- @field role "agent"|"administrator"

--- @class chatwoot.inbox
--- @field id integer
--- @field name string
--- @field channel_type string Channel::WebWidget, Channel::Email, Channel::Api, …
--- @field website_url? string
--- @field working_hours_enabled boolean

--- @class chatwoot.conversation
--- @field id integer its number in the account
--- @field inbox_id integer
--- @field status "open"|"resolved"|"pending"|"snoozed"
--- @field labels string[]
--- @field priority string json.null when there is none
--- @field messages chatwoot.message[]
--- @field created_at integer Unix seconds
--- @field last_activity_at integer Unix seconds

--- @class chatwoot.message
--- @field id integer
--- @field content string
--- @field message_type integer 0 incoming, 1 outgoing, 2 activity, 3 template
--- @field private boolean
--- @field created_at integer Unix seconds

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

--- @class fly.app
--- @field id string
--- @field name string
--- @field status string pending, deployed, suspended
--- @field machine_count integer
--- @field organization {name:string, slug:string}

--- @class fly.ip
--- @field ip string
--- @field region string
--- @field shared boolean
--- @field created_at string

--- @class fly.certificate
--- @field hostname string
--- @field status string active, pending_ownership, pending_validation
--- @field configured boolean the DNS records are there
--- @field dns_requirements table the records it needs
--- @field certificates {source:string, status:string, expires_at:string}[]

--- What a machine is made of; there is more, see
--- https://fly.io/docs/machines/api/machines-resource/
--- @class fly.config
--- @field image string
--- @field env? table<string,string>
--- @field guest? {cpu_kind:string, cpus:integer, memory_mb:integer}
--- @field metadata? table<string,string>
--- @field checks? table<string,table>
--- @field services? table[]
--- @field mounts? {volume:string, path:string}[]

--- @class fly.machine
--- @field id string
--- @field name string
--- @field region string
--- @field state string created, started, stopped, suspended, replacing, …
--- @field instance_id string its version: another one after each update
--- @field config fly.config
--- @field checks {name:string, status:"passing"|"warning"|"critical"}[]
--- @field events fly.event[] newest first

--- @class fly.event
--- @field id string
--- @field type string launch, start, update, restart, exit, …
--- @field status string
--- @field timestamp integer ms

--- @class fly.lease
--- @field nonce string opens the machine while the lease lasts
--- @field description string
--- @field owner string
--- @field expires_at integer s

--- @class fly.output
--- @field exit_code integer
--- @field exit_signal integer
--- @field stdout string
--- @field stderr string

--- @class fly.release
--- @field id string
--- @field version integer
--- @field status string complete, failed, running, pending, interrupted
--- @field imageRef string
--- @field createdAt string

--- Names and digests; values only come back where they were asked for.
--- @class fly.secret
--- @field name string
--- @field digest string
--- @field created_at string
--- @field updated_at string

--- @class fly.secretkey
--- @field name string
--- @field type string
--- @field public_key integer[] bytes

--- @class fly.volume
--- @field id string
--- @field name string
--- @field state string
--- @field region string
--- @field size_gb integer
--- @field attached_machine_id? string

--- @class fly.snapshot
--- @field id string
--- @field status string
--- @field size integer
--- @field created_at string

--- @class fly.exec_args
--- @field app? string default env.fly.app
--- @field machine string
--- @field cmd string|string[]
--- @field stdin? string
--- @field timeout? integer s
--- @field any_code? boolean give the output whatever the exit code

--- A rollout: for people to read and for fly.roll to execute, unchanged,
--- however often it is tried.
--- @class fly.plan
--- @field app string
--- @field image? string
--- @field moves fly.move[]

--- @class fly.move
--- @field machine string
--- @field region string
--- @field from string image
--- @field to string image
--- @field version string instance_id it is taken from
--- @field old fly.config
--- @field config fly.config
--- @field down? string the state of a machine that is meant to be down

--- What would be done to give machines another memory size: for people to
--- read and for fly.set_memory to execute.
--- @class fly.memory_plan
--- @field app string
--- @field memory_mb integer
--- @field moves fly.move[] without the machines that have it already
--- @field rows table[] machine, region, before, after, state, of all machines

--- A rollout that is noted as a release, for fly.deploy to execute.
--- @class fly.deploy_plan : fly.plan
--- @field image string
--- @field release {after:integer, definition:table, strategy:string}
--- @field target? fly.release of a rollback: what it goes back to

--- @class fly.set_secrets_args
--- @field app? string default env.fly.app
--- @field values table<string,secret> json.null removes one
--- @field plan? fly.plan
--- @field stage? boolean leave the machines alone

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

--- @class git.scan.opts
--- @field history? boolean every blob that a ref leads to, instead of the files
--- @field unreachable? boolean with history: what no ref leads to any more, too

--- @class git.leak
--- @field rule string "dsn-password"; "allowance-over" of an entry whose time is over
--- @field path string "" when nothing gives it a name
--- @field line integer
--- @field column integer in characters, from 1
--- @field message string what it is, the first four characters and the length
--- @field fingerprint? string for scan.allow of runproof.yaml
--- @field do? string what to do about it
--- @field commit? string in a history: the oldest that brought it
--- @field date? string of that commit's author
--- @field blob? string in a history
--- @field reachable? boolean in a history: a ref leads to it

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
--- @field url string|secret
--- @field headers? table<string,string|secret>
--- @field query? table<string,string|number|boolean> added to the URL
--- @field body? string
--- @field json? any sent as JSON, instead of body
--- @field timeout? number seconds for this request
--- @field max_bytes? integer the longest body taken
--- @field idempotent? boolean sending it twice is sending it once
--- @field probe? fun():http.response? asked after a crash, reads only: what the
---   lost request would have given, nil when it did not happen

--- @class http.earlier
--- @field method string
--- @field url string
--- @field json? any

--- @class http.response
--- @field status integer
--- @field headers table<string,string> names in lower case
--- @field body string
--- @field tries? integer how often it was sent, when that was more than once

--- @class fail.opts
--- @field final? boolean no further attempt of the step can mend it

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
--- @field preset? table<string,any> arguments the caller may leave out
--- @field query? string[] arguments of a change that travel in the query
--- @field body? string the argument that is the whole body
--- @field empty? boolean without arguments the body is an empty object
--- @field parts? fun(body:table):multipart.part[] the body as a form's parts
--- @field notes? string[] arguments for the probe alone, not sent
--- @field accept_gone? boolean 404 means: it was already done
--- @field public? boolean sent without the secret
--- @field secret? string another secret than the provider's, for this call
--- @field raw? boolean the answer is bytes, not JSON
--- @field page? "link"|"cursor"|"number"|"offset" how the lists of all pages
---   are joined; an argument that asks for one page gets that one
--- @field page_size? integer of "number" and "offset": a shorter page is the last
--- @field size? string the argument for another page_size; always sent
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
--- @field before? string of a change: the read, with its arguments, that tells
---   how it is now; done just before the change, for its undo
--- @field predict? fun(p:overlay.change):any what it would answer, and what
---   reads would show afterwards; see provider/overlay.lua. Most stand in the module
---   that the provider names in `predictions`
--- @field doubt? string without a probe: where a person sees whether a change
---   happened whose answer a crash lost
--- @field undescribed? string why the service's own description lacks the call

--- @class provider.spec
--- @field name string
--- @field base? string default base URL; `env[name].base` overrides it
--- @field bases? table<string,string> of its further APIs, by their name;
---   `env[that name].base` overrides
--- @field auth {secret:string, header:string, scheme:string}
--- @field hosts? string[] "https://host": beside the bases, where the secret may
---   go; `env[name].hosts` overrides
--- @field headers? table<string,string> sent with every request
--- @field defaults? fun(settings:table):table arguments taken from `env[name]`
--- @field cursor? {arg:string, header?:string, member?:string} of page = "cursor"
--- @field limits? {at_once?:integer, per_second?:number} what the service
---   bears; `env[name].limits` overrides it, as {} to have none
--- @field undos? string module that tells, by the row's name, how a change is
---   taken back, or why it cannot be; see errand/undo.lua. Loaded when it is needed
--- @field predictions? string module with the rows' `predict`, by their names;
---   loaded by plans alone
--- @field rows provider.row[]

--- What `try` gives for an answer that is not accepted.
--- @class provider.failure
--- @field status integer
--- @field message string one line: what failed, what to do

--- @class multipart.part
--- @field name string of the form's field
--- @field text string
--- @field file? string a file's name, for a part that is one
--- @field type? string its media type; a file's default is that of any bytes

--- A change, for its row's `predict`.
--- @class overlay.change
--- @field args table as the caller gave them, those of the path too
--- @field now number s
--- @field object? string what is changed, for people
--- @field before? any of it, for people
--- @field after? any

--- Where one kind of things is shown.
--- @class overlay.kind
--- @field one? string the row that shows one
--- @field all? string the row that lists them
--- @field key string its member that names it
--- @field arg? string the argument of `one` that names it, default key
--- @field last? boolean new ones come last in the list
--- @field fits? fun(thing:table, args:table):boolean whether a list shows it
--- @field scope? table<string,any> arguments that the reads must have
--- @field below? string[] rows whose path begins with that of `one`, and which
---   a change of the thing does not touch; others stop the prediction, unless
---   they are patched
--- @field shown? string[] the members that people are told of, default all

--- @class supabase.project
--- @field ref string
--- @field name string
--- @field region string
--- @field organization_slug string
--- @field status string ACTIVE_HEALTHY, COMING_UP, PAUSING, INACTIVE, …
--- @field created_at string
--- @field database {host:string, version:string, postgres_engine:string}

--- @class supabase.health
--- @field name string
--- @field healthy boolean
--- @field status "COMING_UP"|"ACTIVE_HEALTHY"|"UNHEALTHY"
--- @field error? string

--- @class supabase.api_key
--- @field id string
--- @field type "legacy"|"publishable"|"secret"
--- @field name string
--- @field prefix? string
--- @field description? string
--- @field api_key? secret with reveal

--- @class supabase.backups
--- @field pitr_enabled boolean
--- @field walg_enabled boolean
--- @field backups {id:integer, status:string, is_physical_backup:boolean, inserted_at:string}[]
--- @field physical_backup_data {earliest_physical_backup_date_unix:integer, latest_physical_backup_date_unix:integer}

--- @class supabase.restore_point
--- @field name string
--- @field status "AVAILABLE"|"PENDING"|"REMOVED"|"FAILED"
--- @field completed_on string json.null while it is made

--- @class supabase.migration
--- @field version string
--- @field name? string
--- @field statements? string[]
--- @field rollback? string[]
--- @field idempotency_key? string

--- @class supabase.branch
--- @field id string
--- @field name string
--- @field project_ref string the ref of its own project
--- @field parent_project_ref string
--- @field status string CREATING_PROJECT, RUNNING_MIGRATIONS, MIGRATIONS_PASSED, …
--- @field git_branch? string
--- @field persistent boolean
--- @field is_default boolean
--- @field deletion_scheduled_at? string

--- @class supabase.edge_function
--- @field id string
--- @field slug string
--- @field name string
--- @field status "ACTIVE"|"REMOVED"|"THROTTLED"
--- @field version integer one more with each deploy
--- @field verify_jwt boolean
--- @field ezbr_sha256? string digest of the bundle

--- @class supabase.action
--- @field id string
--- @field branch_id string
--- @field run_steps {name:string, status:string}[]

--- @class supabase.network
--- @field entitlement "allowed"|"disallowed"
--- @field config {dbAllowedCidrs:string[], dbAllowedCidrsV6:string[]}
--- @field status "stored"|"applied"

--- @class supabase.ssl
--- @field currentConfig {database:boolean}
--- @field appliedSuccessfully boolean

--- @class supabase.eligibility
--- @field eligible boolean
--- @field current_app_version string
--- @field latest_app_version string
--- @field target_upgrade_versions {app_version:string, postgres_version:string, release_channel:string}[]
--- @field duration_estimate_hours number
--- @field validation_errors {type:string}[]

--- @class supabase.lint
--- @field name string
--- @field title string
--- @field level "ERROR"|"WARN"|"INFO"
--- @field detail string
--- @field remediation string

--- How far an upgrade of Postgres is.
--- @class supabase.upgrade
--- @field state "none"|"running"|"done"|"failed"
--- @field progress? string the service's name of the step it is in
--- @field target? number version of Postgres
--- @field error? string

--- Where the local stack is.
--- @class supabase.local_stack
--- @field api_url? string
--- @field studio_url? string
--- @field db? secret the connection URL of the database, a handle
--- @field source? ".env.local"|"supabase status"
--- @field names string[] variables that are set there
--- @field missing string[] a line for each thing that is not known: what to do

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

--- Fails the step; with final = true no further attempt is made.
---@param message string
---@param opts? fail.opts
function fail(message, opts) end

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

--- The next request that changed something in an earlier attempt of this step and that this one must make next; false when there is none. Code that looks before it changes knows by it what it did itself.
---@return http.earlier|false
function http.earlier() end

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

--- The leaked secrets in the files that git does not ignore, or in all history, that runproof.yaml does not allow. Raises when not everything could be looked at.
---@param opts? git.scan.opts
---@return git.leak[]
function git.scan(opts) end

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

--- The secret in a box that only the holder of the private key can open: libsodium's sealed box, as base64. key is the public one, X25519, as base64; raises when it is none.
---@param key string
---@param s secret|string
---@return string
function secret.seal(key, s) end

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

--- Shows a table: rows as objects (columns named, or all: of a helper's rows in its order, of others sorted) or as lists.
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

base64 = {}

--- The bytes as base64, in one line, with padding.
--- @param bytes string
--- @return string
function base64.encode(bytes) end

--- The bytes of a base64 text; line breaks in it are skipped. Raises when it
--- is none.
--- @param text string
--- @return string
function base64.decode(text) end

--- Calls of the Chatwoot installation at env.chatwoot.base, on the account
--- env.chatwoot.account. Each raises one line on failure; chatwoot.try.… gives
--- nil and a provider.failure. https://developers.chatwoot.com/api-reference
--- @class chatwoot
chatwoot = {}

--- Answers {status = "woot"} while the web process lives.
---@see https://github.com/chatwoot/chatwoot/blob/v4.12.1/app/controllers/health_controller.rb
---@param a? {}
---@return {status:string}
function chatwoot.health(a) end

--- Version, queue_services and data_services: ok or failing, with status 200 either way.
---@see https://github.com/chatwoot/chatwoot/blob/v4.12.1/app/controllers/api_controller.rb
---@param a? {}
---@return {version:string, timestamp:string, queue_services:string, data_services:string}
function chatwoot.api(a) end

chatwoot.profile = {}

--- Whose token this is, and the accounts it can see.
---@see https://developers.chatwoot.com/api-reference/profile/fetch-user-profile
---@param a? {}
---@return chatwoot.user
function chatwoot.profile.get(a) end

chatwoot.accounts = {}

--- One account.
--- - `account` default env.chatwoot.account
---@see https://developers.chatwoot.com/api-reference/account/get-account-details
---@param a? {account?: integer}
---@return chatwoot.account
function chatwoot.accounts.get(a) end

--- Changes an account's name and settings.
--- - `account` default env.chatwoot.account
--- - `auto_resolve_after` minutes, 10 to 1439856
---@see https://developers.chatwoot.com/api-reference/account/update-account
---@param a? {account?: integer, name?: string, locale?: string, domain?: string, support_email?: string, auto_resolve_after?: integer, auto_resolve_message?: string, auto_resolve_ignore_waiting?: boolean, industry?: string, company_size?: string, timezone?: string}
---@return chatwoot.account
function chatwoot.accounts.update(a) end

chatwoot.inboxes = {}

--- The inboxes of an account.
--- - `account` default env.chatwoot.account
---@see https://developers.chatwoot.com/api-reference/inboxes/list-all-inboxes
---@param a? {account?: integer}
---@return chatwoot.inbox[]
function chatwoot.inboxes.list(a) end

--- Makes an inbox.
--- - `account` default env.chatwoot.account
--- - `channel` type: web_widget, api, email, line, telegram, whatsapp or sms
--- - `sender_name_type` friendly or professional
---@see https://developers.chatwoot.com/api-reference/inboxes/create-an-inbox
---@param a {account?: integer, name: string, channel: {type:string, website_url?:string, welcome_title?:string, welcome_tagline?:string, widget_color?:string}, greeting_enabled?: boolean, greeting_message?: string, enable_email_collect?: boolean, csat_survey_enabled?: boolean, enable_auto_assignment?: boolean, working_hours_enabled?: boolean, out_of_office_message?: string, timezone?: string, allow_messages_after_resolved?: boolean, lock_to_single_conversation?: boolean, portal_id?: integer, sender_name_type?: string, business_name?: string}
---@return chatwoot.inbox
function chatwoot.inboxes.create(a) end

--- One inbox.
--- - `account` default env.chatwoot.account
--- - `inbox` its id
---@see https://developers.chatwoot.com/api-reference/inboxes/get-an-inbox
---@param a {account?: integer, inbox: integer}
---@return chatwoot.inbox
function chatwoot.inboxes.get(a) end

--- Changes an inbox.
--- - `account` default env.chatwoot.account
--- - `inbox` its id
--- - `sender_name_type` friendly or professional
---@see https://developers.chatwoot.com/api-reference/inboxes/update-inbox
---@param a {account?: integer, inbox: integer, name?: string, channel?: {website_url?:string, welcome_title?:string, welcome_tagline?:string, widget_color?:string}, greeting_enabled?: boolean, greeting_message?: string, enable_email_collect?: boolean, csat_survey_enabled?: boolean, enable_auto_assignment?: boolean, working_hours_enabled?: boolean, out_of_office_message?: string, timezone?: string, allow_messages_after_resolved?: boolean, lock_to_single_conversation?: boolean, portal_id?: integer, sender_name_type?: string, business_name?: string}
---@return chatwoot.inbox
function chatwoot.inboxes.update(a) end

chatwoot.conversations = {}

--- How many conversations there are of a status.
--- - `account` default env.chatwoot.account
--- - `status` open (default), resolved, pending, snoozed or all
--- - `q` words in the messages
---@see https://developers.chatwoot.com/api-reference/conversations/get-conversation-counts
---@param a? {account?: integer, status?: string, q?: string, inbox_id?: integer, team_id?: integer, labels?: string[]}
---@return {mine_count:integer, unassigned_count:integer, assigned_count:integer, all_count:integer}
function chatwoot.conversations.meta(a) end

--- Conversations, the last active one first.
--- - `account` default env.chatwoot.account
--- - `status` open (default), resolved, pending, snoozed or all
--- - `assignee_type` me, unassigned, assigned or all (default)
--- - `q` words in the messages
--- - `page` gives this page alone, of 25
---@see https://developers.chatwoot.com/api-reference/conversations/conversations-list
---@param a? {account?: integer, status?: string, assignee_type?: string, q?: string, inbox_id?: integer, team_id?: integer, labels?: string[], page?: integer}
---@return chatwoot.conversation[]
function chatwoot.conversations.list(a) end

--- Opens a conversation with a contact.
--- - `account` default env.chatwoot.account
--- - `source_id` of the contact in the inbox
--- - `status` open, resolved or pending
---@see https://developers.chatwoot.com/api-reference/conversations/create-new-conversation
---@param a {account?: integer, source_id: string, inbox_id?: integer, contact_id?: integer, status?: string, assignee_id?: integer, team_id?: integer, snoozed_until?: string, additional_attributes?: table, custom_attributes?: table, message?: {content:string, template_params?:table}}
---@return {id:integer, account_id:integer, inbox_id:integer}
function chatwoot.conversations.create(a) end

--- Conversations that fit conditions.
--- - `account` default env.chatwoot.account
--- - `payload` operators equal_to, not_equal_to, contains, does_not_contain; joined by AND or OR
--- - `page` gives this page alone, of 25
---@see https://developers.chatwoot.com/api-reference/conversations/conversations-filter
---@param a {account?: integer, payload: {attribute_key:string, filter_operator:string, values:any[], query_operator?:string}[], page?: integer}
---@return chatwoot.conversation[]
function chatwoot.conversations.filter(a) end

--- One conversation with its messages.
--- - `account` default env.chatwoot.account
--- - `conversation` its number in the account
---@see https://developers.chatwoot.com/api-reference/conversations/conversation-details
---@param a {account?: integer, conversation: integer}
---@return chatwoot.conversation
function chatwoot.conversations.get(a) end

--- Sets a conversation's priority.
--- - `account` default env.chatwoot.account
--- - `conversation` its number in the account
--- - `priority` urgent, high, medium, low or none
---@see https://developers.chatwoot.com/api-reference/conversations/update-conversation
---@param a {account?: integer, conversation: integer, priority?: string, sla_policy_id?: integer}
---@return chatwoot.conversation
function chatwoot.conversations.update(a) end

--- Opens, resolves or snoozes a conversation.
--- - `account` default env.chatwoot.account
--- - `conversation` its number in the account
--- - `status` open, resolved, pending or snoozed
--- - `snoozed_until` Unix seconds
---@see https://developers.chatwoot.com/api-reference/conversations/toggle-status
---@param a {account?: integer, conversation: integer, status: string, snoozed_until?: integer}
---@return {success:boolean, current_status:string, conversation_id:integer}
function chatwoot.conversations.set_status(a) end

--- Gives a conversation to an agent or a team.
--- - `account` default env.chatwoot.account
--- - `conversation` its number in the account
--- - `assignee_id` an agent's, 0: nobody
---@see https://developers.chatwoot.com/api-reference/conversation-assignments/assign-conversation
---@param a {account?: integer, conversation: integer, assignee_id?: integer, team_id?: integer}
---@return chatwoot.user
function chatwoot.conversations.assign(a) end

--- The labels of a conversation.
--- - `account` default env.chatwoot.account
--- - `conversation` its number in the account
---@see https://developers.chatwoot.com/api-reference/conversations/list-labels
---@param a {account?: integer, conversation: integer}
---@return string[]
function chatwoot.conversations.labels(a) end

--- Replaces the labels of a conversation.
--- - `account` default env.chatwoot.account
--- - `conversation` its number in the account
--- - `labels` all it shall have
---@see https://developers.chatwoot.com/api-reference/conversations/add-labels
---@param a {account?: integer, conversation: integer, labels: string[]}
---@return string[]
function chatwoot.conversations.set_labels(a) end

--- Replaces the custom attributes of a conversation.
--- - `account` default env.chatwoot.account
--- - `conversation` its number in the account
---@see https://developers.chatwoot.com/api-reference/conversations/update-custom-attributes
---@param a {account?: integer, conversation: integer, custom_attributes: table}
---@return {custom_attributes:table}
function chatwoot.conversations.set_attributes(a) end

chatwoot.messages = {}

--- Messages of a conversation, oldest first: the last 20, unless after or before says otherwise.
--- - `account` default env.chatwoot.account
--- - `conversation` its number in the account
--- - `after` those with a greater id
--- - `before` the 20 with a smaller id
---@see https://developers.chatwoot.com/api-reference/messages/get-messages
---@param a {account?: integer, conversation: integer, after?: integer, before?: integer}
---@return chatwoot.message[]
function chatwoot.messages.list(a) end

--- Writes a message; the customer gets it unless it is private.
--- - `account` default env.chatwoot.account
--- - `conversation` its number in the account
--- - `after` id of the newest message before, 0 when there is none; by it a resumed run knows whether it happened
--- - `private` a note that the customer does not see
--- - `message_type` outgoing (default) or incoming
--- - `content_type` text, input_email, cards, input_select, form or article
--- - `template_params` of WhatsApp
---@see https://developers.chatwoot.com/api-reference/messages/create-new-message
---@param a {account?: integer, conversation: integer, content: string, after: integer, private?: boolean, message_type?: string, content_type?: string, content_attributes?: table, campaign_id?: integer, template_params?: table}
---@return chatwoot.message
function chatwoot.messages.create(a) end

--- Takes back the text and the attachments of a message.
--- - `account` default env.chatwoot.account
--- - `conversation` its number in the account
--- - `message` its id
---@see https://developers.chatwoot.com/api-reference/messages/delete-a-message
---@param a {account?: integer, conversation: integer, message: integer}
---@return table
function chatwoot.messages.delete(a) end

chatwoot.platform = {}

chatwoot.platform.accounts = {}

--- An account of the installation; needs CHATWOOT_PLATFORM_TOKEN, of a platform app.
--- - `id` the account's: it is not taken from env
---@see https://developers.chatwoot.com/api-reference/accounts/get-an-account-details
---@param a {id: integer}
---@return {id:integer, name:string}
function chatwoot.platform.accounts.get(a) end

--- Makes an account of the installation.
--- - `status` active or suspended
---@see https://developers.chatwoot.com/api-reference/accounts/create-an-account
---@param a {name: string, locale?: string, domain?: string, support_email?: string, status?: string, limits?: table, custom_attributes?: table}
---@return {id:integer, name:string}
function chatwoot.platform.accounts.create(a) end

--- Changes an account of the installation, or suspends it.
--- - `id` the account's: it is not taken from env
--- - `status` active or suspended
---@see https://developers.chatwoot.com/api-reference/accounts/update-an-account
---@param a {id: integer, name?: string, locale?: string, domain?: string, support_email?: string, status?: string, limits?: table, custom_attributes?: table}
---@return {id:integer, name:string}
function chatwoot.platform.accounts.update(a) end

--- Deletes an account with all that is in it.
--- - `id` the account's: it is not taken from env
---@see https://developers.chatwoot.com/api-reference/accounts/delete-an-account
---@param a {id: integer}
---@return table
function chatwoot.platform.accounts.delete(a) end

chatwoot.public = {}

chatwoot.public.inboxes = {}

--- An API inbox as a customer sees it.
--- - `inbox` its inbox_identifier
---@see https://developers.chatwoot.com/api-reference/inbox-api/inbox-details
---@param a {inbox: string}
---@return {identifier:string, name:string, timezone:string}
function chatwoot.public.inboxes.get(a) end

chatwoot.public.contacts = {}

--- Makes a contact of an API inbox.
--- - `inbox` its inbox_identifier
--- - `identifier` your own id of the person
---@see https://developers.chatwoot.com/api-reference/contacts-api/create-a-contact
---@param a {inbox: string, identifier?: string, identifier_hash?: string, name?: string, email?: string, phone_number?: string, custom_attributes?: table}
---@return {id:integer, source_id:string, name:string}
function chatwoot.public.contacts.create(a) end

chatwoot.public.conversations = {}

--- Opens a conversation as a customer.
--- - `inbox` its inbox_identifier
--- - `contact` source_id of public.contacts.create
---@see https://developers.chatwoot.com/api-reference/conversations-api/create-a-conversation
---@param a {inbox: string, contact: string, custom_attributes?: table}
---@return {id:integer, uuid:string, status:string}
function chatwoot.public.conversations.create(a) end

--- The conversations of a customer.
--- - `inbox` its inbox_identifier
--- - `contact` source_id of public.contacts.create
---@see https://developers.chatwoot.com/api-reference/conversations-api/list-all-conversations
---@param a {inbox: string, contact: string}
---@return {id:integer, uuid:string, status:string}[]
function chatwoot.public.conversations.list(a) end

chatwoot.public.messages = {}

--- Writes a message as a customer.
--- - `inbox` its inbox_identifier
--- - `contact` source_id of public.contacts.create
--- - `conversation` its number in the account
--- - `after` id of the newest message before, 0 when there is none; by it a resumed run knows whether it happened
---@see https://developers.chatwoot.com/api-reference/messages-api/create-a-message
---@param a {inbox: string, contact: string, conversation: integer, content: string, after: integer, echo_id?: string}
---@return chatwoot.message
function chatwoot.public.messages.create(a) end

--- The messages of a customer's conversation.
--- - `inbox` its inbox_identifier
--- - `contact` source_id of public.contacts.create
--- - `conversation` its number in the account
---@see https://developers.chatwoot.com/api-reference/messages-api/list-all-messages
---@param a {inbox: string, contact: string, conversation: integer}
---@return chatwoot.message[]
function chatwoot.public.messages.list(a) end

chatwoot.try = {}

--- As chatwoot.health, but a failure is given, not raised.
---@param a? {}
---@return {status:string}|nil
---@return provider.failure|nil
function chatwoot.try.health(a) end

--- As chatwoot.api, but a failure is given, not raised.
---@param a? {}
---@return {version:string, timestamp:string, queue_services:string, data_services:string}|nil
---@return provider.failure|nil
function chatwoot.try.api(a) end

chatwoot.try.profile = {}

--- As chatwoot.profile.get, but a failure is given, not raised.
---@param a? {}
---@return chatwoot.user|nil
---@return provider.failure|nil
function chatwoot.try.profile.get(a) end

chatwoot.try.accounts = {}

--- As chatwoot.accounts.get, but a failure is given, not raised.
---@param a? {account?: integer}
---@return chatwoot.account|nil
---@return provider.failure|nil
function chatwoot.try.accounts.get(a) end

--- As chatwoot.accounts.update, but a failure is given, not raised.
---@param a? {account?: integer, name?: string, locale?: string, domain?: string, support_email?: string, auto_resolve_after?: integer, auto_resolve_message?: string, auto_resolve_ignore_waiting?: boolean, industry?: string, company_size?: string, timezone?: string}
---@return chatwoot.account|nil
---@return provider.failure|nil
function chatwoot.try.accounts.update(a) end

chatwoot.try.inboxes = {}

--- As chatwoot.inboxes.list, but a failure is given, not raised.
---@param a? {account?: integer}
---@return chatwoot.inbox[]|nil
---@return provider.failure|nil
function chatwoot.try.inboxes.list(a) end

--- As chatwoot.inboxes.create, but a failure is given, not raised.
---@param a {account?: integer, name: string, channel: {type:string, website_url?:string, welcome_title?:string, welcome_tagline?:string, widget_color?:string}, greeting_enabled?: boolean, greeting_message?: string, enable_email_collect?: boolean, csat_survey_enabled?: boolean, enable_auto_assignment?: boolean, working_hours_enabled?: boolean, out_of_office_message?: string, timezone?: string, allow_messages_after_resolved?: boolean, lock_to_single_conversation?: boolean, portal_id?: integer, sender_name_type?: string, business_name?: string}
---@return chatwoot.inbox|nil
---@return provider.failure|nil
function chatwoot.try.inboxes.create(a) end

--- As chatwoot.inboxes.get, but a failure is given, not raised.
---@param a {account?: integer, inbox: integer}
---@return chatwoot.inbox|nil
---@return provider.failure|nil
function chatwoot.try.inboxes.get(a) end

--- As chatwoot.inboxes.update, but a failure is given, not raised.
---@param a {account?: integer, inbox: integer, name?: string, channel?: {website_url?:string, welcome_title?:string, welcome_tagline?:string, widget_color?:string}, greeting_enabled?: boolean, greeting_message?: string, enable_email_collect?: boolean, csat_survey_enabled?: boolean, enable_auto_assignment?: boolean, working_hours_enabled?: boolean, out_of_office_message?: string, timezone?: string, allow_messages_after_resolved?: boolean, lock_to_single_conversation?: boolean, portal_id?: integer, sender_name_type?: string, business_name?: string}
---@return chatwoot.inbox|nil
---@return provider.failure|nil
function chatwoot.try.inboxes.update(a) end

chatwoot.try.conversations = {}

--- As chatwoot.conversations.meta, but a failure is given, not raised.
---@param a? {account?: integer, status?: string, q?: string, inbox_id?: integer, team_id?: integer, labels?: string[]}
---@return {mine_count:integer, unassigned_count:integer, assigned_count:integer, all_count:integer}|nil
---@return provider.failure|nil
function chatwoot.try.conversations.meta(a) end

--- As chatwoot.conversations.list, but a failure is given, not raised.
---@param a? {account?: integer, status?: string, assignee_type?: string, q?: string, inbox_id?: integer, team_id?: integer, labels?: string[], page?: integer}
---@return chatwoot.conversation[]|nil
---@return provider.failure|nil
function chatwoot.try.conversations.list(a) end

--- As chatwoot.conversations.create, but a failure is given, not raised.
---@param a {account?: integer, source_id: string, inbox_id?: integer, contact_id?: integer, status?: string, assignee_id?: integer, team_id?: integer, snoozed_until?: string, additional_attributes?: table, custom_attributes?: table, message?: {content:string, template_params?:table}}
---@return {id:integer, account_id:integer, inbox_id:integer}|nil
---@return provider.failure|nil
function chatwoot.try.conversations.create(a) end

--- As chatwoot.conversations.filter, but a failure is given, not raised.
---@param a {account?: integer, payload: {attribute_key:string, filter_operator:string, values:any[], query_operator?:string}[], page?: integer}
---@return chatwoot.conversation[]|nil
---@return provider.failure|nil
function chatwoot.try.conversations.filter(a) end

--- As chatwoot.conversations.get, but a failure is given, not raised.
---@param a {account?: integer, conversation: integer}
---@return chatwoot.conversation|nil
---@return provider.failure|nil
function chatwoot.try.conversations.get(a) end

--- As chatwoot.conversations.update, but a failure is given, not raised.
---@param a {account?: integer, conversation: integer, priority?: string, sla_policy_id?: integer}
---@return chatwoot.conversation|nil
---@return provider.failure|nil
function chatwoot.try.conversations.update(a) end

--- As chatwoot.conversations.set_status, but a failure is given, not raised.
---@param a {account?: integer, conversation: integer, status: string, snoozed_until?: integer}
---@return {success:boolean, current_status:string, conversation_id:integer}|nil
---@return provider.failure|nil
function chatwoot.try.conversations.set_status(a) end

--- As chatwoot.conversations.assign, but a failure is given, not raised.
---@param a {account?: integer, conversation: integer, assignee_id?: integer, team_id?: integer}
---@return chatwoot.user|nil
---@return provider.failure|nil
function chatwoot.try.conversations.assign(a) end

--- As chatwoot.conversations.labels, but a failure is given, not raised.
---@param a {account?: integer, conversation: integer}
---@return string[]|nil
---@return provider.failure|nil
function chatwoot.try.conversations.labels(a) end

--- As chatwoot.conversations.set_labels, but a failure is given, not raised.
---@param a {account?: integer, conversation: integer, labels: string[]}
---@return string[]|nil
---@return provider.failure|nil
function chatwoot.try.conversations.set_labels(a) end

--- As chatwoot.conversations.set_attributes, but a failure is given, not raised.
---@param a {account?: integer, conversation: integer, custom_attributes: table}
---@return {custom_attributes:table}|nil
---@return provider.failure|nil
function chatwoot.try.conversations.set_attributes(a) end

chatwoot.try.messages = {}

--- As chatwoot.messages.list, but a failure is given, not raised.
---@param a {account?: integer, conversation: integer, after?: integer, before?: integer}
---@return chatwoot.message[]|nil
---@return provider.failure|nil
function chatwoot.try.messages.list(a) end

--- As chatwoot.messages.create, but a failure is given, not raised.
---@param a {account?: integer, conversation: integer, content: string, after: integer, private?: boolean, message_type?: string, content_type?: string, content_attributes?: table, campaign_id?: integer, template_params?: table}
---@return chatwoot.message|nil
---@return provider.failure|nil
function chatwoot.try.messages.create(a) end

--- As chatwoot.messages.delete, but a failure is given, not raised.
---@param a {account?: integer, conversation: integer, message: integer}
---@return table|nil
---@return provider.failure|nil
function chatwoot.try.messages.delete(a) end

chatwoot.try.platform = {}

chatwoot.try.platform.accounts = {}

--- As chatwoot.platform.accounts.get, but a failure is given, not raised.
---@param a {id: integer}
---@return {id:integer, name:string}|nil
---@return provider.failure|nil
function chatwoot.try.platform.accounts.get(a) end

--- As chatwoot.platform.accounts.create, but a failure is given, not raised.
---@param a {name: string, locale?: string, domain?: string, support_email?: string, status?: string, limits?: table, custom_attributes?: table}
---@return {id:integer, name:string}|nil
---@return provider.failure|nil
function chatwoot.try.platform.accounts.create(a) end

--- As chatwoot.platform.accounts.update, but a failure is given, not raised.
---@param a {id: integer, name?: string, locale?: string, domain?: string, support_email?: string, status?: string, limits?: table, custom_attributes?: table}
---@return {id:integer, name:string}|nil
---@return provider.failure|nil
function chatwoot.try.platform.accounts.update(a) end

--- As chatwoot.platform.accounts.delete, but a failure is given, not raised.
---@param a {id: integer}
---@return table|nil
---@return provider.failure|nil
function chatwoot.try.platform.accounts.delete(a) end

chatwoot.try.public = {}

chatwoot.try.public.inboxes = {}

--- As chatwoot.public.inboxes.get, but a failure is given, not raised.
---@param a {inbox: string}
---@return {identifier:string, name:string, timezone:string}|nil
---@return provider.failure|nil
function chatwoot.try.public.inboxes.get(a) end

chatwoot.try.public.contacts = {}

--- As chatwoot.public.contacts.create, but a failure is given, not raised.
---@param a {inbox: string, identifier?: string, identifier_hash?: string, name?: string, email?: string, phone_number?: string, custom_attributes?: table}
---@return {id:integer, source_id:string, name:string}|nil
---@return provider.failure|nil
function chatwoot.try.public.contacts.create(a) end

chatwoot.try.public.conversations = {}

--- As chatwoot.public.conversations.create, but a failure is given, not raised.
---@param a {inbox: string, contact: string, custom_attributes?: table}
---@return {id:integer, uuid:string, status:string}|nil
---@return provider.failure|nil
function chatwoot.try.public.conversations.create(a) end

--- As chatwoot.public.conversations.list, but a failure is given, not raised.
---@param a {inbox: string, contact: string}
---@return {id:integer, uuid:string, status:string}[]|nil
---@return provider.failure|nil
function chatwoot.try.public.conversations.list(a) end

chatwoot.try.public.messages = {}

--- As chatwoot.public.messages.create, but a failure is given, not raised.
---@param a {inbox: string, contact: string, conversation: integer, content: string, after: integer, echo_id?: string}
---@return chatwoot.message|nil
---@return provider.failure|nil
function chatwoot.try.public.messages.create(a) end

--- As chatwoot.public.messages.list, but a failure is given, not raised.
---@param a {inbox: string, contact: string, conversation: integer}
---@return chatwoot.message[]|nil
---@return provider.failure|nil
function chatwoot.try.public.messages.list(a) end

--- The help desk as a deploy sees it: web process, queue and database.
--- @return boolean healthy
--- @return table[] rows part, status
function chatwoot.healthy() end

--- The smoke check after a deploy; reads only. The web process lives, queue
--- and data are well, the token can see the account, the inbox is there (the
--- one of that name or id, else any) and conversations can be read. Each part
--- is looked at, whatever became of the others.
--- @param args? {inbox?:string|integer, account?:integer}
--- @return boolean ok
--- @return table[] rows part, status
function chatwoot.smoke(args) end

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

--- Calls of Fly.io. `app` may be left out where env.fly.app is meant, but in
--- those of GraphQL. Each raises one line on failure; fly.try.… gives nil and
--- a provider.failure. https://fly.io/docs/machines/api
--- @class fly
fly = {}

fly.apps = {}

--- Apps of an organisation.
--- - `org_slug` the organisation's slug
--- - `app_role` only apps of that role
--- - `limit` apps a page
--- - `cursor` that page alone
---@see https://fly.io/docs/machines/api/apps-resource/#list-apps-in-an-organization
---@param a {org_slug: string, app_role?: string, limit?: integer, cursor?: string}
---@return fly.app[]
function fly.apps.list(a) end

--- Makes an app without machines.
--- - `name` unique in all of Fly.io
--- - `org_slug` the organisation it belongs to
--- - `network` a private network of its own
--- - `enable_subdomains` for Fly Kubernetes
---@see https://fly.io/docs/machines/api/apps-resource/#create-a-fly-app
---@param a {name: string, org_slug: string, network?: string, enable_subdomains?: boolean}
---@return {id:string}
function fly.apps.create(a) end

--- One app: id, name, status, machine_count, organization.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/apps-resource/#get-app-details
---@param a? {app?: string}
---@return fly.app
function fly.apps.get(a) end

--- Destroys an app for good; its machines have to be stopped.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/apps-resource/#delete-a-fly-app
---@param a? {app?: string}
---@return table
function fly.apps.delete(a) end

--- A token that may deploy this app alone.
--- - `app` default: the environment's
--- - `expiry` how long it is valid: "720h"
---@see https://docs.machines.dev/#tag/apps/post/apps/{app_name}/deploy_token
---@param a {app?: string, expiry: string}
---@return {token:secret}
function fly.apps.deploy_token(a) end

fly.ips = {}

--- The addresses an app is reached at.
--- - `app` default: the environment's
---@see https://docs.machines.dev/#tag/apps/get/apps/{app_name}/ip_assignments
---@param a? {app?: string}
---@return fly.ip[]
function fly.ips.list(a) end

--- Gives an app one more address; dedicated IPv4 ones are billed.
--- - `app` default: the environment's
--- - `type` v4, shared_v4, v6 or private_v6
--- - `region` of a regional address
--- - `network` of a private address
--- - `org_slug` whose network that is
--- - `service_name` the service it is for
---@see https://docs.machines.dev/#tag/apps/post/apps/{app_name}/ip_assignments
---@param a {app?: string, type: string, region?: string, network?: string, org_slug?: string, service_name?: string}
---@return fly.ip
function fly.ips.assign(a) end

--- Takes an address from an app.
--- - `app` default: the environment's
---@see https://docs.machines.dev/#tag/apps/delete/apps/{app_name}/ip_assignments/{ip}
---@param a {app?: string, ip: string}
---@return table
function fly.ips.release(a) end

fly.certificates = {}

--- The hostnames of an app and the state of their certificates.
--- - `app` default: the environment's
--- - `filter` part of the hostname
--- - `limit` certificates a page
--- - `cursor` that page alone
---@see https://fly.io/docs/machines/api/certificates-resource/#list-certificates
---@param a? {app?: string, filter?: string, limit?: integer, cursor?: string}
---@return fly.certificate[]
function fly.certificates.list(a) end

--- Adds a hostname and asks Let's Encrypt for its certificate; dns_requirements tells the records it needs.
--- - `app` default: the environment's
--- - `hostname` the domain; `*.` for a wildcard
---@see https://fly.io/docs/machines/api/certificates-resource/#request-acme-certificate
---@param a {app?: string, hostname: string}
---@return fly.certificate
function fly.certificates.request(a) end

--- Adds a hostname with a certificate of your own.
--- - `app` default: the environment's
--- - `hostname` the domain
--- - `fullchain` the certificate and its chain, PEM
--- - `private_key` its key, PEM
---@see https://fly.io/docs/machines/api/certificates-resource/#import-custom-certificate
---@param a {app?: string, hostname: string, fullchain: string, private_key: secret}
---@return fly.certificate
function fly.certificates.upload(a) end

--- One hostname: certificates, validation, dns_requirements.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/certificates-resource/#get-certificate-details
---@param a {app?: string, hostname: string}
---@return fly.certificate
function fly.certificates.get(a) end

--- Removes a hostname and all its certificates.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/certificates-resource/#delete-hostname-and-all-certificates
---@param a {app?: string, hostname: string}
---@return table
function fly.certificates.delete(a) end

--- Ends the issuing by Let's Encrypt; a custom certificate stays.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/certificates-resource/#delete-acme-certificates
---@param a {app?: string, hostname: string}
---@return fly.certificate
function fly.certificates.stop_acme(a) end

--- Removes the custom certificate; the issued one stays.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/certificates-resource/#delete-custom-certificate
---@param a {app?: string, hostname: string}
---@return fly.certificate
function fly.certificates.delete_custom(a) end

--- Looks at the DNS now and validates again; dns_records tells what was found.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/certificates-resource/#check-certificate-status
---@param a {app?: string, hostname: string}
---@return fly.certificate
function fly.certificates.check(a) end

fly.machines = {}

--- Machines of an app.
--- - `app` default: the environment's
--- - `region` only of that region
--- - `state` only in these states, with commas
--- - `summary` leave configuration, checks and events out
--- - `include_deleted` destroyed ones too
--- - `include_leases` with the lease nonces
--- - `limit` machines a page, at most 1000
--- - `cursor` that page alone
---@see https://fly.io/docs/machines/api/machines-resource/#list-machines
---@param a? {app?: string, region?: string, state?: string, summary?: boolean, include_deleted?: boolean, include_leases?: boolean, limit?: integer, cursor?: string}
---@return fly.machine[]
function fly.machines.list(a) end

--- Makes a machine and boots it.
--- - `app` default: the environment's
--- - `config` the whole configuration; image is needed
--- - `name` unique in the app, default a random one
--- - `region` three letters, default the one next to the caller
--- - `lease_ttl` take a lease for so many s; nonce is in the answer
--- - `min_secrets_version` boot with secrets not older than that
--- - `skip_launch` do not boot it
--- - `skip_secrets` boot it without the app's secrets
--- - `skip_service_registration` no traffic until machines.uncordon
--- - `lsvd` log structured virtual disks
---@see https://fly.io/docs/machines/api/machines-resource/#create-a-machine
---@param a {app?: string, config: fly.config, name?: string, region?: string, lease_ttl?: integer, min_secrets_version?: integer, skip_launch?: boolean, skip_secrets?: boolean, skip_service_registration?: boolean, lsvd?: boolean}
---@return fly.machine
function fly.machines.create(a) end

--- One machine: state, instance_id, config, checks, events.
--- - `app` default: the environment's
--- - `version` the instance_id to look at
--- - `include_leases` with the lease's nonce
---@see https://fly.io/docs/machines/api/machines-resource/#get-a-machine
---@param a {app?: string, machine: string, version?: string, include_leases?: boolean}
---@return fly.machine
function fly.machines.get(a) end

--- Replaces config (whole); current_version guards against a change in between; nonce is the lease's. Reboots the machine.
--- - `app` default: the environment's
--- - `config` the whole configuration, not the difference
--- - `current_version` instance_id it must have, else 409
--- - `nonce` of the lease on it
--- - `min_secrets_version` boot with secrets not older than that
--- - `skip_launch` do not boot it
--- - `skip_secrets` boot it without the app's secrets
--- - `skip_service_registration` no traffic until machines.uncordon
--- - `lease_ttl` s
--- - `lsvd` log structured virtual disks
--- - `name` cannot be changed
--- - `region` cannot be changed
---@see https://fly.io/docs/machines/api/machines-resource/#update-a-machine
---@param a {app?: string, machine: string, config: fly.config, current_version?: string, nonce?: string, min_secrets_version?: integer, skip_launch?: boolean, skip_secrets?: boolean, skip_service_registration?: boolean, lease_ttl?: integer, lsvd?: boolean, name?: string, region?: string}
---@return fly.machine
function fly.machines.update(a) end

--- Destroys a machine for good; it has to be stopped.
--- - `app` default: the environment's
--- - `force` even when it runs
--- - `nonce` of the lease on it
---@see https://fly.io/docs/machines/api/machines-resource/#delete-a-machine-permanently
---@param a {app?: string, machine: string, force?: boolean, nonce?: string}
---@return {ok:boolean}
function fly.machines.delete(a) end

--- Blocks until state (default started) of version, at most timeout seconds (60).
--- - `app` default: the environment's
--- - `state` or a list of them; default started; stopped, suspended, destroyed, failed, settled
--- - `version` instance_id it must have; needed for stopped
--- - `instance_id` the old name of version
--- - `from_event_id` wait for what comes after that event
--- - `timeout` s, at most 60
---@see https://fly.io/docs/machines/api/machines-resource/#wait-for-a-machine-to-reach-a-specified-state
---@param a {app?: string, machine: string, state?: string, version?: string, instance_id?: string, from_event_id?: string, timeout?: integer}
---@return {ok:boolean, state:string, version:string}
function fly.machines.wait(a) end

--- The versions a machine has had, newest first, each with its configuration.
--- - `app` default: the environment's
---@see https://docs.machines.dev/#tag/machines/get/apps/{app_name}/machines/{machine_id}/versions
---@param a {app?: string, machine: string}
---@return {version:string, user_config:fly.config}[]
function fly.machines.versions(a) end

--- What happened to a machine, newest first.
--- - `app` default: the environment's
--- - `limit` how many, default 20
---@see https://docs.machines.dev/#tag/machines/get/apps/{app_name}/machines/{machine_id}/events
---@param a {app?: string, machine: string, limit?: integer}
---@return fly.event[]
function fly.machines.events(a) end

--- Starts a stopped, suspended or just created machine.
--- - `app` default: the environment's
--- - `nonce` of the lease on it
---@see https://fly.io/docs/machines/api/machines-resource/#start-a-machine
---@param a {app?: string, machine: string, nonce?: string}
---@return {previous_state:string}
function fly.machines.start(a) end

--- Stops a machine.
--- - `app` default: the environment's
--- - `signal` default SIGINT
--- - `timeout` then it is killed: "10s"
--- - `nonce` of the lease on it
---@see https://fly.io/docs/machines/api/machines-resource/#stop-a-machine
---@param a {app?: string, machine: string, signal?: string, timeout?: string, nonce?: string}
---@return {ok:boolean}
function fly.machines.stop(a) end

--- Restarts a machine; after is the id of its newest event, by which a resumed run knows whether it happened.
--- - `app` default: the environment's
--- - `after` id of its newest event, not sent: tells a resumed run whether the restart happened
--- - `timeout` then it is killed: "10s"
--- - `signal` default SIGINT
--- - `nonce` of the lease on it
---@see https://docs.machines.dev/#tag/machines/post/apps/{app_name}/machines/{machine_id}/restart
---@param a {app?: string, machine: string, after?: string, timeout?: string, signal?: string, nonce?: string}
---@return {ok:boolean}
function fly.machines.restart(a) end

--- Suspends a machine; its memory is kept for the next start.
--- - `app` default: the environment's
--- - `nonce` of the lease on it
---@see https://fly.io/docs/machines/api/machines-resource/#suspend-a-machine
---@param a {app?: string, machine: string, nonce?: string}
---@return {ok:boolean}
function fly.machines.suspend(a) end

--- Sends a signal to the main process.
--- - `app` default: the environment's
--- - `signal` as SIGHUP
--- - `nonce` of the lease on it
---@see https://docs.machines.dev/#tag/machines/post/apps/{app_name}/machines/{machine_id}/signal
---@param a {app?: string, machine: string, signal: string, nonce?: string}
---@return {ok:boolean}
function fly.machines.signal(a) end

--- Takes a machine out of the traffic.
--- - `app` default: the environment's
--- - `nonce` of the lease on it
---@see https://fly.io/docs/machines/api/machines-resource/#route-requests-away-from-or-back-to-a-machine
---@param a {app?: string, machine: string, nonce?: string}
---@return {ok:boolean}
function fly.machines.cordon(a) end

--- Puts a machine back into the traffic.
--- - `app` default: the environment's
--- - `nonce` of the lease on it
---@see https://fly.io/docs/machines/api/machines-resource/#route-requests-away-from-or-back-to-a-machine
---@param a {app?: string, machine: string, nonce?: string}
---@return {ok:boolean}
function fly.machines.uncordon(a) end

--- Runs a command inside a machine; fly.exec is the shorter way.
--- - `app` default: the environment's
--- - `command` program and arguments; no shell
--- - `stdin` what it reads
--- - `timeout` s
--- - `container` where there are several
---@see https://docs.machines.dev/#tag/machines/post/apps/{app_name}/machines/{machine_id}/exec
---@param a {app?: string, machine: string, command: string[], stdin?: string, timeout?: integer, container?: string}
---@return fly.output
function fly.machines.exec(a) end

--- The processes inside a machine.
--- - `app` default: the environment's
--- - `sort_by` cpu, rss, pid, command
--- - `order` asc or desc
---@see https://docs.machines.dev/#tag/machines/get/apps/{app_name}/machines/{machine_id}/ps
---@param a {app?: string, machine: string, sort_by?: string, order?: string}
---@return {pid:integer, command:string, rss:integer}[]
function fly.machines.ps(a) end

--- Memory limit of a running machine and what is available.
--- - `app` default: the environment's
---@see https://docs.machines.dev/#tag/machines/get/apps/{app_name}/machines/{machine_id}/memory
---@param a {app?: string, machine: string}
---@return {limit_mb:integer, available_mb:integer}
function fly.machines.memory(a) end

--- Limits the memory of a running machine until its next boot; to scale it, see fly.scale_memory.
--- - `app` default: the environment's
--- - `limit_mb` MiB, at most those of the guest
---@see https://docs.machines.dev/#tag/machines/put/apps/{app_name}/machines/{machine_id}/memory
---@param a {app?: string, machine: string, limit_mb: integer}
---@return {limit_mb:integer, available_mb:integer}
function fly.machines.set_memory_limit(a) end

--- Takes memory that is not in use back from a running machine.
--- - `app` default: the environment's
--- - `amount_mb` MiB
---@see https://docs.machines.dev/#tag/machines/post/apps/{app_name}/machines/{machine_id}/memory/reclaim
---@param a {app?: string, machine: string, amount_mb: integer}
---@return {actual_mb:integer}
function fly.machines.reclaim_memory(a) end

--- Takes the lease for ttl seconds; description tells who. data.nonce opens it.
--- - `app` default: the environment's
--- - `ttl` s, default 13
--- - `description` who holds it and why
--- - `nonce` of the lease to refresh
---@see https://fly.io/docs/machines/api/machines-resource/#create-a-machine-lease
---@param a {app?: string, machine: string, ttl?: integer, description?: string, nonce?: string}
---@return {data:fly.lease}
function fly.machines.lease(a) end

--- The lease on a machine; 404 when there is none.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/machines-resource/#get-a-machine-lease
---@param a {app?: string, machine: string}
---@return {data:fly.lease}
function fly.machines.lease_get(a) end

--- Gives the lease with that nonce back.
--- - `app` default: the environment's
--- - `nonce` of the lease
---@see https://fly.io/docs/machines/api/machines-resource/#release-a-machine-lease
---@param a {app?: string, machine: string, nonce: string}
---@return table
function fly.machines.release_lease(a) end

--- All metadata of a machine.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/machines-resource/#get-a-machines-metadata
---@param a {app?: string, machine: string}
---@return table<string,string>
function fly.machines.metadata(a) end

--- Sets and removes some metadata of a machine; it goes on running. The same as machines.update_metadata.
--- - `app` default: the environment's
--- - `metadata` the keys to set; "" removes one
--- - `machine_version` instance_id it must have, else 412
--- - `updated_at` RFC 3339, when it was changed
---@see https://docs.machines.dev/#tag/machines/put/apps/{app_name}/machines/{machine_id}/metadata
---@param a {app?: string, machine: string, metadata: table<string,string>, machine_version?: string, updated_at?: string}
---@return table
function fly.machines.put_metadata(a) end

--- Sets and removes some metadata of a machine; it goes on running.
--- - `app` default: the environment's
--- - `metadata` the keys to set; "" removes one
--- - `machine_version` instance_id it must have, else 412
--- - `updated_at` RFC 3339, when it was changed
---@see https://docs.machines.dev/#tag/machines/patch/apps/{app_name}/machines/{machine_id}/metadata
---@param a {app?: string, machine: string, metadata: table<string,string>, machine_version?: string, updated_at?: string}
---@return table
function fly.machines.update_metadata(a) end

--- One value of a machine's metadata.
--- - `app` default: the environment's
---@see https://docs.machines.dev/#tag/machines/get/apps/{app_name}/machines/{machine_id}/metadata/{key}
---@param a {app?: string, machine: string, key: string}
---@return {value:string}
function fly.machines.metadata_value(a) end

--- Sets one value of a machine's metadata.
--- - `app` default: the environment's
--- - `value` what it is from now on
--- - `updated_at` RFC 3339, when it was changed
---@see https://fly.io/docs/machines/api/machines-resource/#add-or-update-machine-metadata
---@param a {app?: string, machine: string, key: string, value: string, updated_at?: string}
---@return table
function fly.machines.set_metadata(a) end

--- Removes one value of a machine's metadata.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/machines-resource/#delete-machine-metadata
---@param a {app?: string, machine: string, key: string}
---@return table
function fly.machines.delete_metadata(a) end

fly.volumes = {}

--- The volumes of an app.
--- - `app` default: the environment's
--- - `summary` leave the block counts out
---@see https://fly.io/docs/machines/api/volumes-resource/#list-all-the-volumes-in-an-app
---@param a? {app?: string, summary?: boolean}
---@return fly.volume[]
function fly.volumes.list(a) end

--- Makes a volume, empty, from a snapshot or as a fork.
--- - `app` default: the environment's
--- - `name` letters, digits and _; may be shared by several
--- - `region` three letters: "fra"
--- - `size_gb` in GB, default 3
--- - `encrypted` default true
--- - `fstype` default "ext4"
--- - `snapshot_id` the snapshot it starts from
--- - `source_volume_id` the volume it is a fork of
--- - `snapshot_retention` days, 1 to 60, default 5
--- - `auto_backup_enabled` daily snapshots, default true
--- - `require_unique_zone` on hardware of its own, default true
--- - `unique_zone_app_wide` on hardware no volume of the app is on
--- - `compute` the guest it will be mounted in
--- - `compute_image` the image it will be mounted in
---@see https://fly.io/docs/machines/api/volumes-resource/#create-a-volume
---@param a {app?: string, name: string, region: string, size_gb?: integer, encrypted?: boolean, fstype?: string, snapshot_id?: string, source_volume_id?: string, snapshot_retention?: integer, auto_backup_enabled?: boolean, require_unique_zone?: boolean, unique_zone_app_wide?: boolean, compute?: table, compute_image?: string}
---@return fly.volume
function fly.volumes.create(a) end

--- One volume: state, size_gb, attached_machine_id.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/volumes-resource/#get-a-specific-volume
---@param a {app?: string, volume: string}
---@return fly.volume
function fly.volumes.get(a) end

--- Changes how snapshots are made and kept.
--- - `app` default: the environment's
--- - `auto_backup_enabled` daily snapshots
--- - `snapshot_retention` days, 1 to 60
---@see https://fly.io/docs/machines/api/volumes-resource/#update-a-volume
---@param a {app?: string, volume: string, auto_backup_enabled?: boolean, snapshot_retention?: integer}
---@return fly.volume
function fly.volumes.update(a) end

--- Destroys a volume for good; no machine may have it mounted.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/volumes-resource/#delete-a-volume-permanently
---@param a {app?: string, volume: string}
---@return fly.volume
function fly.volumes.delete(a) end

--- Makes a volume larger; needs_restart tells whether its machine sees that only after a restart.
--- - `app` default: the environment's
--- - `size_gb` the new size in GB; it never shrinks
---@see https://fly.io/docs/machines/api/volumes-resource/#extend-a-volume
---@param a {app?: string, volume: string, size_gb: integer}
---@return {needs_restart:boolean, volume:fly.volume}
function fly.volumes.extend(a) end

--- The snapshots of a volume, newest first.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/volumes-resource/#get-a-list-of-snapshots-for-a-volume
---@param a {app?: string, volume: string}
---@return fly.snapshot[]
function fly.volumes.snapshots(a) end

--- Begins a snapshot; volumes.snapshots shows it when it is made.
--- - `app` default: the environment's
---@see https://fly.io/docs/machines/api/volumes-resource/#create-an-on-demand-volume-snapshot-beta
---@param a {app?: string, volume: string}
---@return table
function fly.volumes.snapshot(a) end

fly.secrets = {}

--- Names and digests of an app's secrets.
--- - `app` default: the environment's
--- - `min_version` not older than that version of the secrets
--- - `show_secrets` with their values, as secrets
---@see https://docs.machines.dev/#tag/secrets/get/apps/{app_name}/secrets
---@param a? {app?: string, min_version?: string, show_secrets?: boolean}
---@return fly.secret[]
function fly.secrets.list(a) end

--- Sets and removes secrets in one go; machines see them at their next update. Gives the version to pass as min_secrets_version.
--- - `app` default: the environment's
--- - `values` by name; json.null removes one
---@see https://docs.machines.dev/#tag/secrets/post/apps/{app_name}/secrets
---@param a {app?: string, values: table<string,secret>}
---@return {version:integer, secrets:fly.secret[]}
function fly.secrets.set(a) end

--- Name and digest of one secret.
--- - `app` default: the environment's
--- - `min_version` not older than that version of the secrets
--- - `show_secrets` with their values, as secrets
---@see https://docs.machines.dev/#tag/secrets/get/apps/{app_name}/secrets/{secret_name}
---@param a {app?: string, name: string, min_version?: string, show_secrets?: boolean}
---@return fly.secret
function fly.secrets.get(a) end

--- Sets one secret; version is what to pass as min_secrets_version.
--- - `app` default: the environment's
--- - `value` what it is from now on
---@see https://docs.machines.dev/#tag/secrets/post/apps/{app_name}/secrets/{secret_name}
---@param a {app?: string, name: string, value: secret}
---@return fly.secret
function fly.secrets.set_one(a) end

--- Removes one secret.
--- - `app` default: the environment's
---@see https://docs.machines.dev/#tag/secrets/delete/apps/{app_name}/secrets/{secret_name}
---@param a {app?: string, name: string}
---@return {version:integer}
function fly.secrets.unset(a) end

fly.secretkeys = {}

--- The app's keys: names, types, public halves.
--- - `app` default: the environment's
--- - `min_version` not older than that version of the secrets
--- - `types` only keys of these types, with commas
---@see https://docs.machines.dev/#tag/secrets/get/apps/{app_name}/secretkeys
---@param a? {app?: string, min_version?: string, types?: string}
---@return fly.secretkey[]
function fly.secretkeys.list(a) end

--- One key: name, type, public half.
--- - `app` default: the environment's
--- - `min_version` not older than that version of the secrets
---@see https://docs.machines.dev/#tag/secrets/get/apps/{app_name}/secretkeys/{secret_name}
---@param a {app?: string, name: string, min_version?: string}
---@return fly.secretkey
function fly.secretkeys.get(a) end

--- Sets a key to the bytes given.
--- - `app` default: the environment's
--- - `type` as "nacl_auth", "nacl_box", "nacl_sign"
--- - `value` its bytes
---@see https://docs.machines.dev/#tag/secrets/post/apps/{app_name}/secretkeys/{secret_name}
---@param a {app?: string, name: string, type: string, value: integer[]}
---@return fly.secretkey
function fly.secretkeys.set(a) end

--- Makes a random key; it never leaves Fly.io.
--- - `app` default: the environment's
--- - `type` as "nacl_auth", "nacl_box", "nacl_sign"
---@see https://docs.machines.dev/#tag/secrets/post/apps/{app_name}/secretkeys/{secret_name}/generate
---@param a {app?: string, name: string, type: string}
---@return fly.secretkey
function fly.secretkeys.generate(a) end

--- Removes a key; what it encrypted is lost.
--- - `app` default: the environment's
---@see https://docs.machines.dev/#tag/secrets/delete/apps/{app_name}/secretkeys/{secret_name}
---@param a {app?: string, name: string}
---@return {version:integer}
function fly.secretkeys.delete(a) end

--- Encrypts with a key.
--- - `app` default: the environment's
--- - `plaintext` bytes
--- - `associated_data` bytes that must be known to decrypt
--- - `min_version` not older than that version of the secrets
---@see https://docs.machines.dev/#tag/secrets/post/apps/{app_name}/secretkeys/{secret_name}/encrypt
---@param a {app?: string, name: string, plaintext: integer[], associated_data?: integer[], min_version?: string}
---@return {ciphertext:integer[]}
function fly.secretkeys.encrypt(a) end

--- Decrypts what this key encrypted.
--- - `app` default: the environment's
--- - `ciphertext` bytes
--- - `associated_data` the bytes it was encrypted with
--- - `min_version` not older than that version of the secrets
---@see https://docs.machines.dev/#tag/secrets/post/apps/{app_name}/secretkeys/{secret_name}/decrypt
---@param a {app?: string, name: string, ciphertext: integer[], associated_data?: integer[], min_version?: string}
---@return {plaintext:secret}
function fly.secretkeys.decrypt(a) end

--- Signs with a key.
--- - `app` default: the environment's
--- - `plaintext` bytes
--- - `min_version` not older than that version of the secrets
---@see https://docs.machines.dev/#tag/secrets/post/apps/{app_name}/secretkeys/{secret_name}/sign
---@param a {app?: string, name: string, plaintext: integer[], min_version?: string}
---@return {signature:integer[]}
function fly.secretkeys.sign(a) end

--- Raises unless the signature is of this key and these bytes.
--- - `app` default: the environment's
--- - `plaintext` bytes
--- - `signature` what secretkeys.sign gave
--- - `min_version` not older than that version of the secrets
---@see https://docs.machines.dev/#tag/secrets/post/apps/{app_name}/secretkeys/{secret_name}/verify
---@param a {app?: string, name: string, plaintext: integer[], signature: integer[], min_version?: string}
---@return table
function fly.secretkeys.verify(a) end

fly.orgs = {}

--- The machines of all apps of an organisation (env.fly.org).
--- - `org` default: the environment's
--- - `region` only of that region
--- - `state` only in these states, with commas
--- - `summary` leave the configuration out
--- - `include_deleted` destroyed ones too
--- - `updated_after` RFC 3339
--- - `limit` items a page
--- - `cursor` that page alone
---@see https://docs.machines.dev/#tag/organizations/get/orgs/{org_slug}/machines
---@param a? {org?: string, region?: string, state?: string, summary?: boolean, include_deleted?: boolean, updated_after?: string, limit?: integer, cursor?: string}
---@return table[]
function fly.orgs.machines(a) end

--- The volumes of all apps of an organisation (env.fly.org).
--- - `org` default: the environment's
--- - `region` only of that region
--- - `state` only in these states, with commas
--- - `summary` leave the configuration out
--- - `include_deleted` destroyed ones too
--- - `updated_after` RFC 3339
--- - `limit` items a page
--- - `cursor` that page alone
---@see https://docs.machines.dev/#tag/organizations/get/orgs/{org_slug}/volumes
---@param a? {org?: string, region?: string, state?: string, summary?: boolean, include_deleted?: boolean, updated_after?: string, limit?: integer, cursor?: string}
---@return fly.volume[]
function fly.orgs.volumes(a) end

fly.platform = {}

--- The regions machines can run in.
---@see https://docs.machines.dev/#tag/platform/get/platform/regions
---@param a? {}
---@return {code:string, name:string}[]
function fly.platform.regions(a) end

--- Where machines would be placed now; nothing is placed.
--- - `org_slug` whose limits count
--- - `compute` the guest, default performance-1x
--- - `count` how many machines
--- - `region` regions or groups of them, with commas
--- - `volume_name` the volume each would mount
--- - `volume_size_bytes` its size
--- - `weights` what to prefer
---@see https://docs.machines.dev/#tag/platform/post/platform/placements
---@param a {org_slug: string, compute?: table, count?: integer, region?: string, volume_name?: string, volume_size_bytes?: integer, weights?: table}
---@return {region:string, count:integer, concurrency:integer}[]
function fly.platform.placements(a) end

fly.tokens = {}

--- What the token in use is: organisations, apps, user.
---@see https://docs.machines.dev/#tag/tokens/get/tokens/current
---@param a? {}
---@return {token_id:string, org_slug:string, user:string}[]
function fly.tokens.current(a) end

--- Whether a token is genuine, whatever it may do.
--- - `header` an Authorization header
---@see https://docs.machines.dev/#tag/tokens/post/tokens/authenticate
---@param a {header: secret}
---@return table[]
function fly.tokens.authenticate(a) end

--- Whether a token allows that access.
--- - `header` an Authorization header
--- - `access` what would be done: org_slug, app_name, action
---@see https://docs.machines.dev/#tag/tokens/post/tokens/authorize
---@param a {header: secret, access: table}
---@return table
function fly.tokens.authorize(a) end

--- A token for the key service; from inside a machine only.
---@see https://docs.machines.dev/#tag/tokens/post/tokens/kms
---@param a? {}
---@return string
function fly.tokens.kms(a) end

--- An OpenID Connect token; from inside a machine only.
--- - `aud` the audience
--- - `aws_principal_tags` with the tags AWS reads
---@see https://fly.io/docs/machines/api/tokens-resource/#request-an-oidc-token
---@param a? {aud?: string, aws_principal_tags?: boolean}
---@return string
function fly.tokens.oidc(a) end

fly.releases = {}

--- The newest releases of app, at most limit: version, status, imageRef.
--- - `app` its name
--- - `limit` how many, default 25
---@see https://api.fly.io/graphql
---@param a {app: string, limit?: integer}
---@return fly.release[]
function fly.releases.list(a) end

--- The release that is current for app.
--- - `app` its name
---@see https://api.fly.io/graphql
---@param a {app: string}
---@return fly.release
function fly.releases.current(a) end

--- The app's definition (what fly.toml became); a release carries it.
--- - `app` its name
---@see https://api.fly.io/graphql
---@param a {app: string}
---@return table
function fly.releases.definition(a) end

--- Notes a release; it moves no machine.
--- - `input` appId, image, platformVersion "machines", strategy (ROLLING, IMMEDIATE, …), definition
--- - `after` version of the newest release known, not sent: tells a resumed run whether the release was made
---@see https://api.fly.io/graphql
---@param a {input: table, after?: integer}
---@return {id:string, version:integer}
function fly.releases.create(a) end

--- Tells how far a release has come.
--- - `input` releaseId, status (running, complete, failed, interrupted), metadata
---@see https://api.fly.io/graphql
---@param a {input: table}
---@return {id:string, version:integer, status:string}
function fly.releases.update(a) end

fly.app_secrets = {}

--- Names and digests of an app's secrets, as GraphQL tells them; secrets.list is the newer way.
--- - `app` its name
---@see https://api.fly.io/graphql
---@param a {app: string}
---@return {name:string, digest:string, createdAt:string}[]
function fly.app_secrets.list(a) end

--- Sets secrets and notes a release; secrets.set is the newer way.
--- - `input` appId, secrets ({key, value}[]), replaceAll
---@see https://api.fly.io/graphql
---@param a {input: table}
---@return {id:string, version:integer}
function fly.app_secrets.set(a) end

--- Removes secrets and notes a release; secrets.unset is the newer way.
--- - `input` appId, keys
---@see https://api.fly.io/graphql
---@param a {input: table}
---@return {id:string, version:integer}
function fly.app_secrets.unset(a) end

fly.try = {}

fly.try.apps = {}

--- As fly.apps.list, but a failure is given, not raised.
---@param a {org_slug: string, app_role?: string, limit?: integer, cursor?: string}
---@return fly.app[]|nil
---@return provider.failure|nil
function fly.try.apps.list(a) end

--- As fly.apps.create, but a failure is given, not raised.
---@param a {name: string, org_slug: string, network?: string, enable_subdomains?: boolean}
---@return {id:string}|nil
---@return provider.failure|nil
function fly.try.apps.create(a) end

--- As fly.apps.get, but a failure is given, not raised.
---@param a? {app?: string}
---@return fly.app|nil
---@return provider.failure|nil
function fly.try.apps.get(a) end

--- As fly.apps.delete, but a failure is given, not raised.
---@param a? {app?: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.apps.delete(a) end

--- As fly.apps.deploy_token, but a failure is given, not raised.
---@param a {app?: string, expiry: string}
---@return {token:secret}|nil
---@return provider.failure|nil
function fly.try.apps.deploy_token(a) end

fly.try.ips = {}

--- As fly.ips.list, but a failure is given, not raised.
---@param a? {app?: string}
---@return fly.ip[]|nil
---@return provider.failure|nil
function fly.try.ips.list(a) end

--- As fly.ips.assign, but a failure is given, not raised.
---@param a {app?: string, type: string, region?: string, network?: string, org_slug?: string, service_name?: string}
---@return fly.ip|nil
---@return provider.failure|nil
function fly.try.ips.assign(a) end

--- As fly.ips.release, but a failure is given, not raised.
---@param a {app?: string, ip: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.ips.release(a) end

fly.try.certificates = {}

--- As fly.certificates.list, but a failure is given, not raised.
---@param a? {app?: string, filter?: string, limit?: integer, cursor?: string}
---@return fly.certificate[]|nil
---@return provider.failure|nil
function fly.try.certificates.list(a) end

--- As fly.certificates.request, but a failure is given, not raised.
---@param a {app?: string, hostname: string}
---@return fly.certificate|nil
---@return provider.failure|nil
function fly.try.certificates.request(a) end

--- As fly.certificates.upload, but a failure is given, not raised.
---@param a {app?: string, hostname: string, fullchain: string, private_key: secret}
---@return fly.certificate|nil
---@return provider.failure|nil
function fly.try.certificates.upload(a) end

--- As fly.certificates.get, but a failure is given, not raised.
---@param a {app?: string, hostname: string}
---@return fly.certificate|nil
---@return provider.failure|nil
function fly.try.certificates.get(a) end

--- As fly.certificates.delete, but a failure is given, not raised.
---@param a {app?: string, hostname: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.certificates.delete(a) end

--- As fly.certificates.stop_acme, but a failure is given, not raised.
---@param a {app?: string, hostname: string}
---@return fly.certificate|nil
---@return provider.failure|nil
function fly.try.certificates.stop_acme(a) end

--- As fly.certificates.delete_custom, but a failure is given, not raised.
---@param a {app?: string, hostname: string}
---@return fly.certificate|nil
---@return provider.failure|nil
function fly.try.certificates.delete_custom(a) end

--- As fly.certificates.check, but a failure is given, not raised.
---@param a {app?: string, hostname: string}
---@return fly.certificate|nil
---@return provider.failure|nil
function fly.try.certificates.check(a) end

fly.try.machines = {}

--- As fly.machines.list, but a failure is given, not raised.
---@param a? {app?: string, region?: string, state?: string, summary?: boolean, include_deleted?: boolean, include_leases?: boolean, limit?: integer, cursor?: string}
---@return fly.machine[]|nil
---@return provider.failure|nil
function fly.try.machines.list(a) end

--- As fly.machines.create, but a failure is given, not raised.
---@param a {app?: string, config: fly.config, name?: string, region?: string, lease_ttl?: integer, min_secrets_version?: integer, skip_launch?: boolean, skip_secrets?: boolean, skip_service_registration?: boolean, lsvd?: boolean}
---@return fly.machine|nil
---@return provider.failure|nil
function fly.try.machines.create(a) end

--- As fly.machines.get, but a failure is given, not raised.
---@param a {app?: string, machine: string, version?: string, include_leases?: boolean}
---@return fly.machine|nil
---@return provider.failure|nil
function fly.try.machines.get(a) end

--- As fly.machines.update, but a failure is given, not raised.
---@param a {app?: string, machine: string, config: fly.config, current_version?: string, nonce?: string, min_secrets_version?: integer, skip_launch?: boolean, skip_secrets?: boolean, skip_service_registration?: boolean, lease_ttl?: integer, lsvd?: boolean, name?: string, region?: string}
---@return fly.machine|nil
---@return provider.failure|nil
function fly.try.machines.update(a) end

--- As fly.machines.delete, but a failure is given, not raised.
---@param a {app?: string, machine: string, force?: boolean, nonce?: string}
---@return {ok:boolean}|nil
---@return provider.failure|nil
function fly.try.machines.delete(a) end

--- As fly.machines.wait, but a failure is given, not raised.
---@param a {app?: string, machine: string, state?: string, version?: string, instance_id?: string, from_event_id?: string, timeout?: integer}
---@return {ok:boolean, state:string, version:string}|nil
---@return provider.failure|nil
function fly.try.machines.wait(a) end

--- As fly.machines.versions, but a failure is given, not raised.
---@param a {app?: string, machine: string}
---@return {version:string, user_config:fly.config}[]|nil
---@return provider.failure|nil
function fly.try.machines.versions(a) end

--- As fly.machines.events, but a failure is given, not raised.
---@param a {app?: string, machine: string, limit?: integer}
---@return fly.event[]|nil
---@return provider.failure|nil
function fly.try.machines.events(a) end

--- As fly.machines.start, but a failure is given, not raised.
---@param a {app?: string, machine: string, nonce?: string}
---@return {previous_state:string}|nil
---@return provider.failure|nil
function fly.try.machines.start(a) end

--- As fly.machines.stop, but a failure is given, not raised.
---@param a {app?: string, machine: string, signal?: string, timeout?: string, nonce?: string}
---@return {ok:boolean}|nil
---@return provider.failure|nil
function fly.try.machines.stop(a) end

--- As fly.machines.restart, but a failure is given, not raised.
---@param a {app?: string, machine: string, after?: string, timeout?: string, signal?: string, nonce?: string}
---@return {ok:boolean}|nil
---@return provider.failure|nil
function fly.try.machines.restart(a) end

--- As fly.machines.suspend, but a failure is given, not raised.
---@param a {app?: string, machine: string, nonce?: string}
---@return {ok:boolean}|nil
---@return provider.failure|nil
function fly.try.machines.suspend(a) end

--- As fly.machines.signal, but a failure is given, not raised.
---@param a {app?: string, machine: string, signal: string, nonce?: string}
---@return {ok:boolean}|nil
---@return provider.failure|nil
function fly.try.machines.signal(a) end

--- As fly.machines.cordon, but a failure is given, not raised.
---@param a {app?: string, machine: string, nonce?: string}
---@return {ok:boolean}|nil
---@return provider.failure|nil
function fly.try.machines.cordon(a) end

--- As fly.machines.uncordon, but a failure is given, not raised.
---@param a {app?: string, machine: string, nonce?: string}
---@return {ok:boolean}|nil
---@return provider.failure|nil
function fly.try.machines.uncordon(a) end

--- As fly.machines.exec, but a failure is given, not raised.
---@param a {app?: string, machine: string, command: string[], stdin?: string, timeout?: integer, container?: string}
---@return fly.output|nil
---@return provider.failure|nil
function fly.try.machines.exec(a) end

--- As fly.machines.ps, but a failure is given, not raised.
---@param a {app?: string, machine: string, sort_by?: string, order?: string}
---@return {pid:integer, command:string, rss:integer}[]|nil
---@return provider.failure|nil
function fly.try.machines.ps(a) end

--- As fly.machines.memory, but a failure is given, not raised.
---@param a {app?: string, machine: string}
---@return {limit_mb:integer, available_mb:integer}|nil
---@return provider.failure|nil
function fly.try.machines.memory(a) end

--- As fly.machines.set_memory_limit, but a failure is given, not raised.
---@param a {app?: string, machine: string, limit_mb: integer}
---@return {limit_mb:integer, available_mb:integer}|nil
---@return provider.failure|nil
function fly.try.machines.set_memory_limit(a) end

--- As fly.machines.reclaim_memory, but a failure is given, not raised.
---@param a {app?: string, machine: string, amount_mb: integer}
---@return {actual_mb:integer}|nil
---@return provider.failure|nil
function fly.try.machines.reclaim_memory(a) end

--- As fly.machines.lease, but a failure is given, not raised.
---@param a {app?: string, machine: string, ttl?: integer, description?: string, nonce?: string}
---@return {data:fly.lease}|nil
---@return provider.failure|nil
function fly.try.machines.lease(a) end

--- As fly.machines.lease_get, but a failure is given, not raised.
---@param a {app?: string, machine: string}
---@return {data:fly.lease}|nil
---@return provider.failure|nil
function fly.try.machines.lease_get(a) end

--- As fly.machines.release_lease, but a failure is given, not raised.
---@param a {app?: string, machine: string, nonce: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.release_lease(a) end

--- As fly.machines.metadata, but a failure is given, not raised.
---@param a {app?: string, machine: string}
---@return table<string,string>|nil
---@return provider.failure|nil
function fly.try.machines.metadata(a) end

--- As fly.machines.put_metadata, but a failure is given, not raised.
---@param a {app?: string, machine: string, metadata: table<string,string>, machine_version?: string, updated_at?: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.put_metadata(a) end

--- As fly.machines.update_metadata, but a failure is given, not raised.
---@param a {app?: string, machine: string, metadata: table<string,string>, machine_version?: string, updated_at?: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.update_metadata(a) end

--- As fly.machines.metadata_value, but a failure is given, not raised.
---@param a {app?: string, machine: string, key: string}
---@return {value:string}|nil
---@return provider.failure|nil
function fly.try.machines.metadata_value(a) end

--- As fly.machines.set_metadata, but a failure is given, not raised.
---@param a {app?: string, machine: string, key: string, value: string, updated_at?: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.set_metadata(a) end

--- As fly.machines.delete_metadata, but a failure is given, not raised.
---@param a {app?: string, machine: string, key: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.machines.delete_metadata(a) end

fly.try.volumes = {}

--- As fly.volumes.list, but a failure is given, not raised.
---@param a? {app?: string, summary?: boolean}
---@return fly.volume[]|nil
---@return provider.failure|nil
function fly.try.volumes.list(a) end

--- As fly.volumes.create, but a failure is given, not raised.
---@param a {app?: string, name: string, region: string, size_gb?: integer, encrypted?: boolean, fstype?: string, snapshot_id?: string, source_volume_id?: string, snapshot_retention?: integer, auto_backup_enabled?: boolean, require_unique_zone?: boolean, unique_zone_app_wide?: boolean, compute?: table, compute_image?: string}
---@return fly.volume|nil
---@return provider.failure|nil
function fly.try.volumes.create(a) end

--- As fly.volumes.get, but a failure is given, not raised.
---@param a {app?: string, volume: string}
---@return fly.volume|nil
---@return provider.failure|nil
function fly.try.volumes.get(a) end

--- As fly.volumes.update, but a failure is given, not raised.
---@param a {app?: string, volume: string, auto_backup_enabled?: boolean, snapshot_retention?: integer}
---@return fly.volume|nil
---@return provider.failure|nil
function fly.try.volumes.update(a) end

--- As fly.volumes.delete, but a failure is given, not raised.
---@param a {app?: string, volume: string}
---@return fly.volume|nil
---@return provider.failure|nil
function fly.try.volumes.delete(a) end

--- As fly.volumes.extend, but a failure is given, not raised.
---@param a {app?: string, volume: string, size_gb: integer}
---@return {needs_restart:boolean, volume:fly.volume}|nil
---@return provider.failure|nil
function fly.try.volumes.extend(a) end

--- As fly.volumes.snapshots, but a failure is given, not raised.
---@param a {app?: string, volume: string}
---@return fly.snapshot[]|nil
---@return provider.failure|nil
function fly.try.volumes.snapshots(a) end

--- As fly.volumes.snapshot, but a failure is given, not raised.
---@param a {app?: string, volume: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.volumes.snapshot(a) end

fly.try.secrets = {}

--- As fly.secrets.list, but a failure is given, not raised.
---@param a? {app?: string, min_version?: string, show_secrets?: boolean}
---@return fly.secret[]|nil
---@return provider.failure|nil
function fly.try.secrets.list(a) end

--- As fly.secrets.set, but a failure is given, not raised.
---@param a {app?: string, values: table<string,secret>}
---@return {version:integer, secrets:fly.secret[]}|nil
---@return provider.failure|nil
function fly.try.secrets.set(a) end

--- As fly.secrets.get, but a failure is given, not raised.
---@param a {app?: string, name: string, min_version?: string, show_secrets?: boolean}
---@return fly.secret|nil
---@return provider.failure|nil
function fly.try.secrets.get(a) end

--- As fly.secrets.set_one, but a failure is given, not raised.
---@param a {app?: string, name: string, value: secret}
---@return fly.secret|nil
---@return provider.failure|nil
function fly.try.secrets.set_one(a) end

--- As fly.secrets.unset, but a failure is given, not raised.
---@param a {app?: string, name: string}
---@return {version:integer}|nil
---@return provider.failure|nil
function fly.try.secrets.unset(a) end

fly.try.secretkeys = {}

--- As fly.secretkeys.list, but a failure is given, not raised.
---@param a? {app?: string, min_version?: string, types?: string}
---@return fly.secretkey[]|nil
---@return provider.failure|nil
function fly.try.secretkeys.list(a) end

--- As fly.secretkeys.get, but a failure is given, not raised.
---@param a {app?: string, name: string, min_version?: string}
---@return fly.secretkey|nil
---@return provider.failure|nil
function fly.try.secretkeys.get(a) end

--- As fly.secretkeys.set, but a failure is given, not raised.
---@param a {app?: string, name: string, type: string, value: integer[]}
---@return fly.secretkey|nil
---@return provider.failure|nil
function fly.try.secretkeys.set(a) end

--- As fly.secretkeys.generate, but a failure is given, not raised.
---@param a {app?: string, name: string, type: string}
---@return fly.secretkey|nil
---@return provider.failure|nil
function fly.try.secretkeys.generate(a) end

--- As fly.secretkeys.delete, but a failure is given, not raised.
---@param a {app?: string, name: string}
---@return {version:integer}|nil
---@return provider.failure|nil
function fly.try.secretkeys.delete(a) end

--- As fly.secretkeys.encrypt, but a failure is given, not raised.
---@param a {app?: string, name: string, plaintext: integer[], associated_data?: integer[], min_version?: string}
---@return {ciphertext:integer[]}|nil
---@return provider.failure|nil
function fly.try.secretkeys.encrypt(a) end

--- As fly.secretkeys.decrypt, but a failure is given, not raised.
---@param a {app?: string, name: string, ciphertext: integer[], associated_data?: integer[], min_version?: string}
---@return {plaintext:secret}|nil
---@return provider.failure|nil
function fly.try.secretkeys.decrypt(a) end

--- As fly.secretkeys.sign, but a failure is given, not raised.
---@param a {app?: string, name: string, plaintext: integer[], min_version?: string}
---@return {signature:integer[]}|nil
---@return provider.failure|nil
function fly.try.secretkeys.sign(a) end

--- As fly.secretkeys.verify, but a failure is given, not raised.
---@param a {app?: string, name: string, plaintext: integer[], signature: integer[], min_version?: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.secretkeys.verify(a) end

fly.try.orgs = {}

--- As fly.orgs.machines, but a failure is given, not raised.
---@param a? {org?: string, region?: string, state?: string, summary?: boolean, include_deleted?: boolean, updated_after?: string, limit?: integer, cursor?: string}
---@return table[]|nil
---@return provider.failure|nil
function fly.try.orgs.machines(a) end

--- As fly.orgs.volumes, but a failure is given, not raised.
---@param a? {org?: string, region?: string, state?: string, summary?: boolean, include_deleted?: boolean, updated_after?: string, limit?: integer, cursor?: string}
---@return fly.volume[]|nil
---@return provider.failure|nil
function fly.try.orgs.volumes(a) end

fly.try.platform = {}

--- As fly.platform.regions, but a failure is given, not raised.
---@param a? {}
---@return {code:string, name:string}[]|nil
---@return provider.failure|nil
function fly.try.platform.regions(a) end

--- As fly.platform.placements, but a failure is given, not raised.
---@param a {org_slug: string, compute?: table, count?: integer, region?: string, volume_name?: string, volume_size_bytes?: integer, weights?: table}
---@return {region:string, count:integer, concurrency:integer}[]|nil
---@return provider.failure|nil
function fly.try.platform.placements(a) end

fly.try.tokens = {}

--- As fly.tokens.current, but a failure is given, not raised.
---@param a? {}
---@return {token_id:string, org_slug:string, user:string}[]|nil
---@return provider.failure|nil
function fly.try.tokens.current(a) end

--- As fly.tokens.authenticate, but a failure is given, not raised.
---@param a {header: secret}
---@return table[]|nil
---@return provider.failure|nil
function fly.try.tokens.authenticate(a) end

--- As fly.tokens.authorize, but a failure is given, not raised.
---@param a {header: secret, access: table}
---@return table|nil
---@return provider.failure|nil
function fly.try.tokens.authorize(a) end

--- As fly.tokens.kms, but a failure is given, not raised.
---@param a? {}
---@return string|nil
---@return provider.failure|nil
function fly.try.tokens.kms(a) end

--- As fly.tokens.oidc, but a failure is given, not raised.
---@param a? {aud?: string, aws_principal_tags?: boolean}
---@return string|nil
---@return provider.failure|nil
function fly.try.tokens.oidc(a) end

fly.try.releases = {}

--- As fly.releases.list, but a failure is given, not raised.
---@param a {app: string, limit?: integer}
---@return fly.release[]|nil
---@return provider.failure|nil
function fly.try.releases.list(a) end

--- As fly.releases.current, but a failure is given, not raised.
---@param a {app: string}
---@return fly.release|nil
---@return provider.failure|nil
function fly.try.releases.current(a) end

--- As fly.releases.definition, but a failure is given, not raised.
---@param a {app: string}
---@return table|nil
---@return provider.failure|nil
function fly.try.releases.definition(a) end

--- As fly.releases.create, but a failure is given, not raised.
---@param a {input: table, after?: integer}
---@return {id:string, version:integer}|nil
---@return provider.failure|nil
function fly.try.releases.create(a) end

--- As fly.releases.update, but a failure is given, not raised.
---@param a {input: table}
---@return {id:string, version:integer, status:string}|nil
---@return provider.failure|nil
function fly.try.releases.update(a) end

fly.try.app_secrets = {}

--- As fly.app_secrets.list, but a failure is given, not raised.
---@param a {app: string}
---@return {name:string, digest:string, createdAt:string}[]|nil
---@return provider.failure|nil
function fly.try.app_secrets.list(a) end

--- As fly.app_secrets.set, but a failure is given, not raised.
---@param a {input: table}
---@return {id:string, version:integer}|nil
---@return provider.failure|nil
function fly.try.app_secrets.set(a) end

--- As fly.app_secrets.unset, but a failure is given, not raised.
---@param a {input: table}
---@return {id:string, version:integer}|nil
---@return provider.failure|nil
function fly.try.app_secrets.unset(a) end

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

--- Waits until the machine runs that version and its checks pass, or until it
--- is in the state that is given. A wait that times out is asked again: the
--- service blocks 60 s at most.
--- @param args {app:string, machine:string, version:string, within_s?:number, state?:string|string[]}
--- @return fly.machine
function fly.settle(args) end

--- Waits until every machine of an app that is not meant to be down is
--- started and its checks pass. Raises with the ones that are not.
--- @param args? {app?:string, within_s?:number} default env.fly.app, 120 s
--- @return table[] rows machine, region, state, image, checks
function fly.wait_healthy(args) end

--- Runs a command inside a machine and raises unless it gives 0. A text is
--- run by the machine's shell, a list is program and arguments.
--- @param args fly.exec_args
--- @return fly.output
function fly.exec(args) end

--- What would be done to bring every machine of an app to an image, or with no
--- image to boot each anew. Machines that are down stay so. Reads only.
--- @param args {app?:string, image?:string}
--- @return fly.plan
function fly.plan_rollout(args) end

--- What a table of a rollout shows.
--- @param plan fly.plan
--- @return table[] rows machine, region, from, to
function fly.rollout_rows(plan) end

--- Executes a plan of fly.plan_rollout, one machine after the other, and
--- stops at the first that does not get healthy. On a failure the lease is
--- kept, so that a further attempt can go on under it: fly.release_leases
--- gives it back at the end.
--- @param plan fly.plan
--- @param more? {min_secrets_version?:integer} boot with no older secrets
--- @return fly.machine[] as they are now
function fly.roll(plan, more) end

--- Gives back the leases this run still holds on an app's machines.
--- @param app? string default env.fly.app
--- @return string[] ids of the machines that were still leased
function fly.release_leases(app) end

--- Plans the memory of all machines of an app, or of those of some process
--- groups. Reads only.
--- @param args {app?:string, memory_mb:integer, groups?:string[]} MiB, a multiple of 256
--- @return fly.memory_plan
function fly.plan_memory(args) end

--- Executes a plan of fly.plan_memory: one machine after the other is leased,
--- updated, waited for until its checks pass, and given back. When one fails,
--- all that were changed go back to what they had, the last one first, and it
--- fails with the machine and the cause; there is no further attempt of the
--- step then.
--- @param plan fly.memory_plan
--- @return table[] rows machine, region, before, after, state
function fly.set_memory(plan) end

--- Plan and execution in one: fly.scale_memory { memory_mb = 512 }, with the
--- arguments of fly.plan_memory, or fly.scale_memory(app, 512).
--- @param args string|{app?:string, memory_mb:integer, groups?:string[]}
--- @param memory_mb? integer MiB, when args is the app's name
--- @return table[] rows machine, region, before, after, state
function fly.scale_memory(args, memory_mb) end

--- The newest earlier release that succeeded with another image, or the one
--- numbered version. Raises when there is none.
--- @param releases fly.release[] newest first
--- @param current fly.release
--- @param version? integer 0 or nil: choose
--- @return fly.release
function fly.rollback_target(releases, current, version) end

--- Plans a deploy of an image as flyctl does one. Reads only.
--- @param args {app?:string, image:string}
--- @return fly.deploy_plan
function fly.plan_deploy(args) end

--- Plans to go back to an earlier release: its image, and for each machine
--- the configuration it had then; a machine that had none then keeps its own
--- and move.image_only says so. Reads only.
--- @param args? {app?:string, release?:integer} 0 or nil: the last good one with another image
--- @return fly.deploy_plan
function fly.plan_rollback(args) end

--- Executes a plan of fly.plan_deploy or fly.plan_rollback: notes the release,
--- rolls the machines as fly.roll does, marks the release complete. After a
--- failure a further attempt goes on; when there is none left,
--- fly.fail_release marks the release failed.
--- @param plan fly.deploy_plan
--- @return {release:fly.release, machines:fly.machine[]}
function fly.deploy(plan) end

--- Marks the release that fly.deploy began and did not end as failed.
--- @param plan fly.deploy_plan|{app?:string, image:string}
--- @return integer[] versions of the releases that were marked
function fly.fail_release(plan) end

--- Plan and execution in one; marks the release failed when it raises.
--- @param args {app?:string, image:string}
--- @return {release:fly.release, machines:fly.machine[]}
function fly.deploy_image(args) end

--- Plan and execution in one; marks the release failed when it raises.
--- @param args? {app?:string, release?:integer}
--- @return {release:fly.release, machines:fly.machine[]}
function fly.rollback(args) end

--- Sets secrets and boots every machine anew with them, as fly.roll does.
--- With a plan of fly.plan_rollout it only changes; without it reads first.
--- @param args fly.set_secrets_args
--- @return {version:integer, machines:fly.machine[]}
function fly.set_secrets(args) end

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
github = {}

github.rate_limit = {}

--- What is left of each rate limit; asking costs nothing.
---@see https://docs.github.com/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user
---@param a? {}
---@return {resources:table<string,github.limit>, rate:github.limit}
function github.rate_limit.get(a) end

github.user = {}

--- Whom the token belongs to. An app's installation has no user: 403.
---@see https://docs.github.com/rest/users/users#get-the-authenticated-user
---@param a? {}
---@return {login:string, id:integer, type:string}
function github.user.get(a) end

github.repo = {}

--- The repository: default_branch, visibility, permissions of the token, archived.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
---@see https://docs.github.com/rest/repos/repos#get-a-repository
---@param a? {owner?: string, repo?: string}
---@return github.repository
function github.repo.get(a) end

--- Triggers the workflows that wait for repository_dispatch with event_type; client_payload.marker must be part of their run-name, so that a lost request can be found again.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `event_type` what the workflows' types name
--- - `client_payload` at most 10 members, github.event.client_payload in the workflow
---@see https://docs.github.com/rest/repos/repos#create-a-repository-dispatch-event
---@param a {owner?: string, repo?: string, event_type: string, client_payload?: table}
---@return table
function github.repo.dispatch(a) end

github.environments = {}

--- The repository's environments with their protection rules.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/deployments/environments#list-environments
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return github.environment[]
function github.environments.list(a) end

--- One environment: protection_rules (wait_timer in minutes, required_reviewers, branch_policy).
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` its name; default env.github.environment
---@see https://docs.github.com/rest/deployments/environments#get-an-environment
---@param a? {owner?: string, repo?: string, environment?: string}
---@return github.environment
function github.environments.get(a) end

--- Creates an environment or sets its rules. What is not given is taken away: give all rules.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` its name; default env.github.environment
--- - `wait_timer` minutes a job waits, 0 to 43200
--- - `prevent_self_review` who started a run may not approve it
--- - `reviewers` at most 6; one of them must approve
--- - `deployment_branch_policy` json.null: every branch may deploy
---@see https://docs.github.com/rest/deployments/environments#create-or-update-an-environment
---@param a? {owner?: string, repo?: string, environment?: string, wait_timer?: integer, prevent_self_review?: boolean, reviewers?: {type:"User"|"Team", id:integer}[], deployment_branch_policy?: {protected_branches:boolean, custom_branch_policies:boolean}}
---@return github.environment
function github.environments.put(a) end

--- Removes an environment with its secrets and variables.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` its name, always given
---@see https://docs.github.com/rest/deployments/environments#delete-an-environment
---@param a? {owner?: string, repo?: string, environment?: string}
---@return table
function github.environments.delete(a) end

github.secrets = {}

--- Names and times of the secrets; values never come back.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` whose secrets; default env.github.environment
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/actions/secrets#list-environment-secrets
---@param a? {owner?: string, repo?: string, environment?: string, per_page?: integer, page?: integer}
---@return github.secret[]
function github.secrets.list(a) end

--- The key that secrets are sealed with (secret.seal), and its id.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` whose secrets; default env.github.environment
---@see https://docs.github.com/rest/actions/secrets#get-an-environment-public-key
---@param a? {owner?: string, repo?: string, environment?: string}
---@return {key_id:string, key:string}
function github.secrets.key(a) end

--- Name and times of one secret; the value never comes back.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` whose secrets; default env.github.environment
--- - `name` letters, digits and _, at most 255 characters
---@see https://docs.github.com/rest/actions/secrets#get-an-environment-secret
---@param a {owner?: string, repo?: string, environment?: string, name: string}
---@return github.secret
function github.secrets.get(a) end

--- Creates or replaces a secret; github.set_secret seals it first.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` whose secrets; default env.github.environment
--- - `name` letters, digits and _, at most 255 characters
--- - `encrypted_value` of secret.seal
--- - `key_id` of the key that sealed it
---@see https://docs.github.com/rest/actions/secrets#create-or-update-an-environment-secret
---@param a {owner?: string, repo?: string, environment?: string, name: string, encrypted_value: string, key_id: string}
---@return table
function github.secrets.set(a) end

--- Removes a secret.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` whose secrets; default env.github.environment
--- - `name` letters, digits and _, at most 255 characters
---@see https://docs.github.com/rest/actions/secrets#delete-an-environment-secret
---@param a {owner?: string, repo?: string, environment?: string, name: string}
---@return table
function github.secrets.delete(a) end

github.repo_secrets = {}

--- Names and times of the secrets; values never come back.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/actions/secrets#list-repository-secrets
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return github.secret[]
function github.repo_secrets.list(a) end

--- The key that secrets are sealed with (secret.seal), and its id.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
---@see https://docs.github.com/rest/actions/secrets#get-a-repository-public-key
---@param a? {owner?: string, repo?: string}
---@return {key_id:string, key:string}
function github.repo_secrets.key(a) end

--- Name and times of one secret; the value never comes back.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `name` letters, digits and _, at most 255 characters
---@see https://docs.github.com/rest/actions/secrets#get-a-repository-secret
---@param a {owner?: string, repo?: string, name: string}
---@return github.secret
function github.repo_secrets.get(a) end

--- Creates or replaces a secret; github.set_secret seals it first.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `name` letters, digits and _, at most 255 characters
--- - `encrypted_value` of secret.seal
--- - `key_id` of the key that sealed it
---@see https://docs.github.com/rest/actions/secrets#create-or-update-a-repository-secret
---@param a {owner?: string, repo?: string, name: string, encrypted_value: string, key_id: string}
---@return table
function github.repo_secrets.set(a) end

--- Removes a secret.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `name` letters, digits and _, at most 255 characters
---@see https://docs.github.com/rest/actions/secrets#delete-a-repository-secret
---@param a {owner?: string, repo?: string, name: string}
---@return table
function github.repo_secrets.delete(a) end

github.variables = {}

--- The variables with their values.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` whose variables; default env.github.environment
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/actions/variables#list-environment-variables
---@param a? {owner?: string, repo?: string, environment?: string, per_page?: integer, page?: integer}
---@return github.variable[]
function github.variables.list(a) end

--- One variable.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` whose variables; default env.github.environment
--- - `name` letters, digits and _
---@see https://docs.github.com/rest/actions/variables#get-an-environment-variable
---@param a {owner?: string, repo?: string, environment?: string, name: string}
---@return github.variable
function github.variables.get(a) end

--- Creates a variable; github.set_variable also updates one.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` whose variables; default env.github.environment
--- - `name` letters, digits and _
--- - `value` at most 48 KB
---@see https://docs.github.com/rest/actions/variables#create-an-environment-variable
---@param a {owner?: string, repo?: string, environment?: string, name: string, value: string}
---@return table
function github.variables.create(a) end

--- Gives a variable another value.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` whose variables; default env.github.environment
--- - `name` letters, digits and _
--- - `value` at most 48 KB
---@see https://docs.github.com/rest/actions/variables#update-an-environment-variable
---@param a {owner?: string, repo?: string, environment?: string, name: string, value: string}
---@return table
function github.variables.update(a) end

--- Removes a variable.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `environment` whose variables; default env.github.environment
--- - `name` letters, digits and _
---@see https://docs.github.com/rest/actions/variables#delete-an-environment-variable
---@param a {owner?: string, repo?: string, environment?: string, name: string}
---@return table
function github.variables.delete(a) end

github.repo_variables = {}

--- The variables with their values.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/actions/variables#list-repository-variables
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return github.variable[]
function github.repo_variables.list(a) end

--- One variable.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `name` letters, digits and _
---@see https://docs.github.com/rest/actions/variables#get-a-repository-variable
---@param a {owner?: string, repo?: string, name: string}
---@return github.variable
function github.repo_variables.get(a) end

--- Creates a variable; github.set_variable also updates one.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `name` letters, digits and _
--- - `value` at most 48 KB
---@see https://docs.github.com/rest/actions/variables#create-a-repository-variable
---@param a {owner?: string, repo?: string, name: string, value: string}
---@return table
function github.repo_variables.create(a) end

--- Gives a variable another value.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `name` letters, digits and _
--- - `value` at most 48 KB
---@see https://docs.github.com/rest/actions/variables#update-a-repository-variable
---@param a {owner?: string, repo?: string, name: string, value: string}
---@return table
function github.repo_variables.update(a) end

--- Removes a variable.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `name` letters, digits and _
---@see https://docs.github.com/rest/actions/variables#delete-a-repository-variable
---@param a {owner?: string, repo?: string, name: string}
---@return table
function github.repo_variables.delete(a) end

github.deployments = {}

--- Deployments, newest first; optional environment, sha, ref.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `sha` of this commit
--- - `ref` of this branch or tag
--- - `task` deploy, deploy:migrations, …
--- - `environment` to this environment
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/deployments/deployments#list-deployments
---@param a? {owner?: string, repo?: string, sha?: string, ref?: string, task?: string, environment?: string, per_page?: integer, page?: integer}
---@return github.deployment[]
function github.deployments.list(a) end

--- Records a deployment of ref to environment; payload {run, step} makes it recognisable.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` branch, tag or SHA
--- - `environment` default production
--- - `task` default deploy
--- - `auto_merge` merges the base branch into ref first; default true
--- - `required_contexts` checks that must have passed; default all, empty: none
--- - `payload` for whoever reads the deployment
--- - `description` short
--- - `transient_environment` it will go away again
--- - `production_environment` end users see it
---@see https://docs.github.com/rest/deployments/deployments#create-a-deployment
---@param a {owner?: string, repo?: string, ref: string, environment?: string, task?: string, auto_merge?: boolean, required_contexts?: string[], payload?: table, description?: string, transient_environment?: boolean, production_environment?: boolean}
---@return github.deployment
function github.deployments.create(a) end

--- One deployment.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `deployment` its id
---@see https://docs.github.com/rest/deployments/deployments#get-a-deployment
---@param a {owner?: string, repo?: string, deployment: integer}
---@return github.deployment
function github.deployments.get(a) end

--- Removes a deployment that is not active.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `deployment` its id
---@see https://docs.github.com/rest/deployments/deployments#delete-a-deployment
---@param a {owner?: string, repo?: string, deployment: integer}
---@return table
function github.deployments.delete(a) end

github.statuses = {}

--- Statuses of a deployment, newest first.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `deployment` its id
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/deployments/statuses#list-deployment-statuses
---@param a {owner?: string, repo?: string, deployment: integer, per_page?: integer, page?: integer}
---@return github.status[]
function github.statuses.list(a) end

--- Adds a status: state, description (140 characters).
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `deployment` its id
--- - `state` how it stands
--- - `description` at most 140 characters
--- - `environment` another one than the deployment's
--- - `environment_url` where it can be seen
--- - `log_url` where its output is
--- - `target_url` the old name of log_url
--- - `auto_inactive` success ends the earlier deployments of the environment; default true
---@see https://docs.github.com/rest/deployments/statuses#create-a-deployment-status
---@param a {owner?: string, repo?: string, deployment: integer, state: "error"|"failure"|"inactive"|"in_progress"|"queued"|"pending"|"success", description?: string, environment?: string, environment_url?: string, log_url?: string, target_url?: string, auto_inactive?: boolean}
---@return github.status
function github.statuses.create(a) end

--- One status of a deployment.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `deployment` its id
--- - `status` its id
---@see https://docs.github.com/rest/deployments/statuses#get-a-deployment-status
---@param a {owner?: string, repo?: string, deployment: integer, status: integer}
---@return github.status
function github.statuses.get(a) end

github.workflows = {}

--- The repository's workflows: id, name, path, state.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/actions/workflows#list-repository-workflows
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return github.workflow[]
function github.workflows.list(a) end

--- One workflow by file name or id.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `workflow` file name or id; default env.github.workflow
---@see https://docs.github.com/rest/actions/workflows#get-a-workflow
---@param a? {owner?: string, repo?: string, workflow?: string|integer}
---@return github.workflow
function github.workflows.get(a) end

--- Starts a workflow on ref with inputs; inputs.marker must be part of its run-name, so that a lost request can be found again.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `workflow` file name or id; default env.github.workflow
--- - `ref` branch or tag that has the workflow
--- - `inputs` at most 25; marker is for the probe
--- - `return_run_details` the answer tells the run; without it there is none
---@see https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event
---@param a {owner?: string, repo?: string, workflow?: string|integer, ref: string, inputs?: table<string,string>, return_run_details?: boolean}
---@return {workflow_run_id:integer, run_url:string, html_url:string}
function github.workflows.dispatch(a) end

github.runs = {}

--- Workflow runs, newest first; with a filter at most 1000.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `actor` login of who started it
--- - `branch` head branch
--- - `event` push, workflow_dispatch, …
--- - `status` a status or a conclusion: completed, failure, waiting, …
--- - `created` a date or a range: ">=2026-11-20"
--- - `exclude_pull_requests` shorter answers
--- - `check_suite_id` of this suite
--- - `head_sha` of this commit
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
---@param a? {owner?: string, repo?: string, actor?: string, branch?: string, event?: string, status?: string, created?: string, exclude_pull_requests?: boolean, check_suite_id?: integer, head_sha?: string, per_page?: integer, page?: integer}
---@return github.run[]
function github.runs.list(a) end

--- Runs of one workflow, newest first; with a filter at most 1000.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `workflow` file name or id; default env.github.workflow
--- - `actor` login of who started it
--- - `branch` head branch
--- - `event` push, workflow_dispatch, …
--- - `status` a status or a conclusion: completed, failure, waiting, …
--- - `created` a date or a range: ">=2026-11-20"
--- - `exclude_pull_requests` shorter answers
--- - `check_suite_id` of this suite
--- - `head_sha` of this commit
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
---@param a? {owner?: string, repo?: string, workflow?: string|integer, actor?: string, branch?: string, event?: string, status?: string, created?: string, exclude_pull_requests?: boolean, check_suite_id?: integer, head_sha?: string, per_page?: integer, page?: integer}
---@return github.run[]
function github.workflows.runs(a) end

--- One workflow run: status, conclusion, run_attempt, html_url.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `id` of the run
--- - `exclude_pull_requests` a shorter answer
---@see https://docs.github.com/rest/actions/workflow-runs#get-a-workflow-run
---@param a {owner?: string, repo?: string, id: integer, exclude_pull_requests?: boolean}
---@return github.run
function github.runs.get(a) end

--- The jobs of a run with their steps.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `id` of the run
--- - `filter` of the last attempt alone (default), or of all
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run
---@param a {owner?: string, repo?: string, id: integer, filter?: "latest"|"all", per_page?: integer, page?: integer}
---@return github.job[]
function github.runs.jobs(a) end

--- A ZIP of the logs of all jobs, from the host that keeps them; the token does not go there.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `id` of the run
---@see https://docs.github.com/rest/actions/workflow-runs#download-workflow-run-logs
---@param a {owner?: string, repo?: string, id: integer}
---@return string
function github.runs.logs(a) end

--- Asks a run to end; steps with always() still run.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `id` of the run
---@see https://docs.github.com/rest/actions/workflow-runs#cancel-a-workflow-run
---@param a {owner?: string, repo?: string, id: integer}
---@return table
function github.runs.cancel(a) end

--- Ends a run at once, for one that does not react to runs.cancel.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `id` of the run
---@see https://docs.github.com/rest/actions/workflow-runs#force-cancel-a-workflow-run
---@param a {owner?: string, repo?: string, id: integer}
---@return table
function github.runs.force_cancel(a) end

--- Runs all jobs of a run again, as its next attempt.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `id` of the run
--- - `attempt` its run_attempt now: tells whether a lost request happened; not sent
--- - `enable_debug_logging` logs more
---@see https://docs.github.com/rest/actions/workflow-runs#re-run-a-workflow
---@param a {owner?: string, repo?: string, id: integer, attempt: integer, enable_debug_logging?: boolean}
---@return table
function github.runs.rerun(a) end

--- Runs the failed jobs of a run, and those that need them, again.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `id` of the run
--- - `attempt` its run_attempt now: tells whether a lost request happened; not sent
--- - `enable_debug_logging` logs more
---@see https://docs.github.com/rest/actions/workflow-runs#re-run-failed-jobs-from-a-workflow-run
---@param a {owner?: string, repo?: string, id: integer, attempt: integer, enable_debug_logging?: boolean}
---@return table
function github.runs.rerun_failed(a) end

--- The environments whose rules a run waits for, and whether the token's user may approve.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `id` of the run
---@see https://docs.github.com/rest/actions/workflow-runs#get-pending-deployments-for-a-workflow-run
---@param a {owner?: string, repo?: string, id: integer}
---@return github.pending[]
function github.runs.pending(a) end

--- Approves or rejects what waits for a reviewer.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `id` of the run
--- - `environment_ids` as of runs.pending
--- - `state` the verdict
--- - `comment` why; shown with the run
---@see https://docs.github.com/rest/actions/workflow-runs#review-pending-deployments-for-a-workflow-run
---@param a {owner?: string, repo?: string, id: integer, environment_ids: integer[], state: "approved"|"rejected", comment: string}
---@return github.deployment[]
function github.runs.review(a) end

github.jobs = {}

--- One job with its steps.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `job` its id
---@see https://docs.github.com/rest/actions/workflow-jobs#get-a-job-for-a-workflow-run
---@param a {owner?: string, repo?: string, job: integer}
---@return github.job
function github.jobs.get(a) end

--- The log of a job as text, from the host that keeps it; the token does not go there.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `job` its id
---@see https://docs.github.com/rest/actions/workflow-jobs#download-job-logs-for-a-workflow-run
---@param a {owner?: string, repo?: string, job: integer}
---@return string
function github.jobs.logs(a) end

github.artifacts = {}

--- Artifacts of all runs, newest first.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `name` those of this name alone
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/actions/artifacts#list-artifacts-for-a-repository
---@param a? {owner?: string, repo?: string, name?: string, per_page?: integer, page?: integer}
---@return github.artifact[]
function github.artifacts.list(a) end

--- Artifacts of one run.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `id` of the run
--- - `name` those of this name alone
--- - `direction` by id
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/actions/artifacts#list-workflow-run-artifacts
---@param a {owner?: string, repo?: string, id: integer, name?: string, direction?: "asc"|"desc", per_page?: integer, page?: integer}
---@return github.artifact[]
function github.runs.artifacts(a) end

--- One artifact: name, size_in_bytes, digest, expired.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `artifact` its id
---@see https://docs.github.com/rest/actions/artifacts#get-an-artifact
---@param a {owner?: string, repo?: string, artifact: integer}
---@return github.artifact
function github.artifacts.get(a) end

--- The artifact as a ZIP, from the host that keeps it; the token does not go there.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `artifact` its id
--- - `format` there is no other
---@see https://docs.github.com/rest/actions/artifacts#download-an-artifact
---@param a {owner?: string, repo?: string, artifact: integer, format?: "zip"}
---@return string
function github.artifacts.download(a) end

github.releases = {}

--- Releases, newest first; drafts for who may write.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/releases/releases#list-releases
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return github.release[]
function github.releases.list(a) end

--- Makes a release, and its tag where there is none.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `tag_name` of the tag
--- - `target_commitish` what to tag where there is no such tag; default the default branch
--- - `generate_release_notes` name and body by GitHub where none are given
--- - `name` its title
--- - `body` Markdown
--- - `draft` not seen by others yet; default false
--- - `prerelease` default false
--- - `make_latest` default "true"
--- - `discussion_category_name` opens a discussion
---@see https://docs.github.com/rest/releases/releases#create-a-release
---@param a {owner?: string, repo?: string, tag_name: string, target_commitish?: string, generate_release_notes?: boolean, name?: string, body?: string, draft?: boolean, prerelease?: boolean, make_latest?: "true"|"false"|"legacy", discussion_category_name?: string}
---@return github.release
function github.releases.create(a) end

--- The newest release that is neither draft nor prerelease.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
---@see https://docs.github.com/rest/releases/releases#get-the-latest-release
---@param a? {owner?: string, repo?: string}
---@return github.release
function github.releases.latest(a) end

--- The release of a tag; a draft has none yet.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `tag` its name
---@see https://docs.github.com/rest/releases/releases#get-a-release-by-tag-name
---@param a {owner?: string, repo?: string, tag: string}
---@return github.release
function github.releases.by_tag(a) end

--- One release.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `release` its id
---@see https://docs.github.com/rest/releases/releases#get-a-release
---@param a {owner?: string, repo?: string, release: integer}
---@return github.release
function github.releases.get(a) end

--- Changes what is given.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `release` its id
--- - `tag_name` another tag
--- - `target_commitish` what to tag where there is no such tag; default the default branch
--- - `name` its title
--- - `body` Markdown
--- - `draft` not seen by others yet; default false
--- - `prerelease` default false
--- - `make_latest` default "true"
--- - `discussion_category_name` opens a discussion
---@see https://docs.github.com/rest/releases/releases#update-a-release
---@param a {owner?: string, repo?: string, release: integer, tag_name?: string, target_commitish?: string, name?: string, body?: string, draft?: boolean, prerelease?: boolean, make_latest?: "true"|"false"|"legacy", discussion_category_name?: string}
---@return github.release
function github.releases.update(a) end

--- Removes a release; its tag stays.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `release` its id
---@see https://docs.github.com/rest/releases/releases#delete-a-release
---@param a {owner?: string, repo?: string, release: integer}
---@return table
function github.releases.delete(a) end

--- The files of a release.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `release` its id
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/releases/assets#list-release-assets
---@param a {owner?: string, repo?: string, release: integer, per_page?: integer, page?: integer}
---@return {id:integer, name:string, size:integer, browser_download_url:string}[]
function github.releases.assets(a) end

--- What GitHub would write of a release; nothing is kept.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `tag_name` of the release, may be new
--- - `target_commitish` what to tag where there is no such tag; default the default branch
--- - `previous_tag_name` where the notes begin
--- - `configuration_file_path` default .github/release.yml
---@see https://docs.github.com/rest/releases/releases#generate-release-notes-content-for-a-release
---@param a {owner?: string, repo?: string, tag_name: string, target_commitish?: string, previous_tag_name?: string, configuration_file_path?: string}
---@return {name:string, body:string}
function github.releases.notes(a) end

github.commits = {}

--- Commits, newest first; all pages of a long history are too many: give since, or page.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `sha` SHA or branch to start from; default the default branch
--- - `path` those that touch it
--- - `author` login or e-mail
--- - `committer` likewise
--- - `since` ISO time
--- - `until` ISO time
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/commits/commits#list-commits
---@param a? {owner?: string, repo?: string, sha?: string, path?: string, author?: string, committer?: string, since?: string, until?: string, per_page?: integer, page?: integer}
---@return github.commit[]
function github.commits.list(a) end

--- One commit by SHA, branch or tag, with its files.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` SHA, branch or tag
--- - `per_page` files of a page
--- - `page` of its files
---@see https://docs.github.com/rest/commits/commits#get-a-commit
---@param a {owner?: string, repo?: string, ref: string, per_page?: integer, page?: integer}
---@return github.commit
function github.commits.get(a) end

--- What range "base...head" adds: status, ahead_by, behind_by, commits, files.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `range` "base...head", each a SHA, branch or tag
--- - `per_page` commits of a page
--- - `page` from 1
---@see https://docs.github.com/rest/commits/commits#compare-two-commits
---@param a {owner?: string, repo?: string, range: string, per_page?: integer, page?: integer}
---@return github.comparison
function github.compare(a) end

github.checks = {}

--- The check runs of a commit: name, status, conclusion.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` SHA, branch or tag
--- - `check_name` those of this name
--- - `status` those that are so
--- - `filter` the last of each name (default), or all
--- - `app_id` those of this app
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/checks/runs#list-check-runs-for-a-git-reference
---@param a {owner?: string, repo?: string, ref: string, check_name?: string, status?: "queued"|"in_progress"|"completed", filter?: "latest"|"all", app_id?: integer, per_page?: integer, page?: integer}
---@return github.check[]
function github.checks.list(a) end

--- The check suites of a commit, one an app and push.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` SHA, branch or tag
--- - `app_id` those of this app
--- - `check_name` those with such a run
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/checks/suites#list-check-suites-for-a-git-reference
---@param a {owner?: string, repo?: string, ref: string, app_id?: integer, check_name?: string, per_page?: integer, page?: integer}
---@return table[]
function github.checks.suites(a) end

github.commit_statuses = {}

--- The state over all contexts (failure, pending or success) and the last status of each. Check runs are not among them.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` SHA, branch or tag
--- - `per_page` statuses of a page
--- - `page` from 1
---@see https://docs.github.com/rest/commits/statuses#get-the-combined-status-for-a-specific-reference
---@param a {owner?: string, repo?: string, ref: string, per_page?: integer, page?: integer}
---@return {state:string, statuses:github.commit_status[], total_count:integer}
function github.commit_statuses.combined(a) end

--- All statuses of a commit, newest first.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` SHA, branch or tag
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/commits/statuses#list-commit-statuses-for-a-reference
---@param a {owner?: string, repo?: string, ref: string, per_page?: integer, page?: integer}
---@return github.commit_status[]
function github.commit_statuses.list(a) end

--- Sets the status of a context on a commit.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `sha` of the commit, whole
--- - `state` how it stands
--- - `context` who says so; default "default"
--- - `description` at most 140 characters
--- - `target_url` where more is
---@see https://docs.github.com/rest/commits/statuses#create-a-commit-status
---@param a {owner?: string, repo?: string, sha: string, state: "error"|"failure"|"pending"|"success", context?: string, description?: string, target_url?: string}
---@return github.commit_status
function github.commit_statuses.create(a) end

github.branches = {}

--- The branches: name, commit, protected.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `protected` those that are, or are not
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/branches/branches#list-branches
---@param a? {owner?: string, repo?: string, protected?: boolean, per_page?: integer, page?: integer}
---@return github.branch[]
function github.branches.list(a) end

--- One branch with its commit and protection.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `branch` its name
---@see https://docs.github.com/rest/branches/branches#get-a-branch
---@param a {owner?: string, repo?: string, branch: string}
---@return github.branch
function github.branches.get(a) end

github.tags = {}

--- The tags: name, commit.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/repos/repos#list-repository-tags
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return {name:string, commit:{sha:string}}[]
function github.tags.list(a) end

github.refs = {}

--- Where a reference points.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` "heads/main" or "tags/v1"
---@see https://docs.github.com/rest/git/refs#get-a-reference
---@param a {owner?: string, repo?: string, ref: string}
---@return github.ref
function github.refs.get(a) end

--- The references that start so; none is no error.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` the beginning of one: "heads/release"
---@see https://docs.github.com/rest/git/refs#list-matching-references
---@param a {owner?: string, repo?: string, ref: string}
---@return github.ref[]
function github.refs.matching(a) end

--- Creates a branch or a tag.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` whole: "refs/heads/x"
--- - `sha` where it points
---@see https://docs.github.com/rest/git/refs#create-a-reference
---@param a {owner?: string, repo?: string, ref: string, sha: string}
---@return github.ref
function github.refs.create(a) end

--- Moves a branch or a tag.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` "heads/main" or "tags/v1"
--- - `sha` where it is to point
--- - `force` also where commits are lost; default false
---@see https://docs.github.com/rest/git/refs#update-a-reference
---@param a {owner?: string, repo?: string, ref: string, sha: string, force?: boolean}
---@return github.ref
function github.refs.update(a) end

--- Removes a branch or a tag.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `ref` "heads/main" or "tags/v1"
---@see https://docs.github.com/rest/git/refs#delete-a-reference
---@param a {owner?: string, repo?: string, ref: string}
---@return table
function github.refs.delete(a) end

github.contents = {}

--- A file (content in base64, up to 1 MB) or the list of a folder; github.file gives the text.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `path` from the repository's root
--- - `ref` SHA, branch or tag; default the default branch
---@see https://docs.github.com/rest/repos/contents#get-repository-content
---@param a {owner?: string, repo?: string, path: string, ref?: string}
---@return github.content|github.content[]
function github.contents.get(a) end

--- Commits one file; github.put_file reads its sha first.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `path` from the repository's root
--- - `message` of the commit
--- - `content` base64, as of base64.encode
--- - `sha` of the file that is replaced; none for a new one
--- - `branch` default the default branch
--- - `committer` default the owner of the token
--- - `author` default the owner of the token
---@see https://docs.github.com/rest/repos/contents#create-or-update-file-contents
---@param a {owner?: string, repo?: string, path: string, message: string, content: string, sha?: string, branch?: string, committer?: {name:string, email:string}, author?: {name:string, email:string}}
---@return {content:github.content, commit:github.commit}
function github.contents.put(a) end

--- Commits the removal of one file.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `path` from the repository's root
--- - `message` of the commit
--- - `sha` of the file that is removed
--- - `branch` default the default branch
--- - `committer` default the owner of the token
--- - `author` default the owner of the token
---@see https://docs.github.com/rest/repos/contents#delete-a-file
---@param a {owner?: string, repo?: string, path: string, message: string, sha: string, branch?: string, committer?: {name:string, email:string}, author?: {name:string, email:string}}
---@return {commit:github.commit}
function github.contents.delete(a) end

github.pulls = {}

--- Pull requests, newest first.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `state` default open
--- - `head` "owner:branch"
--- - `base` branch
--- - `sort` default created
--- - `direction` default desc
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/pulls/pulls#list-pull-requests
---@param a? {owner?: string, repo?: string, state?: "open"|"closed"|"all", head?: string, base?: string, sort?: "created"|"updated"|"popularity"|"long-running", direction?: "asc"|"desc", per_page?: integer, page?: integer}
---@return github.pull[]
function github.pulls.list(a) end

--- Opens a pull request; github.open_pull looks for an open one first.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `head` branch, or "owner:branch" of a fork
--- - `base` branch it is to be merged into
--- - `title` needed without issue
--- - `body` Markdown
--- - `draft` cannot be merged yet; default false
--- - `issue` turns this issue into the pull request
--- - `maintainer_can_modify` default true
--- - `head_repo` the fork's name where both have one owner
---@see https://docs.github.com/rest/pulls/pulls#create-a-pull-request
---@param a {owner?: string, repo?: string, head: string, base: string, title?: string, body?: string, draft?: boolean, issue?: integer, maintainer_can_modify?: boolean, head_repo?: string}
---@return github.pull
function github.pulls.create(a) end

--- One pull request: mergeable (null while GitHub finds out), mergeable_state, head, base.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `pull` its number
---@see https://docs.github.com/rest/pulls/pulls#get-a-pull-request
---@param a {owner?: string, repo?: string, pull: integer}
---@return github.pull
function github.pulls.get(a) end

--- Changes what is given; state closes or reopens it.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `pull` its number
--- - `title` its title
--- - `body` Markdown
--- - `state` how it is to be
--- - `base` branch
--- - `maintainer_can_modify` of a fork's branch
---@see https://docs.github.com/rest/pulls/pulls#update-a-pull-request
---@param a {owner?: string, repo?: string, pull: integer, title?: string, body?: string, state?: "open"|"closed", base?: string, maintainer_can_modify?: boolean}
---@return github.pull
function github.pulls.update(a) end

--- Raises, with status 404, unless the pull request is merged.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `pull` its number
---@see https://docs.github.com/rest/pulls/pulls#check-if-a-pull-request-has-been-merged
---@param a {owner?: string, repo?: string, pull: integer}
---@return table
function github.pulls.merged(a) end

--- Merges a pull request; sha guards against a push in between.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `pull` its number
--- - `sha` what its head must be
--- - `merge_method` default merge
--- - `commit_title` of the merge's commit
--- - `commit_message` appended to it
---@see https://docs.github.com/rest/pulls/pulls#merge-a-pull-request
---@param a {owner?: string, repo?: string, pull: integer, sha?: string, merge_method?: "merge"|"squash"|"rebase", commit_title?: string, commit_message?: string}
---@return {merged:boolean, sha:string, message:string}
function github.pulls.merge(a) end

github.issues = {}

--- Issues, newest first; pull requests are among them and have pull_request.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `state` default open
--- - `labels` names, by comma: all of them
--- - `assignee` login, "none" or "*"
--- - `creator` login
--- - `mentioned` login
--- - `milestone` number, "none" or "*"
--- - `type` name of an issue type
--- - `issue_field_values` as GitHub's search writes them
--- - `sort` default created
--- - `direction` default desc
--- - `since` ISO time: those updated later
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/issues/issues#list-repository-issues
---@param a? {owner?: string, repo?: string, state?: "open"|"closed"|"all", labels?: string, assignee?: string, creator?: string, mentioned?: string, milestone?: string, type?: string, issue_field_values?: string, sort?: "created"|"updated"|"comments", direction?: "asc"|"desc", since?: string, per_page?: integer, page?: integer}
---@return github.issue[]
function github.issues.list(a) end

--- Opens an issue; github.upsert_issue looks for an open one of that title first.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `title` its title
--- - `body` Markdown
--- - `labels` names; made where missing
--- - `assignees` logins
--- - `milestone` its number
--- - `type` name of an issue type
--- - `issue_field_values` of the organisation's own fields
---@see https://docs.github.com/rest/issues/issues#create-an-issue
---@param a {owner?: string, repo?: string, title: string, body?: string, labels?: string[], assignees?: string[], milestone?: integer, type?: string, issue_field_values?: {field_id:integer, value:string|number}[]}
---@return github.issue
function github.issues.create(a) end

--- One issue.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `issue` its number; a pull request's will do
---@see https://docs.github.com/rest/issues/issues#get-an-issue
---@param a {owner?: string, repo?: string, issue: integer}
---@return github.issue
function github.issues.get(a) end

--- Changes what is given; state closes or reopens it.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `issue` its number; a pull request's will do
--- - `title` its title
--- - `body` Markdown
--- - `state` how it is to be
--- - `state_reason` why
--- - `duplicate_issue_id` with state_reason duplicate
--- - `labels` all it is to have
--- - `assignees` all it is to have
--- - `milestone` its number; json.null: none
--- - `type` name of an issue type
--- - `issue_field_values` of the organisation's own fields
---@see https://docs.github.com/rest/issues/issues#update-an-issue
---@param a {owner?: string, repo?: string, issue: integer, title?: string, body?: string, state?: "open"|"closed", state_reason?: "completed"|"not_planned"|"duplicate"|"reopened", duplicate_issue_id?: integer, labels?: string[], assignees?: string[], milestone?: integer, type?: string, issue_field_values?: {field_id:integer, value:string|number}[]}
---@return github.issue
function github.issues.update(a) end

github.comments = {}

--- Comments of an issue, oldest first.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `issue` its number; a pull request's will do
--- - `since` ISO time: those updated later
--- - `per_page` items of a page, 1 to 100; default 100
--- - `page` this page alone, from 1
---@see https://docs.github.com/rest/issues/comments#list-issue-comments
---@param a {owner?: string, repo?: string, issue: integer, since?: string, per_page?: integer, page?: integer}
---@return github.comment[]
function github.comments.list(a) end

--- Comments on an issue or a pull request.
--- - `owner` default: the environment's
--- - `repo` default: the environment's
--- - `issue` its number; a pull request's will do
--- - `body` Markdown
---@see https://docs.github.com/rest/issues/comments#create-an-issue-comment
---@param a {owner?: string, repo?: string, issue: integer, body: string}
---@return github.comment
function github.comments.create(a) end

github.try = {}

github.try.rate_limit = {}

--- As github.rate_limit.get, but a failure is given, not raised.
---@param a? {}
---@return {resources:table<string,github.limit>, rate:github.limit}|nil
---@return provider.failure|nil
function github.try.rate_limit.get(a) end

github.try.user = {}

--- As github.user.get, but a failure is given, not raised.
---@param a? {}
---@return {login:string, id:integer, type:string}|nil
---@return provider.failure|nil
function github.try.user.get(a) end

github.try.repo = {}

--- As github.repo.get, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string}
---@return github.repository|nil
---@return provider.failure|nil
function github.try.repo.get(a) end

--- As github.repo.dispatch, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, event_type: string, client_payload?: table}
---@return table|nil
---@return provider.failure|nil
function github.try.repo.dispatch(a) end

github.try.environments = {}

--- As github.environments.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return github.environment[]|nil
---@return provider.failure|nil
function github.try.environments.list(a) end

--- As github.environments.get, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, environment?: string}
---@return github.environment|nil
---@return provider.failure|nil
function github.try.environments.get(a) end

--- As github.environments.put, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, environment?: string, wait_timer?: integer, prevent_self_review?: boolean, reviewers?: {type:"User"|"Team", id:integer}[], deployment_branch_policy?: {protected_branches:boolean, custom_branch_policies:boolean}}
---@return github.environment|nil
---@return provider.failure|nil
function github.try.environments.put(a) end

--- As github.environments.delete, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, environment?: string}
---@return table|nil
---@return provider.failure|nil
function github.try.environments.delete(a) end

github.try.secrets = {}

--- As github.secrets.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, environment?: string, per_page?: integer, page?: integer}
---@return github.secret[]|nil
---@return provider.failure|nil
function github.try.secrets.list(a) end

--- As github.secrets.key, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, environment?: string}
---@return {key_id:string, key:string}|nil
---@return provider.failure|nil
function github.try.secrets.key(a) end

--- As github.secrets.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, environment?: string, name: string}
---@return github.secret|nil
---@return provider.failure|nil
function github.try.secrets.get(a) end

--- As github.secrets.set, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, environment?: string, name: string, encrypted_value: string, key_id: string}
---@return table|nil
---@return provider.failure|nil
function github.try.secrets.set(a) end

--- As github.secrets.delete, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, environment?: string, name: string}
---@return table|nil
---@return provider.failure|nil
function github.try.secrets.delete(a) end

github.try.repo_secrets = {}

--- As github.repo_secrets.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return github.secret[]|nil
---@return provider.failure|nil
function github.try.repo_secrets.list(a) end

--- As github.repo_secrets.key, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string}
---@return {key_id:string, key:string}|nil
---@return provider.failure|nil
function github.try.repo_secrets.key(a) end

--- As github.repo_secrets.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, name: string}
---@return github.secret|nil
---@return provider.failure|nil
function github.try.repo_secrets.get(a) end

--- As github.repo_secrets.set, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, name: string, encrypted_value: string, key_id: string}
---@return table|nil
---@return provider.failure|nil
function github.try.repo_secrets.set(a) end

--- As github.repo_secrets.delete, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, name: string}
---@return table|nil
---@return provider.failure|nil
function github.try.repo_secrets.delete(a) end

github.try.variables = {}

--- As github.variables.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, environment?: string, per_page?: integer, page?: integer}
---@return github.variable[]|nil
---@return provider.failure|nil
function github.try.variables.list(a) end

--- As github.variables.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, environment?: string, name: string}
---@return github.variable|nil
---@return provider.failure|nil
function github.try.variables.get(a) end

--- As github.variables.create, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, environment?: string, name: string, value: string}
---@return table|nil
---@return provider.failure|nil
function github.try.variables.create(a) end

--- As github.variables.update, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, environment?: string, name: string, value: string}
---@return table|nil
---@return provider.failure|nil
function github.try.variables.update(a) end

--- As github.variables.delete, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, environment?: string, name: string}
---@return table|nil
---@return provider.failure|nil
function github.try.variables.delete(a) end

github.try.repo_variables = {}

--- As github.repo_variables.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return github.variable[]|nil
---@return provider.failure|nil
function github.try.repo_variables.list(a) end

--- As github.repo_variables.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, name: string}
---@return github.variable|nil
---@return provider.failure|nil
function github.try.repo_variables.get(a) end

--- As github.repo_variables.create, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, name: string, value: string}
---@return table|nil
---@return provider.failure|nil
function github.try.repo_variables.create(a) end

--- As github.repo_variables.update, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, name: string, value: string}
---@return table|nil
---@return provider.failure|nil
function github.try.repo_variables.update(a) end

--- As github.repo_variables.delete, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, name: string}
---@return table|nil
---@return provider.failure|nil
function github.try.repo_variables.delete(a) end

github.try.deployments = {}

--- As github.deployments.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, sha?: string, ref?: string, task?: string, environment?: string, per_page?: integer, page?: integer}
---@return github.deployment[]|nil
---@return provider.failure|nil
function github.try.deployments.list(a) end

--- As github.deployments.create, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string, environment?: string, task?: string, auto_merge?: boolean, required_contexts?: string[], payload?: table, description?: string, transient_environment?: boolean, production_environment?: boolean}
---@return github.deployment|nil
---@return provider.failure|nil
function github.try.deployments.create(a) end

--- As github.deployments.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, deployment: integer}
---@return github.deployment|nil
---@return provider.failure|nil
function github.try.deployments.get(a) end

--- As github.deployments.delete, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, deployment: integer}
---@return table|nil
---@return provider.failure|nil
function github.try.deployments.delete(a) end

github.try.statuses = {}

--- As github.statuses.list, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, deployment: integer, per_page?: integer, page?: integer}
---@return github.status[]|nil
---@return provider.failure|nil
function github.try.statuses.list(a) end

--- As github.statuses.create, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, deployment: integer, state: "error"|"failure"|"inactive"|"in_progress"|"queued"|"pending"|"success", description?: string, environment?: string, environment_url?: string, log_url?: string, target_url?: string, auto_inactive?: boolean}
---@return github.status|nil
---@return provider.failure|nil
function github.try.statuses.create(a) end

--- As github.statuses.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, deployment: integer, status: integer}
---@return github.status|nil
---@return provider.failure|nil
function github.try.statuses.get(a) end

github.try.workflows = {}

--- As github.workflows.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return github.workflow[]|nil
---@return provider.failure|nil
function github.try.workflows.list(a) end

--- As github.workflows.get, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, workflow?: string|integer}
---@return github.workflow|nil
---@return provider.failure|nil
function github.try.workflows.get(a) end

--- As github.workflows.dispatch, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, workflow?: string|integer, ref: string, inputs?: table<string,string>, return_run_details?: boolean}
---@return {workflow_run_id:integer, run_url:string, html_url:string}|nil
---@return provider.failure|nil
function github.try.workflows.dispatch(a) end

github.try.runs = {}

--- As github.runs.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, actor?: string, branch?: string, event?: string, status?: string, created?: string, exclude_pull_requests?: boolean, check_suite_id?: integer, head_sha?: string, per_page?: integer, page?: integer}
---@return github.run[]|nil
---@return provider.failure|nil
function github.try.runs.list(a) end

--- As github.workflows.runs, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, workflow?: string|integer, actor?: string, branch?: string, event?: string, status?: string, created?: string, exclude_pull_requests?: boolean, check_suite_id?: integer, head_sha?: string, per_page?: integer, page?: integer}
---@return github.run[]|nil
---@return provider.failure|nil
function github.try.workflows.runs(a) end

--- As github.runs.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, id: integer, exclude_pull_requests?: boolean}
---@return github.run|nil
---@return provider.failure|nil
function github.try.runs.get(a) end

--- As github.runs.jobs, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, id: integer, filter?: "latest"|"all", per_page?: integer, page?: integer}
---@return github.job[]|nil
---@return provider.failure|nil
function github.try.runs.jobs(a) end

--- As github.runs.logs, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, id: integer}
---@return string|nil
---@return provider.failure|nil
function github.try.runs.logs(a) end

--- As github.runs.cancel, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, id: integer}
---@return table|nil
---@return provider.failure|nil
function github.try.runs.cancel(a) end

--- As github.runs.force_cancel, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, id: integer}
---@return table|nil
---@return provider.failure|nil
function github.try.runs.force_cancel(a) end

--- As github.runs.rerun, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, id: integer, attempt: integer, enable_debug_logging?: boolean}
---@return table|nil
---@return provider.failure|nil
function github.try.runs.rerun(a) end

--- As github.runs.rerun_failed, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, id: integer, attempt: integer, enable_debug_logging?: boolean}
---@return table|nil
---@return provider.failure|nil
function github.try.runs.rerun_failed(a) end

--- As github.runs.pending, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, id: integer}
---@return github.pending[]|nil
---@return provider.failure|nil
function github.try.runs.pending(a) end

--- As github.runs.review, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, id: integer, environment_ids: integer[], state: "approved"|"rejected", comment: string}
---@return github.deployment[]|nil
---@return provider.failure|nil
function github.try.runs.review(a) end

github.try.jobs = {}

--- As github.jobs.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, job: integer}
---@return github.job|nil
---@return provider.failure|nil
function github.try.jobs.get(a) end

--- As github.jobs.logs, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, job: integer}
---@return string|nil
---@return provider.failure|nil
function github.try.jobs.logs(a) end

github.try.artifacts = {}

--- As github.artifacts.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, name?: string, per_page?: integer, page?: integer}
---@return github.artifact[]|nil
---@return provider.failure|nil
function github.try.artifacts.list(a) end

--- As github.runs.artifacts, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, id: integer, name?: string, direction?: "asc"|"desc", per_page?: integer, page?: integer}
---@return github.artifact[]|nil
---@return provider.failure|nil
function github.try.runs.artifacts(a) end

--- As github.artifacts.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, artifact: integer}
---@return github.artifact|nil
---@return provider.failure|nil
function github.try.artifacts.get(a) end

--- As github.artifacts.download, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, artifact: integer, format?: "zip"}
---@return string|nil
---@return provider.failure|nil
function github.try.artifacts.download(a) end

github.try.releases = {}

--- As github.releases.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return github.release[]|nil
---@return provider.failure|nil
function github.try.releases.list(a) end

--- As github.releases.create, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, tag_name: string, target_commitish?: string, generate_release_notes?: boolean, name?: string, body?: string, draft?: boolean, prerelease?: boolean, make_latest?: "true"|"false"|"legacy", discussion_category_name?: string}
---@return github.release|nil
---@return provider.failure|nil
function github.try.releases.create(a) end

--- As github.releases.latest, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string}
---@return github.release|nil
---@return provider.failure|nil
function github.try.releases.latest(a) end

--- As github.releases.by_tag, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, tag: string}
---@return github.release|nil
---@return provider.failure|nil
function github.try.releases.by_tag(a) end

--- As github.releases.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, release: integer}
---@return github.release|nil
---@return provider.failure|nil
function github.try.releases.get(a) end

--- As github.releases.update, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, release: integer, tag_name?: string, target_commitish?: string, name?: string, body?: string, draft?: boolean, prerelease?: boolean, make_latest?: "true"|"false"|"legacy", discussion_category_name?: string}
---@return github.release|nil
---@return provider.failure|nil
function github.try.releases.update(a) end

--- As github.releases.delete, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, release: integer}
---@return table|nil
---@return provider.failure|nil
function github.try.releases.delete(a) end

--- As github.releases.assets, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, release: integer, per_page?: integer, page?: integer}
---@return {id:integer, name:string, size:integer, browser_download_url:string}[]|nil
---@return provider.failure|nil
function github.try.releases.assets(a) end

--- As github.releases.notes, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, tag_name: string, target_commitish?: string, previous_tag_name?: string, configuration_file_path?: string}
---@return {name:string, body:string}|nil
---@return provider.failure|nil
function github.try.releases.notes(a) end

github.try.commits = {}

--- As github.commits.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, sha?: string, path?: string, author?: string, committer?: string, since?: string, until?: string, per_page?: integer, page?: integer}
---@return github.commit[]|nil
---@return provider.failure|nil
function github.try.commits.list(a) end

--- As github.commits.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string, per_page?: integer, page?: integer}
---@return github.commit|nil
---@return provider.failure|nil
function github.try.commits.get(a) end

--- As github.compare, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, range: string, per_page?: integer, page?: integer}
---@return github.comparison|nil
---@return provider.failure|nil
function github.try.compare(a) end

github.try.checks = {}

--- As github.checks.list, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string, check_name?: string, status?: "queued"|"in_progress"|"completed", filter?: "latest"|"all", app_id?: integer, per_page?: integer, page?: integer}
---@return github.check[]|nil
---@return provider.failure|nil
function github.try.checks.list(a) end

--- As github.checks.suites, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string, app_id?: integer, check_name?: string, per_page?: integer, page?: integer}
---@return table[]|nil
---@return provider.failure|nil
function github.try.checks.suites(a) end

github.try.commit_statuses = {}

--- As github.commit_statuses.combined, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string, per_page?: integer, page?: integer}
---@return {state:string, statuses:github.commit_status[], total_count:integer}|nil
---@return provider.failure|nil
function github.try.commit_statuses.combined(a) end

--- As github.commit_statuses.list, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string, per_page?: integer, page?: integer}
---@return github.commit_status[]|nil
---@return provider.failure|nil
function github.try.commit_statuses.list(a) end

--- As github.commit_statuses.create, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, sha: string, state: "error"|"failure"|"pending"|"success", context?: string, description?: string, target_url?: string}
---@return github.commit_status|nil
---@return provider.failure|nil
function github.try.commit_statuses.create(a) end

github.try.branches = {}

--- As github.branches.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, protected?: boolean, per_page?: integer, page?: integer}
---@return github.branch[]|nil
---@return provider.failure|nil
function github.try.branches.list(a) end

--- As github.branches.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, branch: string}
---@return github.branch|nil
---@return provider.failure|nil
function github.try.branches.get(a) end

github.try.tags = {}

--- As github.tags.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, per_page?: integer, page?: integer}
---@return {name:string, commit:{sha:string}}[]|nil
---@return provider.failure|nil
function github.try.tags.list(a) end

github.try.refs = {}

--- As github.refs.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string}
---@return github.ref|nil
---@return provider.failure|nil
function github.try.refs.get(a) end

--- As github.refs.matching, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string}
---@return github.ref[]|nil
---@return provider.failure|nil
function github.try.refs.matching(a) end

--- As github.refs.create, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string, sha: string}
---@return github.ref|nil
---@return provider.failure|nil
function github.try.refs.create(a) end

--- As github.refs.update, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string, sha: string, force?: boolean}
---@return github.ref|nil
---@return provider.failure|nil
function github.try.refs.update(a) end

--- As github.refs.delete, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, ref: string}
---@return table|nil
---@return provider.failure|nil
function github.try.refs.delete(a) end

github.try.contents = {}

--- As github.contents.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, path: string, ref?: string}
---@return github.content|github.content[]|nil
---@return provider.failure|nil
function github.try.contents.get(a) end

--- As github.contents.put, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, path: string, message: string, content: string, sha?: string, branch?: string, committer?: {name:string, email:string}, author?: {name:string, email:string}}
---@return {content:github.content, commit:github.commit}|nil
---@return provider.failure|nil
function github.try.contents.put(a) end

--- As github.contents.delete, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, path: string, message: string, sha: string, branch?: string, committer?: {name:string, email:string}, author?: {name:string, email:string}}
---@return {commit:github.commit}|nil
---@return provider.failure|nil
function github.try.contents.delete(a) end

github.try.pulls = {}

--- As github.pulls.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, state?: "open"|"closed"|"all", head?: string, base?: string, sort?: "created"|"updated"|"popularity"|"long-running", direction?: "asc"|"desc", per_page?: integer, page?: integer}
---@return github.pull[]|nil
---@return provider.failure|nil
function github.try.pulls.list(a) end

--- As github.pulls.create, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, head: string, base: string, title?: string, body?: string, draft?: boolean, issue?: integer, maintainer_can_modify?: boolean, head_repo?: string}
---@return github.pull|nil
---@return provider.failure|nil
function github.try.pulls.create(a) end

--- As github.pulls.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, pull: integer}
---@return github.pull|nil
---@return provider.failure|nil
function github.try.pulls.get(a) end

--- As github.pulls.update, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, pull: integer, title?: string, body?: string, state?: "open"|"closed", base?: string, maintainer_can_modify?: boolean}
---@return github.pull|nil
---@return provider.failure|nil
function github.try.pulls.update(a) end

--- As github.pulls.merged, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, pull: integer}
---@return table|nil
---@return provider.failure|nil
function github.try.pulls.merged(a) end

--- As github.pulls.merge, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, pull: integer, sha?: string, merge_method?: "merge"|"squash"|"rebase", commit_title?: string, commit_message?: string}
---@return {merged:boolean, sha:string, message:string}|nil
---@return provider.failure|nil
function github.try.pulls.merge(a) end

github.try.issues = {}

--- As github.issues.list, but a failure is given, not raised.
---@param a? {owner?: string, repo?: string, state?: "open"|"closed"|"all", labels?: string, assignee?: string, creator?: string, mentioned?: string, milestone?: string, type?: string, issue_field_values?: string, sort?: "created"|"updated"|"comments", direction?: "asc"|"desc", since?: string, per_page?: integer, page?: integer}
---@return github.issue[]|nil
---@return provider.failure|nil
function github.try.issues.list(a) end

--- As github.issues.create, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, title: string, body?: string, labels?: string[], assignees?: string[], milestone?: integer, type?: string, issue_field_values?: {field_id:integer, value:string|number}[]}
---@return github.issue|nil
---@return provider.failure|nil
function github.try.issues.create(a) end

--- As github.issues.get, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, issue: integer}
---@return github.issue|nil
---@return provider.failure|nil
function github.try.issues.get(a) end

--- As github.issues.update, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, issue: integer, title?: string, body?: string, state?: "open"|"closed", state_reason?: "completed"|"not_planned"|"duplicate"|"reopened", duplicate_issue_id?: integer, labels?: string[], assignees?: string[], milestone?: integer, type?: string, issue_field_values?: {field_id:integer, value:string|number}[]}
---@return github.issue|nil
---@return provider.failure|nil
function github.try.issues.update(a) end

github.try.comments = {}

--- As github.comments.list, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, issue: integer, since?: string, per_page?: integer, page?: integer}
---@return github.comment[]|nil
---@return provider.failure|nil
function github.try.comments.list(a) end

--- As github.comments.create, but a failure is given, not raised.
---@param a {owner?: string, repo?: string, issue: integer, body: string}
---@return github.comment|nil
---@return provider.failure|nil
function github.try.comments.create(a) end

--- The check runs of a commit and whether all have passed.
--- @param ref string
--- @return boolean green at least one, none pending or failed
--- @return table[] rows name, status, conclusion
function github.checks_green(ref) end

--- Records a deployment by this run. step tells the deployments of one run of
--- the page apart.
--- @param args {ref:string, environment:string, step:string, description?:string, production?:boolean}
--- @return github.deployment
function github.start_deployment(args) end

--- Adds a status to a deployment; the description names this run.
--- @param deployment table as of github.start_deployment
--- @param state "in_progress"|"success"|"failure"|"error"|"inactive"
--- @param note string what happened, under 100 characters
--- @param url? string where the environment lives
--- @return github.status
function github.report(deployment, state, note, url) end

--- Starts a workflow (default env.github.workflow) and tells which run it
--- became. It adds the input `marker`, which the workflow has to have and to
--- show in its run-name (`run-name: Deploy ${{ inputs.marker }}`): by it a run
--- whose start a crash lost is found again. One without is started by
--- github.workflows.dispatch.
--- @param args {ref:string, step:string, inputs?:table, workflow?:string} step tells starts of one run apart
--- @return {workflow_run_id:integer, html_url:string}
function github.dispatch(args) end

--- Follows a workflow run to its end; of one that did not succeed, prints
--- which step of which job failed and the end of its log.
--- @param id integer
--- @param within_s? integer default 30 minutes
--- @return github.run run with its conclusion
--- @return table[] rows job, status, conclusion, failed (its first such step)
function github.watch(id, within_s) end

--- The jobs of a run as they are now.
--- @param id integer
--- @return table[] rows job, status, conclusion, failed
function github.jobs_of(id) end

--- The last lines of a job's log, without their times.
--- @param job integer
--- @param lines? integer default 15
--- @return string
function github.log_tail(job, lines) end

--- Approves, or rejects, what a run waits to do to environments. The token's
--- user must be one of their reviewers.
--- @param args {id:integer, environments:string[], comment:string, state?:"approved"|"rejected"}
--- @return table[] rows environment, state
function github.approve(args) end

--- Seals a secret, sets it in an environment (default env.github.environment)
--- or in the repository, and looks whether it is listed as just updated.
--- @param args {name:string, value:secret, environment?:string, repository?:boolean}
--- @return {name:string, of:string, change:"created"|"updated", updated_at:string} row
function github.set_secret(args) end

--- Removes a secret and looks whether it is gone; one that is not there is
--- no error.
--- @param args {name:string, environment?:string, repository?:boolean}
--- @return {name:string, of:string, change:"deleted"|"none"} row
function github.delete_secret(args) end

--- Creates a variable of an environment (default env.github.environment) or of
--- the repository, or gives it another value, and reads it back.
--- @param args {name:string, value:string, environment?:string, repository?:boolean}
--- @return {name:string, of:string, change:"created"|"updated"|"none", value:string} row
function github.set_variable(args) end

--- What is left of the token's rate limits.
--- @return table[] rows resource, limit, used, remaining, reset
function github.rate() end

--- The open pull request of head into base, opened if there is none.
--- @param args {head:string, base:string, title:string, body?:string, draft?:boolean}
--- @return github.pull
function github.open_pull(args) end

--- Merges a pull request when its checks have passed: waits for those that
--- run, raises when one fails, when there are none (unless checks = false),
--- when it conflicts, or when its head is not sha.
--- @param args {pull:integer, method?:"merge"|"squash"|"rebase", sha?:string, checks?:boolean, within_s?:integer}
--- @return {pull:integer, head:string, base:string, commit:string} row
function github.merge(args) end

--- Brings the open issue of that title to this body and these labels, or opens
--- one. The body ends in a comment that names the run.
--- @param args {title:string, body:string, labels?:string[]}
--- @return github.issue
function github.upsert_issue(args) end

--- The text of a file, and the sha of its blob.
--- @param args {path:string, ref?:string}
--- @return string text
--- @return string sha
function github.file(args) end

--- Commits a file's text to a branch; nothing when it is there already.
--- @param args {path:string, text:string, message:string, branch?:string}
--- @return {path:string, change:"created"|"updated"|"none", sha:string, commit:string} row
function github.put_file(args) end

--- Calls of Supabase's Management API on env.supabase.project. Each raises one
--- line on failure; supabase.try.… gives nil and a provider.failure.
--- https://supabase.com/docs/reference/api
--- @class supabase
supabase = {}

supabase.profile = {}

--- Whose token this is.
---@see https://supabase.com/docs/reference/api/v1-get-profile
---@param a? {}
---@return {gotrue_id:string, primary_email:string, username:string}
function supabase.profile.get(a) end

supabase.organizations = {}

--- The organizations this token can see.
---@see https://supabase.com/docs/reference/api/v1-list-all-organizations
---@param a? {}
---@return {id:string, slug:string, name:string}[]
function supabase.organizations.list(a) end

--- The projects of an organization with their databases.
--- - `organization` its slug, default env.supabase.organization
--- - `search` part of the name or the ref
--- - `sort` name_asc, name_desc, created_asc or created_desc
--- - `statuses` statuses to keep, separated by commas
--- - `limit` projects a page, 1 to 100
--- - `offset` skips that many and gives one page
---@see https://supabase.com/docs/reference/api/v1-get-all-projects-for-organization
---@param a? {organization?: string, search?: string, sort?: string, statuses?: string, limit?: integer, offset?: integer}
---@return table[]
function supabase.organizations.projects(a) end

supabase.projects = {}

--- The projects this token can see.
---@see https://supabase.com/docs/reference/api/v1-list-all-projects
---@param a? {}
---@return supabase.project[]
function supabase.projects.list(a) end

--- One project: name, region, status, database.version.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-project
---@param a? {project?: string}
---@return supabase.project
function supabase.projects.get(a) end

--- Health of services: name, healthy, status.
--- - `project` default: the environment's
--- - `services` of auth, db, db_postgres_user, pooler, realtime, rest, storage, pg_bouncer
--- - `timeout_ms` how long each is asked, 0 to 10000
---@see https://supabase.com/docs/reference/api/v1-get-services-health
---@param a {project?: string, services: string[], timeout_ms?: integer}
---@return supabase.health[]
function supabase.health(a) end

--- Pauses the project: its status goes over PAUSING to INACTIVE.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-pause-a-project
---@param a? {project?: string}
---@return table
function supabase.projects.pause(a) end

--- The versions of Postgres a paused project can come back with.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-list-available-restore-versions
---@param a? {project?: string}
---@return {version:string, release_channel:string, postgres_engine:string}[]
function supabase.projects.restore_versions(a) end

--- Brings a paused project back; supabase.wait_active waits for it.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-restore-a-project
---@param a? {project?: string}
---@return table
function supabase.projects.restore(a) end

--- Cancels a restore that is under way.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-cancel-a-project-restoration
---@param a? {project?: string}
---@return table
function supabase.projects.cancel_restore(a) end

supabase.readonly = {}

--- Whether the database refuses writes, as it does when its disk is full.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-readonly-mode-status
---@param a? {project?: string}
---@return {enabled:boolean, override_enabled:boolean, override_active_until:string}
function supabase.readonly.get(a) end

--- Lets the database write for the next 15 minutes.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-disable-readonly-mode-temporarily
---@param a? {project?: string}
---@return table
function supabase.readonly.disable(a) end

supabase.upgrade = {}

--- Whether Postgres can be upgraded, to which versions, and what stands against it.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-postgres-upgrade-eligibility
---@param a? {project?: string}
---@return supabase.eligibility
function supabase.upgrade.eligibility(a) end

--- Begins an upgrade of Postgres; the project is down meanwhile.
--- - `project` default: the environment's
--- - `target_version` one of eligibility's target_upgrade_versions, its app_version
--- - `release_channel` ga, beta, alpha, internal, withdrawn, preview
---@see https://supabase.com/docs/reference/api/v1-upgrade-postgres-version
---@param a {project?: string, target_version: string, release_channel?: string}
---@return {tracking_id:string}
function supabase.upgrade.start(a) end

--- How far an upgrade is; databaseUpgradeStatus is json.null when there was none. See supabase.upgrade_status.
--- - `project` default: the environment's
--- - `tracking_id` of upgrade.start, default the latest
---@see https://supabase.com/docs/reference/api/v1-get-postgres-upgrade-status
---@param a? {project?: string, tracking_id?: string}
---@return {databaseUpgradeStatus:table}
function supabase.upgrade.status(a) end

supabase.secrets = {}

--- Secrets of the edge functions: names, and digests for values.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-list-all-secrets
---@param a? {project?: string}
---@return {name:string, value:string, updated_at:string}[]
function supabase.secrets.list(a) end

--- Sets secrets of the edge functions, new ones and old ones. supabase.set_secrets does it and looks whether they are there.
--- - `project` default: the environment's
--- - `secrets` a name has at most 256 letters and does not begin with SUPABASE_
---@see https://supabase.com/docs/reference/api/v1-bulk-create-secrets
---@param a {project?: string, secrets: {name:string, value:secret}[]}
---@return table
function supabase.secrets.set(a) end

--- Deletes secrets of the edge functions.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-bulk-delete-secrets
---@param a {project?: string, names: string[]}
---@return table
function supabase.secrets.delete(a) end

supabase.api_keys = {}

--- The project's API keys.
--- - `project` default: the environment's
--- - `reveal` with the key itself, which is a secret
---@see https://supabase.com/docs/reference/api/v1-get-project-api-keys
---@param a? {project?: string, reveal?: boolean}
---@return supabase.api_key[]
function supabase.api_keys.list(a) end

--- Makes an API key.
--- - `project` default: the environment's
--- - `type` publishable or secret
--- - `name` 4 to 64 of a-z, 0-9 and _
--- - `secret_jwt_template` claims of the tokens a secret key makes
--- - `reveal` with the key itself, which is a secret
---@see https://supabase.com/docs/reference/api/v1-create-project-api-key
---@param a {project?: string, type: string, name: string, description?: string, secret_jwt_template?: table, reveal?: boolean}
---@return supabase.api_key
function supabase.api_keys.create(a) end

--- One API key.
--- - `project` default: the environment's
--- - `key` its id
--- - `reveal` with the key itself, which is a secret
---@see https://supabase.com/docs/reference/api/v1-get-project-api-key
---@param a {project?: string, key: string, reveal?: boolean}
---@return supabase.api_key
function supabase.api_keys.get(a) end

--- Renames or describes an API key.
--- - `project` default: the environment's
--- - `key` its id
--- - `name` 4 to 64 of a-z, 0-9 and _
--- - `reveal` with the key itself, which is a secret
---@see https://supabase.com/docs/reference/api/v1-update-project-api-key
---@param a {project?: string, key: string, name?: string, description?: string, secret_jwt_template?: table, reveal?: boolean}
---@return supabase.api_key
function supabase.api_keys.update(a) end

--- Deletes an API key: what uses it fails from now on.
--- - `project` default: the environment's
--- - `key` its id
--- - `was_compromised` noted by Supabase
--- - `reason` noted by Supabase
--- - `reveal` with the key itself, which is a secret
---@see https://supabase.com/docs/reference/api/v1-delete-project-api-key
---@param a {project?: string, key: string, was_compromised?: boolean, reason?: string, reveal?: boolean}
---@return supabase.api_key
function supabase.api_keys.delete(a) end

--- Whether the old anon and service_role keys are still valid.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-project-legacy-api-keys
---@param a? {project?: string}
---@return {enabled:boolean}
function supabase.api_keys.legacy(a) end

--- Makes the old anon and service_role keys valid, or not.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-update-project-legacy-api-keys
---@param a {project?: string, enabled: boolean}
---@return {enabled:boolean}
function supabase.api_keys.set_legacy(a) end

supabase.auth = {}

--- The settings of the auth service, flat: site_url, jwt_exp and many more.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-auth-service-config
---@param a? {project?: string}
---@return table<string,any>
function supabase.auth.get(a) end

--- Changes settings of the auth service and gives all of them.
--- - `project` default: the environment's
--- - `settings` those to change
---@see https://supabase.com/docs/reference/api/v1-update-auth-service-config
---@param a {project?: string, settings: table<string,any>}
---@return table<string,any>
function supabase.auth.update(a) end

supabase.postgrest = {}

--- The settings of the REST service.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-postgrest-service-config
---@param a? {project?: string}
---@return {db_schema:string, max_rows:integer, db_extra_search_path:string, db_pool:integer}
function supabase.postgrest.get(a) end

--- Changes settings of the REST service.
--- - `project` default: the environment's
--- - `db_schema` schemas it serves, separated by commas
--- - `max_rows` 0 to 1000000
--- - `db_pool` connections, 0 to 1000
---@see https://supabase.com/docs/reference/api/v1-update-postgrest-service-config
---@param a? {project?: string, db_schema?: string, db_extra_search_path?: string, max_rows?: integer, db_pool?: integer}
---@return {db_schema:string, max_rows:integer, db_extra_search_path:string, db_pool:integer}
function supabase.postgrest.update(a) end

supabase.network = {}

--- Which addresses may reach the database. See supabase.restrictions.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-network-restrictions
---@param a? {project?: string}
---@return supabase.network
function supabase.network.get(a) end

--- Adds and removes ranges; here the answer lists them as {address, type}.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-patch-network-restrictions
---@param a? {project?: string, add?: {dbAllowedCidrs:string[], dbAllowedCidrsV6:string[]}, remove?: {dbAllowedCidrs:string[], dbAllowedCidrsV6:string[]}}
---@return supabase.network
function supabase.network.update(a) end

--- Sets the ranges that may reach the database and applies them.
--- - `project` default: the environment's
--- - `dbAllowedCidrs` all the IPv4 ranges there shall be
--- - `dbAllowedCidrsV6` all the IPv6 ranges there shall be
---@see https://supabase.com/docs/reference/api/v1-update-network-restrictions
---@param a? {project?: string, dbAllowedCidrs?: string[], dbAllowedCidrsV6?: string[]}
---@return supabase.network
function supabase.network.apply(a) end

supabase.ssl = {}

--- Whether the database refuses connections without TLS.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-ssl-enforcement-config
---@param a? {project?: string}
---@return supabase.ssl
function supabase.ssl.get(a) end

--- Makes the database refuse connections without TLS, or take them. It restarts.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-update-ssl-enforcement-config
---@param a {project?: string, requestedConfig: {database:boolean}}
---@return supabase.ssl
function supabase.ssl.update(a) end

supabase.logs = {}

--- Rows of the project's logs.
--- - `project` default: the environment's
--- - `sql` over edge_logs, postgres_logs, auth_logs, …
--- - `iso_timestamp_start` at most 24 hours before the end
--- - `iso_timestamp_end` without both, the last minute
---@see https://supabase.com/docs/reference/api/v1-get-project-logs
---@param a? {project?: string, sql?: string, iso_timestamp_start?: string, iso_timestamp_end?: string}
---@return table[]
function supabase.logs.query(a) end

supabase.usage = {}

--- Requests by time and service.
--- - `project` default: the environment's
--- - `interval` 15min, 30min, 1hr, 3hr, 1day, 3day, 7day
---@see https://supabase.com/docs/reference/api/v1-get-project-usage-api-count
---@param a? {project?: string, interval?: string}
---@return table[]
function supabase.usage.api_counts(a) end

supabase.advisors = {}

--- What Supabase's advisor finds slow. Experimental.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-performance-advisors
---@param a? {project?: string}
---@return supabase.lint[]
function supabase.advisors.performance(a) end

--- What Supabase's advisor finds unsafe. Experimental.
--- - `project` default: the environment's
--- - `lint_type` sql
---@see https://supabase.com/docs/reference/api/v1-get-security-advisors
---@param a? {project?: string, lint_type?: string}
---@return supabase.lint[]
function supabase.advisors.security(a) end

supabase.sql = {}

--- Runs query as a role that can only read; gives rows.
--- - `project` default: the environment's
--- - `query` its tables named with their schemas
--- - `parameters` for $1, $2, …
---@see https://supabase.com/docs/reference/api/v1-read-only-query
---@param a {project?: string, query: string, parameters?: any[]}
---@return table[]
function supabase.sql.query(a) end

--- Runs query as the owner of the database; gives rows. A query that only reads belongs into sql.query.
--- - `project` default: the environment's
--- - `parameters` for $1, $2, …
--- - `read_only` in a transaction that cannot write
---@see https://supabase.com/docs/reference/api/v1-run-a-query
---@param a {project?: string, query: string, parameters?: any[], read_only?: boolean}
---@return table[]
function supabase.sql.run(a) end

supabase.database = {}

--- Sets the password of the role postgres; what connects with the old one fails from now on.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-update-database-password
---@param a {project?: string, password: secret}
---@return {message:string}
function supabase.database.set_password(a) end

supabase.types = {}

--- The TypeScript types of the database's schemas.
--- - `project` default: the environment's
--- - `included_schemas` separated by commas, default public
---@see https://supabase.com/docs/reference/api/v1-generate-typescript-types
---@param a? {project?: string, included_schemas?: string}
---@return {types:string}
function supabase.types.typescript(a) end

supabase.backups = {}

--- The backups there are, and whether a point in time can be restored.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-list-all-backups
---@param a? {project?: string}
---@return supabase.backups
function supabase.backups.list(a) end

--- When the daily backup is made.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-backup-schedule
---@param a? {project?: string}
---@return {schedule_for:string, updated_at:string}
function supabase.backups.schedule(a) end

--- Puts a backup in the place of the database, which is down meanwhile; what was written since is lost.
--- - `project` default: the environment's
--- - `id` of backups.list
---@see https://supabase.com/docs/reference/api/v1-restore-physical-backup
---@param a {project?: string, id: integer}
---@return table
function supabase.backups.restore(a) end

--- Puts the database back to a point in time; what was written since is lost.
--- - `project` default: the environment's
--- - `recovery_time_target_unix` seconds
---@see https://supabase.com/docs/reference/api/v1-restore-pitr-backup
---@param a {project?: string, recovery_time_target_unix: integer}
---@return table
function supabase.backups.restore_pitr(a) end

--- A restore point: AVAILABLE, PENDING, REMOVED or FAILED.
--- - `project` default: the environment's
--- - `name` default the newest
---@see https://supabase.com/docs/reference/api/v1-get-restore-point
---@param a? {project?: string, name?: string}
---@return supabase.restore_point
function supabase.backups.restore_point(a) end

--- Begins to make a restore point, to which backups.undo goes back.
--- - `project` default: the environment's
--- - `name` at most 20 letters
---@see https://supabase.com/docs/reference/api/v1-create-restore-point
---@param a {project?: string, name: string}
---@return supabase.restore_point
function supabase.backups.create_restore_point(a) end

--- Puts the database back to a restore point; what was written since is lost.
--- - `project` default: the environment's
--- - `name` of the restore point
---@see https://supabase.com/docs/reference/api/v1-undo
---@param a {project?: string, name: string}
---@return table
function supabase.backups.undo(a) end

supabase.migrations = {}

--- The migrations that were applied, oldest first. For partners' OAuth apps; others use supabase.migrations_status.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-list-migration-history
---@param a? {project?: string}
---@return {version:string, name:string}[]
function supabase.migrations.list(a) end

--- Applies a migration and records it.
--- - `project` default: the environment's
--- - `query` its SQL
--- - `rollback` SQL that takes it back
--- - `idempotency_key` the same for the same migration; by it a resumed run knows whether it happened
---@see https://supabase.com/docs/reference/api/v1-apply-a-migration
---@param a {project?: string, query: string, name?: string, rollback?: string, idempotency_key: string}
---@return table
function supabase.migrations.apply(a) end

--- Records a migration without applying it.
--- - `project` default: the environment's
--- - `query` its SQL
--- - `rollback` SQL that takes it back
---@see https://supabase.com/docs/reference/api/v1-upsert-a-migration
---@param a {project?: string, query: string, name?: string, rollback?: string, idempotency_key?: string}
---@return table
function supabase.migrations.upsert(a) end

--- Takes back every migration from a version on and forgets them.
--- - `project` default: the environment's
--- - `gte` the oldest version to go
---@see https://supabase.com/docs/reference/api/v1-rollback-migrations
---@param a {project?: string, gte: string}
---@return table
function supabase.migrations.rollback(a) end

--- One applied migration with its statements.
--- - `project` default: the environment's
--- - `version` digits
---@see https://supabase.com/docs/reference/api/v1-get-a-migration
---@param a {project?: string, version: string}
---@return supabase.migration
function supabase.migrations.get(a) end

--- Changes what is recorded of an applied migration.
--- - `project` default: the environment's
--- - `version` digits
--- - `rollback` SQL that takes it back
---@see https://supabase.com/docs/reference/api/v1-patch-a-migration
---@param a {project?: string, version: string, name?: string, rollback?: string}
---@return table
function supabase.migrations.update(a) end

supabase.branches = {}

--- The branches of the project's database.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-list-all-branches
---@param a? {project?: string}
---@return supabase.branch[]
function supabase.branches.list(a) end

--- Makes a branch: a project of its own with the migrations of this one.
--- - `project` default: the environment's
--- - `persistent` stays when its pull request is closed
--- - `desired_instance_size` micro, small, medium, …
--- - `postgres_engine` 15, 17 or 17-oriole
--- - `secrets` of its edge functions
--- - `with_data` with the rows of the project
---@see https://supabase.com/docs/reference/api/v1-create-a-branch
---@param a {project?: string, branch_name: string, git_branch?: string, is_default?: boolean, persistent?: boolean, region?: string, desired_instance_size?: string, release_channel?: string, postgres_engine?: string, secrets?: table<string,secret>, with_data?: boolean, notify_url?: string}
---@return supabase.branch
function supabase.branches.create(a) end

--- Switches branching off: all branches go.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-disable-preview-branching
---@param a? {project?: string}
---@return table
function supabase.branches.disable(a) end

--- A branch by its name.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-a-branch
---@param a {project?: string, name: string}
---@return supabase.branch
function supabase.branches.get(a) end

--- How to reach a branch's database.
--- - `branch` its id, or the ref of its project
---@see https://supabase.com/docs/reference/api/v1-get-a-branch-config
---@param a {branch: string}
---@return {ref:string, status:string, postgres_version:string, postgres_engine:string, db_host:string, db_port:integer, db_user:string}
function supabase.branches.config(a) end

--- Renames a branch, keeps it, or ties it to another one of git.
--- - `branch` its id, or the ref of its project
--- - `status` MIGRATIONS_PASSED, FUNCTIONS_DEPLOYED, …
---@see https://supabase.com/docs/reference/api/v1-update-a-branch-config
---@param a {branch: string, branch_name?: string, git_branch?: string, persistent?: boolean, status?: string, request_review?: boolean, reset_on_push?: boolean, notify_url?: string}
---@return supabase.branch
function supabase.branches.update(a) end

--- Deletes a branch with its database.
--- - `branch` its id, or the ref of its project
--- - `force` default true; false: in an hour, until then branches.restore keeps it
---@see https://supabase.com/docs/reference/api/v1-delete-a-branch
---@param a {branch: string, force?: boolean}
---@return {message:string}
function supabase.branches.delete(a) end

--- Brings a branch to the state of its project.
--- - `branch` its id, or the ref of its project
--- - `migration_version` up to this one, default all
---@see https://supabase.com/docs/reference/api/v1-push-a-branch
---@param a {branch: string, migration_version?: string}
---@return {workflow_run_id:string, message:string}
function supabase.branches.push(a) end

--- Brings a branch's migrations and functions into its project.
--- - `branch` its id, or the ref of its project
--- - `migration_version` up to this one, default all
---@see https://supabase.com/docs/reference/api/v1-merge-a-branch
---@param a {branch: string, migration_version?: string}
---@return {workflow_run_id:string, message:string}
function supabase.branches.merge(a) end

--- Makes a branch's database anew from its migrations.
--- - `branch` its id, or the ref of its project
--- - `migration_version` up to this one, default all
---@see https://supabase.com/docs/reference/api/v1-reset-a-branch
---@param a {branch: string, migration_version?: string}
---@return {workflow_run_id:string, message:string}
function supabase.branches.reset(a) end

--- Keeps a branch that was to be deleted within the hour.
--- - `branch` its id, or the ref of its project
---@see https://supabase.com/docs/reference/api/v1-restore-a-branch
---@param a {branch: string}
---@return {message:string}
function supabase.branches.restore(a) end

--- The SQL that tells a branch's schema from its project's. Beta.
--- - `branch` its id, or the ref of its project
--- - `included_schemas` separated by commas
--- - `pgdelta` made by another differ
---@see https://supabase.com/docs/reference/api/v1-diff-a-branch
---@param a {branch: string, included_schemas?: string, pgdelta?: boolean}
---@return string
function supabase.branches.diff(a) end

supabase.postgres = {}

--- The settings of Postgres that are not its defaults.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-postgres-config
---@param a? {project?: string}
---@return table<string,any>
function supabase.postgres.get(a) end

--- Changes settings of Postgres; some wait for a restart.
--- - `project` default: the environment's
--- - `settings` those to change: max_connections, statement_timeout, work_mem, …; restart_database = true restarts it
---@see https://supabase.com/docs/reference/api/v1-update-postgres-config
---@param a {project?: string, settings: table<string,any>}
---@return table<string,any>
function supabase.postgres.update(a) end

supabase.pooler = {}

--- How the connection pooler is reached and set.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-pooler-config
---@param a? {project?: string}
---@return table[]
function supabase.pooler.get(a) end

--- Sets the size of the connection pool.
--- - `project` default: the environment's
--- - `default_pool_size` connections, 0 to 3000
--- - `pool_mode` transaction or session; of old projects
---@see https://supabase.com/docs/reference/api/v1-update-pooler-config
---@param a? {project?: string, default_pool_size?: integer, pool_mode?: string}
---@return {default_pool_size:integer, pool_mode:string}
function supabase.pooler.update(a) end

supabase.pgbouncer = {}

--- The settings of the old pooler, PgBouncer.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-get-project-pgbouncer-config
---@param a? {project?: string}
---@return table<string,any>
function supabase.pgbouncer.get(a) end

supabase.functions = {}

--- The edge functions of a project.
--- - `project` default: the environment's
---@see https://supabase.com/docs/reference/api/v1-list-all-functions
---@param a? {project?: string}
---@return supabase.edge_function[]
function supabase.functions.list(a) end

--- Makes a function of one file. Deprecated by Supabase: use functions.deploy.
--- - `project` default: the environment's
--- - `slug` letters, digits, - and _
--- - `body` its one file
---@see https://supabase.com/docs/reference/api/v1-create-a-function
---@param a {project?: string, slug: string, name: string, body: string, verify_jwt?: boolean}
---@return supabase.edge_function
function supabase.functions.create(a) end

--- Makes or replaces functions, several at once, after functions.deploy with bundleOnly.
--- - `project` default: the environment's
--- - `functions` all there shall be, each with its version raised
---@see https://supabase.com/docs/reference/api/v1-bulk-update-functions
---@param a {project?: string, functions: supabase.edge_function[]}
---@return supabase.edge_function[]
function supabase.functions.update_all(a) end

--- Deploys a function from its files; makes it when there is none of that slug. Sent twice it serves the same under a further version.
--- - `project` default: the environment's
--- - `slug` letters, digits, - and _
--- - `files` path to text
--- - `bundleOnly` makes the bundle and does not serve it yet
---@see https://supabase.com/docs/reference/api/v1-deploy-a-function
---@param a {project?: string, slug?: string, metadata: {entrypoint_path:string, import_map_path?:string, static_patterns?:string[], verify_jwt?:boolean, name?:string}, files?: table<string,string>, bundleOnly?: boolean}
---@return supabase.edge_function
function supabase.functions.deploy(a) end

--- One edge function.
--- - `project` default: the environment's
--- - `slug` letters, digits, - and _
---@see https://supabase.com/docs/reference/api/v1-get-a-function
---@param a {project?: string, slug: string}
---@return supabase.edge_function
function supabase.functions.get(a) end

--- Changes a function's name, its file or whether it asks for a token.
--- - `project` default: the environment's
--- - `slug` letters, digits, - and _
--- - `body` its one file
---@see https://supabase.com/docs/reference/api/v1-update-a-function
---@param a {project?: string, slug: string, name?: string, body?: string, verify_jwt?: boolean}
---@return supabase.edge_function
function supabase.functions.update(a) end

--- Deletes a function.
--- - `project` default: the environment's
--- - `slug` letters, digits, - and _
---@see https://supabase.com/docs/reference/api/v1-delete-a-function
---@param a {project?: string, slug: string}
---@return {message:string}
function supabase.functions.delete(a) end

--- The bundle that is served, as its bytes.
--- - `project` default: the environment's
--- - `slug` letters, digits, - and _
---@see https://supabase.com/docs/reference/api/v1-get-a-function-body
---@param a {project?: string, slug: string}
---@return string
function supabase.functions.body(a) end

supabase.actions = {}

--- Runs that built a branch, merged or reset it.
--- - `project` default: the environment's
--- - `limit` runs a page, at least 10
--- - `offset` skips that many and gives one page
---@see https://supabase.com/docs/reference/api/v1-list-action-runs
---@param a? {project?: string, limit?: integer, offset?: integer}
---@return supabase.action[]
function supabase.actions.list(a) end

--- One run: the status of its steps.
--- - `project` default: the environment's
--- - `run` its id
---@see https://supabase.com/docs/reference/api/v1-get-action-run
---@param a {project?: string, run: string}
---@return supabase.action
function supabase.actions.get(a) end

--- What a run printed.
--- - `project` default: the environment's
--- - `run` its id
---@see https://supabase.com/docs/reference/api/v1-get-action-run-logs
---@param a {project?: string, run: string}
---@return string
function supabase.actions.logs(a) end

supabase.try = {}

supabase.try.profile = {}

--- As supabase.profile.get, but a failure is given, not raised.
---@param a? {}
---@return {gotrue_id:string, primary_email:string, username:string}|nil
---@return provider.failure|nil
function supabase.try.profile.get(a) end

supabase.try.organizations = {}

--- As supabase.organizations.list, but a failure is given, not raised.
---@param a? {}
---@return {id:string, slug:string, name:string}[]|nil
---@return provider.failure|nil
function supabase.try.organizations.list(a) end

--- As supabase.organizations.projects, but a failure is given, not raised.
---@param a? {organization?: string, search?: string, sort?: string, statuses?: string, limit?: integer, offset?: integer}
---@return table[]|nil
---@return provider.failure|nil
function supabase.try.organizations.projects(a) end

supabase.try.projects = {}

--- As supabase.projects.list, but a failure is given, not raised.
---@param a? {}
---@return supabase.project[]|nil
---@return provider.failure|nil
function supabase.try.projects.list(a) end

--- As supabase.projects.get, but a failure is given, not raised.
---@param a? {project?: string}
---@return supabase.project|nil
---@return provider.failure|nil
function supabase.try.projects.get(a) end

--- As supabase.health, but a failure is given, not raised.
---@param a {project?: string, services: string[], timeout_ms?: integer}
---@return supabase.health[]|nil
---@return provider.failure|nil
function supabase.try.health(a) end

--- As supabase.projects.pause, but a failure is given, not raised.
---@param a? {project?: string}
---@return table|nil
---@return provider.failure|nil
function supabase.try.projects.pause(a) end

--- As supabase.projects.restore_versions, but a failure is given, not raised.
---@param a? {project?: string}
---@return {version:string, release_channel:string, postgres_engine:string}[]|nil
---@return provider.failure|nil
function supabase.try.projects.restore_versions(a) end

--- As supabase.projects.restore, but a failure is given, not raised.
---@param a? {project?: string}
---@return table|nil
---@return provider.failure|nil
function supabase.try.projects.restore(a) end

--- As supabase.projects.cancel_restore, but a failure is given, not raised.
---@param a? {project?: string}
---@return table|nil
---@return provider.failure|nil
function supabase.try.projects.cancel_restore(a) end

supabase.try.readonly = {}

--- As supabase.readonly.get, but a failure is given, not raised.
---@param a? {project?: string}
---@return {enabled:boolean, override_enabled:boolean, override_active_until:string}|nil
---@return provider.failure|nil
function supabase.try.readonly.get(a) end

--- As supabase.readonly.disable, but a failure is given, not raised.
---@param a? {project?: string}
---@return table|nil
---@return provider.failure|nil
function supabase.try.readonly.disable(a) end

supabase.try.upgrade = {}

--- As supabase.upgrade.eligibility, but a failure is given, not raised.
---@param a? {project?: string}
---@return supabase.eligibility|nil
---@return provider.failure|nil
function supabase.try.upgrade.eligibility(a) end

--- As supabase.upgrade.start, but a failure is given, not raised.
---@param a {project?: string, target_version: string, release_channel?: string}
---@return {tracking_id:string}|nil
---@return provider.failure|nil
function supabase.try.upgrade.start(a) end

--- As supabase.upgrade.status, but a failure is given, not raised.
---@param a? {project?: string, tracking_id?: string}
---@return {databaseUpgradeStatus:table}|nil
---@return provider.failure|nil
function supabase.try.upgrade.status(a) end

supabase.try.secrets = {}

--- As supabase.secrets.list, but a failure is given, not raised.
---@param a? {project?: string}
---@return {name:string, value:string, updated_at:string}[]|nil
---@return provider.failure|nil
function supabase.try.secrets.list(a) end

--- As supabase.secrets.set, but a failure is given, not raised.
---@param a {project?: string, secrets: {name:string, value:secret}[]}
---@return table|nil
---@return provider.failure|nil
function supabase.try.secrets.set(a) end

--- As supabase.secrets.delete, but a failure is given, not raised.
---@param a {project?: string, names: string[]}
---@return table|nil
---@return provider.failure|nil
function supabase.try.secrets.delete(a) end

supabase.try.api_keys = {}

--- As supabase.api_keys.list, but a failure is given, not raised.
---@param a? {project?: string, reveal?: boolean}
---@return supabase.api_key[]|nil
---@return provider.failure|nil
function supabase.try.api_keys.list(a) end

--- As supabase.api_keys.create, but a failure is given, not raised.
---@param a {project?: string, type: string, name: string, description?: string, secret_jwt_template?: table, reveal?: boolean}
---@return supabase.api_key|nil
---@return provider.failure|nil
function supabase.try.api_keys.create(a) end

--- As supabase.api_keys.get, but a failure is given, not raised.
---@param a {project?: string, key: string, reveal?: boolean}
---@return supabase.api_key|nil
---@return provider.failure|nil
function supabase.try.api_keys.get(a) end

--- As supabase.api_keys.update, but a failure is given, not raised.
---@param a {project?: string, key: string, name?: string, description?: string, secret_jwt_template?: table, reveal?: boolean}
---@return supabase.api_key|nil
---@return provider.failure|nil
function supabase.try.api_keys.update(a) end

--- As supabase.api_keys.delete, but a failure is given, not raised.
---@param a {project?: string, key: string, was_compromised?: boolean, reason?: string, reveal?: boolean}
---@return supabase.api_key|nil
---@return provider.failure|nil
function supabase.try.api_keys.delete(a) end

--- As supabase.api_keys.legacy, but a failure is given, not raised.
---@param a? {project?: string}
---@return {enabled:boolean}|nil
---@return provider.failure|nil
function supabase.try.api_keys.legacy(a) end

--- As supabase.api_keys.set_legacy, but a failure is given, not raised.
---@param a {project?: string, enabled: boolean}
---@return {enabled:boolean}|nil
---@return provider.failure|nil
function supabase.try.api_keys.set_legacy(a) end

supabase.try.auth = {}

--- As supabase.auth.get, but a failure is given, not raised.
---@param a? {project?: string}
---@return table<string,any>|nil
---@return provider.failure|nil
function supabase.try.auth.get(a) end

--- As supabase.auth.update, but a failure is given, not raised.
---@param a {project?: string, settings: table<string,any>}
---@return table<string,any>|nil
---@return provider.failure|nil
function supabase.try.auth.update(a) end

supabase.try.postgrest = {}

--- As supabase.postgrest.get, but a failure is given, not raised.
---@param a? {project?: string}
---@return {db_schema:string, max_rows:integer, db_extra_search_path:string, db_pool:integer}|nil
---@return provider.failure|nil
function supabase.try.postgrest.get(a) end

--- As supabase.postgrest.update, but a failure is given, not raised.
---@param a? {project?: string, db_schema?: string, db_extra_search_path?: string, max_rows?: integer, db_pool?: integer}
---@return {db_schema:string, max_rows:integer, db_extra_search_path:string, db_pool:integer}|nil
---@return provider.failure|nil
function supabase.try.postgrest.update(a) end

supabase.try.network = {}

--- As supabase.network.get, but a failure is given, not raised.
---@param a? {project?: string}
---@return supabase.network|nil
---@return provider.failure|nil
function supabase.try.network.get(a) end

--- As supabase.network.update, but a failure is given, not raised.
---@param a? {project?: string, add?: {dbAllowedCidrs:string[], dbAllowedCidrsV6:string[]}, remove?: {dbAllowedCidrs:string[], dbAllowedCidrsV6:string[]}}
---@return supabase.network|nil
---@return provider.failure|nil
function supabase.try.network.update(a) end

--- As supabase.network.apply, but a failure is given, not raised.
---@param a? {project?: string, dbAllowedCidrs?: string[], dbAllowedCidrsV6?: string[]}
---@return supabase.network|nil
---@return provider.failure|nil
function supabase.try.network.apply(a) end

supabase.try.ssl = {}

--- As supabase.ssl.get, but a failure is given, not raised.
---@param a? {project?: string}
---@return supabase.ssl|nil
---@return provider.failure|nil
function supabase.try.ssl.get(a) end

--- As supabase.ssl.update, but a failure is given, not raised.
---@param a {project?: string, requestedConfig: {database:boolean}}
---@return supabase.ssl|nil
---@return provider.failure|nil
function supabase.try.ssl.update(a) end

supabase.try.logs = {}

--- As supabase.logs.query, but a failure is given, not raised.
---@param a? {project?: string, sql?: string, iso_timestamp_start?: string, iso_timestamp_end?: string}
---@return table[]|nil
---@return provider.failure|nil
function supabase.try.logs.query(a) end

supabase.try.usage = {}

--- As supabase.usage.api_counts, but a failure is given, not raised.
---@param a? {project?: string, interval?: string}
---@return table[]|nil
---@return provider.failure|nil
function supabase.try.usage.api_counts(a) end

supabase.try.advisors = {}

--- As supabase.advisors.performance, but a failure is given, not raised.
---@param a? {project?: string}
---@return supabase.lint[]|nil
---@return provider.failure|nil
function supabase.try.advisors.performance(a) end

--- As supabase.advisors.security, but a failure is given, not raised.
---@param a? {project?: string, lint_type?: string}
---@return supabase.lint[]|nil
---@return provider.failure|nil
function supabase.try.advisors.security(a) end

supabase.try.sql = {}

--- As supabase.sql.query, but a failure is given, not raised.
---@param a {project?: string, query: string, parameters?: any[]}
---@return table[]|nil
---@return provider.failure|nil
function supabase.try.sql.query(a) end

--- As supabase.sql.run, but a failure is given, not raised.
---@param a {project?: string, query: string, parameters?: any[], read_only?: boolean}
---@return table[]|nil
---@return provider.failure|nil
function supabase.try.sql.run(a) end

supabase.try.database = {}

--- As supabase.database.set_password, but a failure is given, not raised.
---@param a {project?: string, password: secret}
---@return {message:string}|nil
---@return provider.failure|nil
function supabase.try.database.set_password(a) end

supabase.try.types = {}

--- As supabase.types.typescript, but a failure is given, not raised.
---@param a? {project?: string, included_schemas?: string}
---@return {types:string}|nil
---@return provider.failure|nil
function supabase.try.types.typescript(a) end

supabase.try.backups = {}

--- As supabase.backups.list, but a failure is given, not raised.
---@param a? {project?: string}
---@return supabase.backups|nil
---@return provider.failure|nil
function supabase.try.backups.list(a) end

--- As supabase.backups.schedule, but a failure is given, not raised.
---@param a? {project?: string}
---@return {schedule_for:string, updated_at:string}|nil
---@return provider.failure|nil
function supabase.try.backups.schedule(a) end

--- As supabase.backups.restore, but a failure is given, not raised.
---@param a {project?: string, id: integer}
---@return table|nil
---@return provider.failure|nil
function supabase.try.backups.restore(a) end

--- As supabase.backups.restore_pitr, but a failure is given, not raised.
---@param a {project?: string, recovery_time_target_unix: integer}
---@return table|nil
---@return provider.failure|nil
function supabase.try.backups.restore_pitr(a) end

--- As supabase.backups.restore_point, but a failure is given, not raised.
---@param a? {project?: string, name?: string}
---@return supabase.restore_point|nil
---@return provider.failure|nil
function supabase.try.backups.restore_point(a) end

--- As supabase.backups.create_restore_point, but a failure is given, not raised.
---@param a {project?: string, name: string}
---@return supabase.restore_point|nil
---@return provider.failure|nil
function supabase.try.backups.create_restore_point(a) end

--- As supabase.backups.undo, but a failure is given, not raised.
---@param a {project?: string, name: string}
---@return table|nil
---@return provider.failure|nil
function supabase.try.backups.undo(a) end

supabase.try.migrations = {}

--- As supabase.migrations.list, but a failure is given, not raised.
---@param a? {project?: string}
---@return {version:string, name:string}[]|nil
---@return provider.failure|nil
function supabase.try.migrations.list(a) end

--- As supabase.migrations.apply, but a failure is given, not raised.
---@param a {project?: string, query: string, name?: string, rollback?: string, idempotency_key: string}
---@return table|nil
---@return provider.failure|nil
function supabase.try.migrations.apply(a) end

--- As supabase.migrations.upsert, but a failure is given, not raised.
---@param a {project?: string, query: string, name?: string, rollback?: string, idempotency_key?: string}
---@return table|nil
---@return provider.failure|nil
function supabase.try.migrations.upsert(a) end

--- As supabase.migrations.rollback, but a failure is given, not raised.
---@param a {project?: string, gte: string}
---@return table|nil
---@return provider.failure|nil
function supabase.try.migrations.rollback(a) end

--- As supabase.migrations.get, but a failure is given, not raised.
---@param a {project?: string, version: string}
---@return supabase.migration|nil
---@return provider.failure|nil
function supabase.try.migrations.get(a) end

--- As supabase.migrations.update, but a failure is given, not raised.
---@param a {project?: string, version: string, name?: string, rollback?: string}
---@return table|nil
---@return provider.failure|nil
function supabase.try.migrations.update(a) end

supabase.try.branches = {}

--- As supabase.branches.list, but a failure is given, not raised.
---@param a? {project?: string}
---@return supabase.branch[]|nil
---@return provider.failure|nil
function supabase.try.branches.list(a) end

--- As supabase.branches.create, but a failure is given, not raised.
---@param a {project?: string, branch_name: string, git_branch?: string, is_default?: boolean, persistent?: boolean, region?: string, desired_instance_size?: string, release_channel?: string, postgres_engine?: string, secrets?: table<string,secret>, with_data?: boolean, notify_url?: string}
---@return supabase.branch|nil
---@return provider.failure|nil
function supabase.try.branches.create(a) end

--- As supabase.branches.disable, but a failure is given, not raised.
---@param a? {project?: string}
---@return table|nil
---@return provider.failure|nil
function supabase.try.branches.disable(a) end

--- As supabase.branches.get, but a failure is given, not raised.
---@param a {project?: string, name: string}
---@return supabase.branch|nil
---@return provider.failure|nil
function supabase.try.branches.get(a) end

--- As supabase.branches.config, but a failure is given, not raised.
---@param a {branch: string}
---@return {ref:string, status:string, postgres_version:string, postgres_engine:string, db_host:string, db_port:integer, db_user:string}|nil
---@return provider.failure|nil
function supabase.try.branches.config(a) end

--- As supabase.branches.update, but a failure is given, not raised.
---@param a {branch: string, branch_name?: string, git_branch?: string, persistent?: boolean, status?: string, request_review?: boolean, reset_on_push?: boolean, notify_url?: string}
---@return supabase.branch|nil
---@return provider.failure|nil
function supabase.try.branches.update(a) end

--- As supabase.branches.delete, but a failure is given, not raised.
---@param a {branch: string, force?: boolean}
---@return {message:string}|nil
---@return provider.failure|nil
function supabase.try.branches.delete(a) end

--- As supabase.branches.push, but a failure is given, not raised.
---@param a {branch: string, migration_version?: string}
---@return {workflow_run_id:string, message:string}|nil
---@return provider.failure|nil
function supabase.try.branches.push(a) end

--- As supabase.branches.merge, but a failure is given, not raised.
---@param a {branch: string, migration_version?: string}
---@return {workflow_run_id:string, message:string}|nil
---@return provider.failure|nil
function supabase.try.branches.merge(a) end

--- As supabase.branches.reset, but a failure is given, not raised.
---@param a {branch: string, migration_version?: string}
---@return {workflow_run_id:string, message:string}|nil
---@return provider.failure|nil
function supabase.try.branches.reset(a) end

--- As supabase.branches.restore, but a failure is given, not raised.
---@param a {branch: string}
---@return {message:string}|nil
---@return provider.failure|nil
function supabase.try.branches.restore(a) end

--- As supabase.branches.diff, but a failure is given, not raised.
---@param a {branch: string, included_schemas?: string, pgdelta?: boolean}
---@return string|nil
---@return provider.failure|nil
function supabase.try.branches.diff(a) end

supabase.try.postgres = {}

--- As supabase.postgres.get, but a failure is given, not raised.
---@param a? {project?: string}
---@return table<string,any>|nil
---@return provider.failure|nil
function supabase.try.postgres.get(a) end

--- As supabase.postgres.update, but a failure is given, not raised.
---@param a {project?: string, settings: table<string,any>}
---@return table<string,any>|nil
---@return provider.failure|nil
function supabase.try.postgres.update(a) end

supabase.try.pooler = {}

--- As supabase.pooler.get, but a failure is given, not raised.
---@param a? {project?: string}
---@return table[]|nil
---@return provider.failure|nil
function supabase.try.pooler.get(a) end

--- As supabase.pooler.update, but a failure is given, not raised.
---@param a? {project?: string, default_pool_size?: integer, pool_mode?: string}
---@return {default_pool_size:integer, pool_mode:string}|nil
---@return provider.failure|nil
function supabase.try.pooler.update(a) end

supabase.try.pgbouncer = {}

--- As supabase.pgbouncer.get, but a failure is given, not raised.
---@param a? {project?: string}
---@return table<string,any>|nil
---@return provider.failure|nil
function supabase.try.pgbouncer.get(a) end

supabase.try.functions = {}

--- As supabase.functions.list, but a failure is given, not raised.
---@param a? {project?: string}
---@return supabase.edge_function[]|nil
---@return provider.failure|nil
function supabase.try.functions.list(a) end

--- As supabase.functions.create, but a failure is given, not raised.
---@param a {project?: string, slug: string, name: string, body: string, verify_jwt?: boolean}
---@return supabase.edge_function|nil
---@return provider.failure|nil
function supabase.try.functions.create(a) end

--- As supabase.functions.update_all, but a failure is given, not raised.
---@param a {project?: string, functions: supabase.edge_function[]}
---@return supabase.edge_function[]|nil
---@return provider.failure|nil
function supabase.try.functions.update_all(a) end

--- As supabase.functions.deploy, but a failure is given, not raised.
---@param a {project?: string, slug?: string, metadata: {entrypoint_path:string, import_map_path?:string, static_patterns?:string[], verify_jwt?:boolean, name?:string}, files?: table<string,string>, bundleOnly?: boolean}
---@return supabase.edge_function|nil
---@return provider.failure|nil
function supabase.try.functions.deploy(a) end

--- As supabase.functions.get, but a failure is given, not raised.
---@param a {project?: string, slug: string}
---@return supabase.edge_function|nil
---@return provider.failure|nil
function supabase.try.functions.get(a) end

--- As supabase.functions.update, but a failure is given, not raised.
---@param a {project?: string, slug: string, name?: string, body?: string, verify_jwt?: boolean}
---@return supabase.edge_function|nil
---@return provider.failure|nil
function supabase.try.functions.update(a) end

--- As supabase.functions.delete, but a failure is given, not raised.
---@param a {project?: string, slug: string}
---@return {message:string}|nil
---@return provider.failure|nil
function supabase.try.functions.delete(a) end

--- As supabase.functions.body, but a failure is given, not raised.
---@param a {project?: string, slug: string}
---@return string|nil
---@return provider.failure|nil
function supabase.try.functions.body(a) end

supabase.try.actions = {}

--- As supabase.actions.list, but a failure is given, not raised.
---@param a? {project?: string, limit?: integer, offset?: integer}
---@return supabase.action[]|nil
---@return provider.failure|nil
function supabase.try.actions.list(a) end

--- As supabase.actions.get, but a failure is given, not raised.
---@param a {project?: string, run: string}
---@return supabase.action|nil
---@return provider.failure|nil
function supabase.try.actions.get(a) end

--- As supabase.actions.logs, but a failure is given, not raised.
---@param a {project?: string, run: string}
---@return string|nil
---@return provider.failure|nil
function supabase.try.actions.logs(a) end

--- The health of the services an app stands on.
--- @param args? {project?:string} default env.supabase.project
--- @return boolean healthy all of them
--- @return table[] rows service, status
function supabase.healthy(args) end

--- Waits until a project is ACTIVE_HEALTHY, as after a restore, an upgrade or
--- a change that restarts its database; prints each status on the way.
--- @param args? {project?:string, within_s?:number} within_s: default 600
--- @return supabase.project
function supabase.wait_active(args) end

--- The latest upgrade of Postgres, or the one of a tracking id.
--- @param tracking_id? string
--- @return supabase.upgrade
function supabase.upgrade_status(tracking_id) end

--- Sets secrets of the edge functions and looks whether each is there. Running
--- functions see them at once.
--- @param args {values:table<string,secret>, project?:string} values by name
--- @return table[] rows secret, updated
function supabase.set_secrets(args) end

--- Migration files of the tree that the database has not applied yet.
--- @param folder? string default supabase/migrations
--- @return string[] file names, oldest first
function supabase.pending_migrations(folder) end

--- Each migration of the tree and of the database: applied, pending (a file
--- that was not applied) or missing file (applied, and there is no file).
--- @param folder? string default supabase/migrations
--- @return table[] rows version, name, state; oldest first
function supabase.migrations_status(folder) end

--- The addresses that may reach the database.
--- @param args? {project?:string} default env.supabase.project
--- @return table[] rows range, family, state (applied, or stored: not yet)
--- @return boolean open anyone may, as far as addresses go
function supabase.restrictions(args) end

--- Finds the local stack by .env.local, or else by `supabase status`, which
--- asks Docker: that needs a block with effect=remote. No value but the URLs
--- of the stack on loopback comes back; the database's is a handle.
--- @return supabase.local_stack
function supabase.local_stack() end

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
--- the end of the file. Raises when the value stands in an inline table or an
--- array, when an array is over several lines, or when anything else would
--- change. Class: local; a file that holds the value already is not touched.
--- @param path string
--- @param key string as for toml.get
--- @param value string|number|boolean|any[] a list of texts, numbers, booleans
--- @return toml.change
function toml.set(path, key, value) end
