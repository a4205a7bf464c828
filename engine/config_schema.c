/* The tables of runproof.yaml, the innermost first. Policy: verdict.c. */
#include "config_schema.h"

#include "arena.h"
#include "attr.h"
#include "hash.h"
#include "verdict.h"

#define KEY_PREFIX "ed25519:"
#define KEY_BYTES 32

static bool is_key(struct span s)
{
    struct buf raw = {0};
    bool good = span_starts(s, KEY_PREFIX) &&
                base64_decode(span_sub(s, strlen(KEY_PREFIX), s.n), &raw) &&
                raw.n == KEY_BYTES;
    buf_release(&raw);
    return good;
}

/* A commit's name; never an option of a command. */
static bool is_ref(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ')
            return false;
    return s.n && s.p[0] != '-';
}

/* What is sent is confidential: in the open on loopback only. */
static bool is_hook(struct span s)
{
    static const char *const starts[] = {"https://", "http://127.0.0.1",
                                         "http://[::1]", "http://localhost"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (span_starts(s, starts[i]))
            return true;
    return false;
}

/* "acme/shop" */
static bool is_repository(struct span s)
{
    struct span owner = span_cut(&s, '/');
    return attr_is_id(owner) && attr_is_id(s);
}

static const struct schema any = {.type = SCHEMA_ANY};
static const struct schema word = {.type = SCHEMA_STRING,
                                   .example = "[pass, show, shop/{name}]"};
static const struct schema key = {
    .type = SCHEMA_STRING, .fits = is_key, .example = KEY_PREFIX "…"};

static const struct schema source_members[] = {
    {.key = "file",
     .type = SCHEMA_STRING,
     .example = "file: vault/staging.env",
     .doc = "`KEY=VALUE` lines, readable by you alone"},
    {.key = "command",
     .type = SCHEMA_LIST,
     .of = &word,
     .example = "command: [pass, show, \"shop/{name}\"]",
     .doc = "a program and its arguments, no shell; `{name}` is the secret's"},
    {0},
};

static const char *const source_words[] = {"process", NULL};

static const struct schema source = {
    .type = SCHEMA_RECORD,
    .of = source_members,
    .words = source_words,
    .flags = SCHEMA_ONE_OF,
    .example = "process, {file: vault/staging.env} or {command: [pass, show, "
               "\"shop/{name}\"]}",
};

static const struct schema webhook_members[] = {
    {.key = "url",
     .type = SCHEMA_STRING,
     .fits = is_hook,
     .example = "url: https://hooks.example/runproof",
     .doc = "where the summary is sent, by POST"},
    {.key = "secret",
     .type = SCHEMA_STRING,
     .fits = attr_is_id,
     .example = "secret: ESCALATE_URL",
     .doc = "the same, where the URL itself is a secret: its name"},
    {0},
};

static const struct schema escalate_members[] = {
    {.key = "webhook",
     .type = SCHEMA_RECORD,
     .of = webhook_members,
     .flags = SCHEMA_ONE_OF,
     .example = "webhook: {secret: ESCALATE_URL}",
     .doc = "tells a service of a run that failed"},
    {.key = "issue",
     .type = SCHEMA_STRING,
     .fits = is_repository,
     .example = "issue: acme/shop",
     .doc = "opens an issue in this repository"},
    {0},
};

const struct schema environment_members[] = {
    {.key = "policy",
     .type = SCHEMA_RECORD,
     .of = policy_members,
     .example = "policy: {remote: ask}",
     .doc = "what may happen"},
    {.key = "secrets",
     .type = SCHEMA_LIST,
     .of = &source,
     .example = "secrets: [process]",
     .doc = "where secrets come from, in order"},
    {.key = "escalate",
     .type = SCHEMA_RECORD,
     .of = escalate_members,
     .flags = SCHEMA_SOME_OF,
     .example = "escalate: {issue: acme/shop}",
     .doc = "whom a run that failed is told"},
    {0},
};

static const struct schema environment = {
    .type = SCHEMA_OPEN,
    .of = environment_members,
    .example = "staging: {policy: {remote: ask}}",
};

static const struct schema keys = {
    .type = SCHEMA_LIST, .of = &key, .example = "ada: [\"" KEY_PREFIX "…\"]"};

/* Its rows are read by allow.c. */
static const struct schema scan_members[] = {
    {.key = "allow",
     .type = SCHEMA_LIST,
     .of = &any,
     .example = "allow: [{…, because: …, until: 2027-01-31}]",
     .doc = "findings that are none, each with a reason and an end"},
    {0},
};

static const struct schema top_members[] = {
    {.key = "environments",
     .type = SCHEMA_MAP,
     .of = &environment,
     .fits = attr_is_id,
     .example = "environments: {staging: {…}}",
     .doc = "where runbooks run; `sandbox` is built in"},
    {.key = "fixtures",
     .type = SCHEMA_STRING,
     .example = "fixtures: a folder",
     .doc = "the sandbox's world, for runbooks that name none"},
    {.key = "reads",
     .type = SCHEMA_LIST,
     .of = &any,
     .example = "reads: […]",
     .doc = "requests that read though their method does not say so"},
    {.key = "scan",
     .type = SCHEMA_RECORD,
     .of = scan_members,
     .example = "scan: {allow: […]}",
     .doc = "what `scan` may find"},
    {.key = "policy_ref",
     .type = SCHEMA_STRING,
     .fits = is_ref,
     .example = "policy_ref: origin/HEAD",
     .doc = "the commit whose `persons` and `approvals` count (default "
            "`origin/HEAD`)"},
    {.key = "persons",
     .type = SCHEMA_MAP,
     .of = &keys,
     .fits = attr_is_id,
     .example = "persons: {ada: [\"" KEY_PREFIX "…\"]}",
     .doc = "who may approve, each with the keys of `runproof keygen`"},
    {0},
};

const struct schema config_schema = {
    .type = SCHEMA_RECORD,
    .of = top_members,
    .example = "environments: {staging: {policy: {remote: ask}}}",
};
