/* The table of primitives. */
#include "prim.h"

#include <stddef.h>

#define COMPUTED EFFECT_COUNT

/* The doc of an activity tells what it raises; every one also raises when it
 * is above the block's effect= or the policy refuses it. */
/* clang-format off */
const struct prim prim_table[] = {
    {"params", PRIM_PURE, EFFECT_NONE, NULL, "table<string,any>",
     "The inputs of this run, by the names of the front matter.", 0},
    {"env", PRIM_PURE, EFFECT_NONE, NULL, "table<string,any>",
     "What runproof.yaml says of the environment; env.name is its name.", 0},
    {"run", PRIM_PURE, EFFECT_NONE, NULL, "run.info", "This run.", 0},
    {"print", PRIM_PURE, EFFECT_NONE, "...:v", "nil",
     "Adds a line to the step's output, values separated by tabs.", 0},
    {"check", PRIM_LUA, EFFECT_NONE, "id:s,ok:v,detail:s?", "boolean",
     "Ticks or unticks the check box of that id and gives ok; the step fails "
     "at its end if any check did.", 0},
    {"expect", PRIM_LUA, EFFECT_NONE, "value:v", "expect",
     "Assertions: :equals(y), :contains(subset), :matches(pattern). Each "
     "raises with the paths that differ.", 0},
    {"fail", PRIM_LUA, EFFECT_NONE, "message:s,opts:t?", "nil",
     "Fails the step; with final = true no further attempt is made.", 0},
    {"each", PRIM_LUA, EFFECT_NONE, "list:t,opts:v?,fn:v?", "any[]",
     "Calls fn(item) for each item, at most opts.max at once: while one "
     "waits for an activity, others go on. Gives the results in the order of "
     "the list. The first failure gives up the others and is raised, but with "
     "opts.collect all go on, and a second list tells the failures: index, "
     "item, error. opts may be left out.", 0},
    {"parallel", PRIM_LUA, EFFECT_NONE, "list:t,opts:v?", "any[]",
     "Calls the functions of the list at once, as each does.", 0},

    {"http.request", PRIM_ACTIVITY, COMPUTED, "opts:t", "http.response",
     "One HTTP request. Every status is an answer, only a request that got "
     "none raises. Up to three times, what was throttled is sent again, and "
     "what may be sent twice also if the connection broke or the host was busy "
     "(502, 503, 504). Class: GET and HEAD read, else remote, unless a "
     "provider's row says that it reads.", 120},
    {"http.earlier", PRIM_ACTIVITY, EFFECT_NONE, "", "http.earlier|false",
     "The next request that changed something in an earlier attempt of this "
     "step and that this one must make next; false when there is none. Code that "
     "looks before it changes knows by it what it did itself.", 0},
    {"fs.read", PRIM_ACTIVITY, EFFECT_READ, "path:s", "string",
     "The bytes of a file of this repository. Raises when it is missing or "
     "leaves the repository.", 1},
    {"fs.write", PRIM_ACTIVITY, EFFECT_LOCAL, "path:s,text:s", "fs.written",
     "Replaces a file of this repository, whole or not at all. Raises when its "
     "folder is missing, for .git and for a run's journal.", 2},
    {"fs.append", PRIM_ACTIVITY, EFFECT_LOCAL, "path:s,text:s", "fs.written",
     "Adds text at the end of a file, which is made if missing. Raises as "
     "fs.write does.", 2},
    {"fs.list", PRIM_ACTIVITY, EFFECT_READ, "dir:s", "string[]",
     "The names in a folder, sorted. Raises when it is missing.", 1},
    {"fs.exists", PRIM_ACTIVITY, EFFECT_READ, "path:s", "boolean",
     "Whether a file or folder is there.", 1},
    {"fs.remove", PRIM_ACTIVITY, EFFECT_LOCAL, "path:s", "boolean",
     "Removes a file or an empty folder; false when there was none.", 2},
    {"fs.mkdir", PRIM_ACTIVITY, EFFECT_LOCAL, "path:s", "boolean",
     "Makes a folder and those above it; false when it was there.", 2},
    {"time.now", PRIM_ACTIVITY, EFFECT_NONE, "", "number",
     "Unix time in seconds, to the millisecond. In the sandbox the clock is "
     "virtual.", 0},
    {"time.sleep", PRIM_ACTIVITY, EFFECT_NONE, "seconds:n", "nil",
     "Waits. In the sandbox the virtual clock jumps instead.", 0},
    {"git.head", PRIM_ACTIVITY, EFFECT_READ, "", "git.head",
     "The commit that is checked out.", 5},
    {"git.status", PRIM_ACTIVITY, EFFECT_READ, "", "git.change[]",
     "Changed and untracked files, by path.", 5},
    {"git.log", PRIM_ACTIVITY, EFFECT_READ, "opts:t?", "git.commit[]",
     "Commits, newest first.", 5},
    {"git.diff", PRIM_ACTIVITY, EFFECT_READ, "opts:t?", "git.diff",
     "What changed between two commits, or since one in the work tree.", 5},
    {"git.grep", PRIM_ACTIVITY, EFFECT_READ, "pattern:s,opts:t?",
     "git.match[]",
     "Lines of tracked files that hold the text.", 5},
    {"git.show", PRIM_ACTIVITY, EFFECT_READ, "rev:s,path:s?",
     "string|git.shown",
     "The bytes of a file as it is in a commit, whatever the work tree holds; "
     "without a path the commit itself. Raises when either is missing.", 5},
    {"git.merge_base", PRIM_ACTIVITY, EFFECT_READ, "a:s,b:s", "string",
     "The newest commit that both hold; json.null when there is none.", 5},
    {"git.is_ancestor", PRIM_ACTIVITY, EFFECT_READ, "a:s,b:s", "boolean",
     "Whether b holds all of a.", 5},
    {"git.ahead_behind", PRIM_ACTIVITY, EFFECT_READ, "a:s,b:s",
     "git.distance",
     "How many commits a has that b lacks, and the other way round.", 5},
    {"git.branches", PRIM_ACTIVITY, EFFECT_READ, "opts:t?", "git.ref[]",
     "The branches of this repository, by name.", 5},
    {"git.tags", PRIM_ACTIVITY, EFFECT_READ, "", "git.tagged[]",
     "The tags, by name, with the commits they stand for.", 5},
    {"git.scan", PRIM_ACTIVITY, EFFECT_READ, "opts:t?", "git.leak[]",
     "The leaked secrets in the files that git does not ignore, or in all "
     "history, that runproof.yaml does not allow. Raises when not everything "
     "could be looked at.", 50},
    {"git.branch", PRIM_ACTIVITY, EFFECT_LOCAL, "name:s,opts:t?",
     "git.moved",
     "Makes a branch; one that is there already is left. Raises when it is at "
     "another commit, unless opts.force.", 5},
    {"git.delete_branch", PRIM_ACTIVITY, EFFECT_LOCAL, "name:s,opts:t?",
     "boolean",
     "Deletes a branch of this repository; false when there was none. Raises "
     "when it is checked out, or its commits would be lost, unless opts.force.",
     5},
    {"git.tag", PRIM_ACTIVITY, EFFECT_LOCAL, "name:s,opts:t?", "git.moved",
     "Makes a tag, annotated if there is a message; the same one is left. "
     "Raises when it stands for something else, unless opts.force.", 5},
    {"git.commit", PRIM_ACTIVITY, EFFECT_LOCAL, "opts:t", "git.commit",
     "Commits files of the work tree, as they are there; what else is staged "
     "stays so. Nothing is signed and no hook runs. Raises when no file has "
     "changed, or nobody is named as author in git's configuration.", 5},
    {"git.cherry_pick", PRIM_ACTIVITY, EFFECT_LOCAL, "rev:s,opts:t?",
     "git.picked",
     "Puts the change of a commit on a branch, which need not be checked out; "
     "changed is false when it has it. Raises with the files that conflict, "
     "and then nothing is changed.", 5},
    {"git.fetch", PRIM_ACTIVITY, EFFECT_LOCAL, "opts:t?", "git.fetched",
     "Fetches from a remote and prunes what is gone there. Raises when it "
     "cannot be reached or does not let one in.", 120},
    {"git.push", PRIM_ACTIVITY, EFFECT_REMOTE, "opts:t", "git.pushed",
     "Pushes branches and tags, and looks whether the remote has them. Raises "
     "when it has commits that are not here, refuses one or does not let one "
     "in. One that is a path must have no hooks: they would not run.", 120},
    {"sh.run", PRIM_ACTIVITY, COMPUTED, "argv:l,opts:t?", "sh.result",
     "Runs a command, without a shell, confined to its class: the block's, or "
     "the lower one of opts.effect. Raises on a code other than 0, unless "
     "opts.check is false.", 40},
    {"sql.query", PRIM_ACTIVITY, COMPUTED, "dsn:h,text:s,params:t?,opts:t?",
     "sql.result",
     "One statement on a Postgres server, in a session and a transaction of its "
     "own; $1, $2 … in it stand for params: text, number, boolean, json.null "
     "or secret. Class: the block's, or the lower one of opts.effect. What may "
     "read runs in a read-only transaction; a local change is one to a server "
     "of this machine, by the literal name of loopback or a Unix socket; "
     "others are spoken to by TLS alone. Raises with the SQLSTATE.", 30},
    {"secret.get", PRIM_ACTIVITY, EFFECT_READ, "name:s", "secret",
     "A secret of this environment, as a handle that can be passed on but not "
     "read. Raises when the environment has none of that name.", 1},
    {"secret.equal", PRIM_ACTIVITY, EFFECT_NONE, "a:h,b:h", "boolean",
     "Whether two secrets, or a secret and a text, are the same.", 0},
    {"secret.template", PRIM_ACTIVITY, EFFECT_NONE, "fmt:s,s:h", "secret",
     "The text with its one {} replaced by the secret: a handle again.", 0},
    {"secret.dsn", PRIM_ACTIVITY, EFFECT_NONE, "s:h", "secret.dsn",
     "The parts of a connection URL; the password stays a handle. Raises when "
     "it is none.", 0},
    {"secret.seal", PRIM_ACTIVITY, EFFECT_NONE, "key:s,s:h", "string",
     "The secret in a box that only the holder of the private key can open: "
     "libsodium's sealed box, as base64. key is the public one, X25519, as "
     "base64; raises when it is none.", 0},
    {"ask.confirm", PRIM_ACTIVITY, EFFECT_NONE, "question:s,opts:t?",
     "boolean",
     "Asks a person yes or no.", 0},
    {"ask.input", PRIM_ACTIVITY, EFFECT_NONE, "question:s,opts:t?",
     "string|secret",
     "Asks a person for a text; with opts.secret it comes as a handle.", 0},
    {"ask.choice", PRIM_ACTIVITY, EFFECT_NONE,
     "question:s,choices:l,opts:t?", "string",
     "Asks a person for one of the choices.", 0},
    {"evidence.file", PRIM_ACTIVITY, EFFECT_READ, "path:s,opts:t?",
     "evidence.file",
     "Copies a file of this repository into the evidence bundle and links it. "
     "Raises when it is missing, leaves the repository or is over 64 MiB.", 2},
    /* How a request of an earlier, killed attempt ended: sent by act itself. */
    {"door.settle", PRIM_ACTIVITY, EFFECT_NONE, "opts:t", "any", "", 0},

    {"evidence.table", PRIM_LUA, EFFECT_NONE, "rows:t,columns:l?,title:s?",
     "nil",
     "Shows a table: rows as objects (columns named, or all: of a helper's "
     "rows in its order, of others sorted) or as lists.", 0},
    {"evidence.json", PRIM_LUA, EFFECT_NONE, "value:v,title:s?", "nil",
     "Shows a value as JSON.", 0},
    {"evidence.text", PRIM_LUA, EFFECT_NONE, "text:s,title:s?", "nil",
     "Shows a text, verbatim.", 0},
    {"evidence.link", PRIM_LUA, EFFECT_NONE, "url:s,title:s?", "nil",
     "Shows a link.", 0},
    {"evidence.metric", PRIM_LUA, EFFECT_NONE, "name:s,value:n,unit:s?",
     "nil", "Shows a figure.", 0},
    {"sql.migrations", PRIM_LUA, EFFECT_READ, "dsn:h,folder:s?",
     "sql.migration[]",
     "The migrations that the database has applied against the files of a "
     "folder, by version.", 0},
    {"http.get", PRIM_LUA, EFFECT_READ, "url:s,opts:t?", "http.response",
     "http.request with method GET.", 0},
    {"http.head", PRIM_LUA, EFFECT_READ, "url:s,opts:t?", "http.response",
     "http.request with method HEAD.", 0},
    {"http.post", PRIM_LUA, COMPUTED, "url:s,opts:t?", "http.response",
     "http.request with method POST.", 0},
    {"http.put", PRIM_LUA, COMPUTED, "url:s,opts:t?", "http.response",
     "http.request with method PUT.", 0},
    {"http.patch", PRIM_LUA, COMPUTED, "url:s,opts:t?", "http.response",
     "http.request with method PATCH.", 0},
    {"http.delete", PRIM_LUA, COMPUTED, "url:s,opts:t?", "http.response",
     "http.request with method DELETE.", 0},
    {"json.encode", PRIM_PURE, EFFECT_NONE, "value:v,opts:t?", "string",
     "Canonical JSON (RFC 8785), or indented for people. Raises for what has "
     "no JSON form, secrets among it.", 0},
    {"json.decode", PRIM_PURE, EFFECT_NONE, "text:s", "any",
     "The value; null is json.null, lists stay lists when empty. Raises with "
     "the line.", 0},
    {"json.array", PRIM_PURE, EFFECT_NONE, "t:t?", "table",
     "Marks a table as a list, for when it is empty.", 0},
    {"json.null", PRIM_PURE, EFFECT_NONE, NULL, "any",
     "The value that stands for null.", 0},
    {"hash.sha256", PRIM_PURE, EFFECT_NONE, "bytes:s", "string",
     "The SHA-256 of a string's bytes, in lower-case hex.", 0},
    {"time.iso", PRIM_LUA, EFFECT_NONE, "seconds:n?", "string",
     "UTC as 2026-11-23T13:00:00Z; without an argument, now.", 0},
    {"time.parse", PRIM_LUA, EFFECT_NONE, "text:s", "number",
     "Unix seconds of such a text, or of a date. Raises when it is neither.",
     0},
    {NULL, PRIM_PURE, EFFECT_NONE, NULL, NULL, NULL, 0},
};
/* clang-format on */

const struct prim *prim_find(struct span name)
{
    for (const struct prim *p = prim_table; p->name; p++)
        if (span_is(name, p->name))
            return p;
    return NULL;
}
