/* The commands of those who approve: a key of their own, a signed yes. */
#include "cmd_approve.h"

#include <stdlib.h>
#include <unistd.h>

#include "approval.h"
#include "arena.h"
#include "clock.h"
#include "file.h"
#include "keyfile.h"
#include "passphrase.h"
#include "person.h"
#include "plan_file.h"
#include "planview.h"
#include "port.h"

#define HOUR_MS ((int64_t)3600 * 1000)

/* clang-format off */
static const struct option keygen_options[] = {
    {"--out", "-o", "FILE", OPTION_TEXT, "the key's file (default: ~/.config/runproof/key)"},
    {"--person", NULL, "NAME", OPTION_TEXT, "whose key it is"},
    {0},
};
static const struct option approve_options[] = {
    {"--key", NULL, "FILE", OPTION_TEXT, "the key to sign with (default: $RUNPROOF_KEY)"},
    {"--not-after", NULL, "TIME", OPTION_TEXT, "until when it holds: 30m, 4h (default), or a time"},
    {"--person", NULL, "NAME", OPTION_TEXT, "who approves, if runproof.yaml does not tell by the key"},
    {"--yes", "-y", NULL, OPTION_FLAG, "approve without being asked"},
    {0},
};
/* clang-format on */

static enum status check_person(const char *name, struct err *err)
{
    if (!name || person_name_fits(span_of(name)))
        return ST_OK;
    return err_set(err, ST_INPUT,
                   "--person takes letters, digits and ._@+-, not '%s'", name);
}

/* --- keygen ---------------------------------------------------------- */

static enum status default_file(struct arena *a, const char **out,
                                struct err *err)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    if (config && *config == '/')
        *out = path_join(a, config, "runproof/key");
    else if (home && *home == '/')
        *out = path_join(a, home, ".config/runproof/key");
    else
        return err_set(err, ST_INPUT, "no HOME: name the key's file with -o");
    return file_mkdirs(path_dir(a, *out), err);
}

static enum status make_key(const char *path, const char *person,
                            struct err *err)
{
    struct sign_lock how;
    struct passphrase *p = NULL;
    struct buf text = {0};
    struct buf public = {0};
    if (file_exists(path)) /* before a passphrase is asked for */
        return keyfile_create(path, (struct span){0}, err);
    enum status st = passphrase_get(path, PASSPHRASE_NEW, &p, err);
    if (st != ST_OK)
        return st;
    struct signer *s = signer_new();
    sign_lock_new(&how);
    st = keyfile_text(s, person, passphrase_view(p), &how, &text, err);
    if (st == ST_OK)
        st = keyfile_create(path, buf_view(&text), err);
    sign_public_text(signer_public(s), &public);
    if (st == ST_OK)
        printf("%s\n", buf_cstr(&public));
    if (st == ST_OK)
        cmd_say(stderr,
                "the secret key is in %s; list the public one in "
                "runproof.yaml:\n  persons:\n    %s: [\"%s\"]\n",
                path, person ? person : "NAME", buf_cstr(&public));
    signer_free(s);
    passphrase_free(p);
    buf_release(&text);
    buf_release(&public);
    return st;
}

static int cmd_keygen(const struct call *c)
{
    struct arena a = {0};
    struct err err = {0};
    const char *path = call_text(c, "out");
    enum status st = check_person(call_text(c, "person"), &err);
    if (st == ST_OK && !path)
        st = default_file(&a, &path, &err);
    if (st == ST_OK)
        st = make_key(path, call_text(c, "person"), &err);
    arena_release(&a);
    return st == ST_OK ? 0 : cmd_fail(&err);
}

/* --- approve --------------------------------------------------------- */

/* What an approval is made of. */
struct yes {
    struct arena arena;
    const char *path; /* of the plan */
    struct plan_file plan;
    const char *key_path;
    struct keyfile key;
    const char *person;
    int64_t not_after_ms;
};

static enum status read_time(const char *text, int64_t now_ms, int64_t *out,
                             struct err *err)
{
    int64_t span_ms = APPROVAL_HOURS * HOUR_MS;
    bool ok = !text || duration_parse(span_of(text), &span_ms);
    if (ok)
        *out = (now_ms + span_ms) / 1000 * 1000;
    else
        ok = time_parse(span_of(text), out) && *out % 1000 == 0;
    if (!ok)
        return err_set(err, ST_INPUT,
                       "--not-after takes 30m, 4h, or a time like "
                       "2026-11-23T13:00:00Z, not '%s'",
                       text);
    if (*out <= now_ms)
        return err_set(err, ST_INPUT, "--not-after %s is over already", text);
    return ST_OK;
}

static enum status read_key(const struct call *c, struct yes *y,
                            struct err *err)
{
    const char *own = getenv("RUNPROOF_KEY");
    y->key_path = call_text(c, "key") ? call_text(c, "key") : own;
    if (!y->key_path)
        return err_set(err, ST_INPUT,
                       "which key? name its file with --key, or in "
                       "RUNPROOF_KEY; `runproof keygen` makes one");
    return keyfile_read(y->key_path, &y->arena, &y->key, err);
}

/* The person whose key it is at policy_ref; where that is not known, whoever
 * says so: a run will look again. */
static enum status find_person(struct yes *y, const char *said, struct err *err)
{
    struct config config;
    struct authority au = {0};
    struct err why = {0};
    enum status st = config_load(".", &y->arena, &config, err);
    if (st != ST_OK)
        return st;
    bool known = authority_read(&config, &y->arena, &au, &why) == ST_OK;
    const char *owner =
        known ? persons_owner(&au.persons, &y->key.public) : NULL;
    if (owner && said && strcmp(owner, said) != 0)
        return err_set(err, ST_INPUT, "%s: this key is %s's, not %s's", au.file,
                       owner, said);
    y->person = owner ? owner : said ? said : y->key.person;
    if (!y->person)
        return err_set(err, ST_INPUT,
                       "who approves? %s: this key is nobody's; name yourself "
                       "with --person",
                       known ? au.file : why.msg);
    if (!owner)
        cmd_say(stderr, "note: %s%s\n",
                known ? "a run will not count this key, it is nobody's: "
                      : "whose key this is, is not known here: ",
                known ? au.file : why.msg);
    return ST_OK;
}

static enum status ask(const struct yes *y, bool yes, struct err *err)
{
    char iso[32];
    struct arena a = {0};
    struct person person = {
        .yes = yes, .terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO)};
    bool agreed = false;
    const char *how = NULL;
    if (!yes && !person.terminal)
        return err_set(err, ST_WAITING,
                       "nobody to say yes: approve in a terminal, or with "
                       "--yes if the plan was read");
    time_iso(y->not_after_ms, iso);
    struct consent consent = {
        .id = "approve",
        .question = arena_printf(&a, "Approve this plan for %s as %s, until %s",
                                 y->plan.environment, y->person, iso),
        .by_yes = true};
    enum status st = person_consent(&person, &consent, &agreed, &how, err);
    arena_release(&a);
    if (st == ST_OK && !agreed)
        st = err_set(err, ST_REFUSED, "not approved");
    return st;
}

static enum status sign(struct yes *y, struct err *err)
{
    struct signer *s = NULL;
    struct keyfile again;
    struct buf text = {0};
    enum status st = keyfile_open(y->key_path, &y->arena, &again, &s, err);
    if (st == ST_OK && !sign_public_same(&again.public, &y->key.public))
        st = err_set(err, ST_INPUT, "%s was replaced meanwhile; try again",
                     y->key_path);
    if (st == ST_OK) {
        const char *path = approval_path(y->path, y->person, &y->arena);
        approval_make(y->plan.hash, y->person, y->not_after_ms, s, &text);
        st = file_replace(path, buf_view(&text), err);
        if (st == ST_OK)
            cmd_say(stdout, "approved by %s: %s\n", y->person, path);
    }
    signer_free(s);
    buf_release(&text);
    return st;
}

static void show(const struct yes *y)
{
    struct buf text = {0};
    planview_text(&y->plan, &text);
    fwrite(text.p, 1, text.n, stdout);
    fflush(stdout);
    buf_release(&text);
}

static enum status approve(const struct call *c, struct yes *y, struct err *err)
{
    struct clock clock;
    clock_real(&clock);
    y->path = c->words[0];
    enum status st = check_person(call_text(c, "person"), err);
    if (st == ST_OK)
        st = read_time(call_text(c, "not-after"), clock_now_ms(&clock),
                       &y->not_after_ms, err);
    if (st == ST_OK)
        st = plan_file_read(y->path, &y->plan, err);
    if (st == ST_OK)
        st = read_key(c, y, err);
    if (st == ST_OK)
        st = find_person(y, call_text(c, "person"), err);
    if (st != ST_OK)
        return st;
    show(y);
    st = ask(y, call_flag(c, "yes"), err);
    return st == ST_OK ? sign(y, err) : st;
}

static int cmd_approve(const struct call *c)
{
    struct yes y = {0};
    struct err err = {0};
    enum status st = approve(c, &y, &err);
    plan_file_release(&y.plan);
    port_close_all();
    arena_release(&y.arena);
    return st == ST_OK ? 0 : cmd_fail(&err);
}

const struct command command_keygen = {
    .name = "keygen",
    .args = "",
    .summary = "Make a key to approve plans and sign runs with.",
    .options = keygen_options,
    .fn = cmd_keygen,
};
const struct command command_approve = {
    .name = "approve",
    .args = "PLAN",
    .min_words = 1,
    .max_words = 1,
    .summary = "Show a plan, and sign it.",
    .options = approve_options,
    .fn = cmd_approve,
};
