/* The commands that list what there is. */
#include "cmd_list.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "bundle.h"
#include "config.h"
#include "doc.h"
#include "file.h"

#define STATEMENT_MAX_BYTES (64u << 20)

/* --- list ------------------------------------------------------------ */

static const char *last_run(const struct doc *d, struct arena *a)
{
    return d->n_regions ? span_dup(a, d->regions[d->n_regions - 1].run) : "-";
}

static const char *or_dash(const char *s)
{
    return s ? s : "-";
}

static void list_page(const char *path, struct arena *a)
{
    struct buf text = {0};
    struct doc d = {0};
    struct err ignored = {0};
    bool ok = file_read(path, DOC_MAX_BYTES, &text, &ignored) == ST_OK &&
              doc_parse(&d, path, buf_view(&text), &ignored) == ST_OK;
    if (!ok)
        cmd_say(stdout, "%-36s cannot be read: %s\n", path, ignored.msg);
    else if (d.n_blocks)
        cmd_say(stdout, "%-36s %-12s %-12s %5zu  %s\n", path,
                or_dash(d.front.owner), or_dash(d.front.expires), d.n_blocks,
                last_run(&d, a));
    doc_release(&d);
    buf_release(&text);
}

static enum status list_tree(const char *path, struct arena *a, struct err *err)
{
    char **names = NULL;
    size_t n = 0;
    if (!file_is_dir(path)) {
        list_page(path, a);
        return ST_OK;
    }
    enum status st = file_list(path, a, &names, &n, err);
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        const char *sub = path_join(a, path, names[i]);
        if (file_is_own_dir(sub))
            st = list_tree(sub, a, err);
        else if (span_ends(span_of(names[i]), ".md") && !file_is_dir(sub))
            list_page(sub, a);
    }
    return st;
}

static int cmd_list(const struct call *c)
{
    struct arena a = {0};
    struct err err = {0};
    enum status st = ST_OK;
    printf("%-36s %-12s %-12s %5s  %s\n", "RUNBOOK", "OWNER", "EXPIRES",
           "STEPS", "LAST RUN");
    if (c->n_words == 0)
        st = list_tree("runbooks", &a, &err);
    for (int i = 0; i < c->n_words && st == ST_OK; i++)
        st = list_tree(c->words[i], &a, &err);
    arena_release(&a);
    return st == ST_OK ? 0 : cmd_fail(&err);
}

/* --- log ------------------------------------------------------------- */

static void log_bundle(const char *dir, const char *owner, const char *run,
                       struct arena *a)
{
    struct buf text = {0};
    struct json *j = NULL;
    struct dsse envelope;
    struct err ignored = {0};
    enum status st = file_read(path_join(a, dir, BUNDLE_STATEMENT),
                               STATEMENT_MAX_BYTES, &text, &ignored);
    if (st == ST_OK)
        st = statement_parse(buf_view(&text), a, &j, &envelope, &ignored);
    const struct json *p = json_get(j, "predicate");
    cmd_say(stdout, "%-22s %-28s %-12s %-10s %-12s %s\n",
            json_get_str(p, "started", "-"), run,
            json_get_str(p, "environment", "-"),
            st == ST_OK ? json_get_str(p, "status", "-") : "unfinished", owner,
            json_get_str(p, "runbook", "-"));
    json_free(j);
    buf_release(&text);
}

static int cmd_log(const struct call *c)
{
    (void)c;
    struct arena a = {0};
    struct err err = {0};
    struct config config = {0};
    char **owners = NULL;
    size_t n_owners = 0;
    enum status st = config_load(".", &a, &config, &err);
    const char *top =
        st == ST_OK ? path_join(&a, config.root, "artifacts") : "";
    if (st == ST_OK && file_is_dir(top))
        st = file_list(top, &a, &owners, &n_owners, &err);
    printf("%-22s %-28s %-12s %-10s %-12s %s\n", "STARTED", "RUN",
           "ENVIRONMENT", "STATUS", "OWNER", "RUNBOOK");
    for (size_t i = 0; i < n_owners && st == ST_OK; i++) {
        char **runs = NULL;
        size_t n = 0;
        const char *dir = path_join(&a, top, owners[i]);
        if (file_is_dir(dir))
            st = file_list(dir, &a, &runs, &n, &err);
        for (size_t k = 0; k < n && st == ST_OK; k++)
            if (runs[k][0] != '.' &&
                file_exists(
                    path_join(&a, path_join(&a, dir, runs[k]), BUNDLE_JOURNAL)))
                log_bundle(path_join(&a, dir, runs[k]), owners[i], runs[k], &a);
    }
    arena_release(&a);
    return st == ST_OK ? 0 : cmd_fail(&err);
}

const struct command command_list = {
    .name = "list",
    .args = "[PATH...]",
    .max_words = 1000,
    .summary = "List runbooks with owner, expiry and last exercise.",
    .fn = cmd_list,
};
const struct command command_log = {
    .name = "log",
    .args = "",
    .summary = "List past runs.",
    .fn = cmd_log,
};
