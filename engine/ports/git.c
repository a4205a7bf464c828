/* Performs git.*: works on one repository. */
#include <string.h>

#include "git_work.h"
#include "visible.h"

/* What each operation is done by, and the options it knows. */
static const struct {
    const char *op;
    work_fn *run;
    const char *options;
} ops[] = {
    {"git.head", work_head, ""},
    {"git.status", work_status, ""},
    {"git.log", work_log, "from path max"},
    {"git.diff", work_diff, "from to path"},
    {"git.grep", work_grep, "regex path max"},
    {"git.show", work_show, ""},
    {"git.scan", work_scan, "history unreachable"},
    {"git.merge_base", work_base, ""},
    {"git.is_ancestor", work_ancestor, ""},
    {"git.ahead_behind", work_ab, ""},
    {"git.branches", work_branches, "remote"},
    {"git.tags", work_tags, ""},
    {"git.user", work_user, ""},
    {"git.branch", work_branch, "at force"},
    {"git.delete_branch", work_drop, "force"},
    {"git.tag", work_tag, "at message force"},
    {"git.commit", work_commit, "message paths all author branch"},
    {"git.cherry_pick", work_pick, "onto mainline cite"},
    {"git.fetch", work_fetch, "remote all prune refspecs tags token"},
    {"git.push", work_push, "remote refs token"},
};

static bool is_among(struct span name, const char *names)
{
    struct span rest = span_of(names);
    while (rest.n)
        if (span_eq(span_cut(&rest, ' '), name))
            return true;
    return false;
}

static enum status check_options(const struct json *opts, const char *op,
                                 const char *known, struct err *err)
{
    for (const struct json *o = json_first(opts); o; o = json_next(o)) {
        const char *name = json_key(o);
        if (!name || !is_among(span_of(name), known))
            return err_set(err, ST_INPUT, "%s: there is no option '%s'", op,
                           name ? name : "1");
    }
    return ST_OK;
}

/* Names and messages of git may hold any byte. */
static void make_visible(struct err *err)
{
    struct buf text = {0};
    visible_text(span_of(err->msg), VISIBLE_ONE_LINE, &text);
    struct span fits = utf8_head(buf_view(&text), sizeof err->msg - 1);
    memcpy(err->msg, fits.p, fits.n);
    err->msg[fits.n] = '\0';
    buf_release(&text);
}

static enum status perform(void *state, const struct port_call *call,
                           struct json **value, struct err *err)
{
    (void)state;
    struct arena arena = {0};
    const struct json *opts = json_get(call->args, "opts");
    struct work w = {call, opts ? opts : call->args, &arena, NULL};
    size_t n = sizeof ops / sizeof *ops, i = 0;
    while (i < n && strcmp(ops[i].op, call->op) != 0)
        i++;
    if (i == n)
        return err_set(err, ST_INTERNAL, "no port serves %s", call->op);
    if (check_options(opts, call->op, ops[i].options, err) != ST_OK)
        return err->st;
    int rc = git_repository_open_ext(&w.repo, call->root,
                                     GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (rc != 0)
        git_failed(&w, rc, "open the repository", err);
    else
        ops[i].run(&w, value, err);
    if (err->st != ST_OK)
        make_visible(err);
    git_repository_free(w.repo);
    arena_release(&arena);
    return err->st;
}

static void *git_open(void)
{
    git_libgit2_init();
    return NULL;
}

static void git_close(void *state)
{
    (void)state;
    git_libgit2_shutdown();
}

extern const struct port runproof_port;
const struct port runproof_port = {
    .name = "git", .open = git_open, .perform = perform, .close = git_close};
