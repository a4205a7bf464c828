/* Writes and checks the files of one run's evidence. */
#include "bundle.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "names.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define PREDICATE_TYPE "https://runproof.dev/run/v1"
#define FILE_CAP ((size_t)4 << 30)

static bool plain_name(const char *s)
{
    if (!*s || *s == '.')
        return false;
    for (; *s; s++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                    "0123456789_.-",
                    *s))
            return false;
    return true;
}

static void bundle_names(struct bundle *b, const char *root, const char *rel,
                         struct arena *a)
{
    b->rel = rel;
    b->dir = path_join(a, root, rel);
    b->name = path_base(rel);
}

/* The first name that is free. */
static void choose_name(struct bundle *b, const char *root, const char *parent,
                        const char *run, struct arena *a)
{
    bundle_names(b, root, arena_printf(a, "%s/%s", parent, run), a);
    for (int i = 2; file_exists(b->dir); i++)
        bundle_names(b, root, arena_printf(a, "%s/%s-%d", parent, run, i), a);
}

enum status bundle_create(struct bundle *b, const char *root, const char *owner,
                          const char *run, const char *hidden, struct arena *a,
                          struct err *err)
{
    if (!plain_name(owner))
        return err_set(err, ST_INPUT,
                       "owner '%s' must be a plain name of letters, digits, "
                       "'-', '_' and '.': it names a folder",
                       owner);
    const char *parent = arena_printf(a, "artifacts/%s", owner);
    choose_name(b, root, parent, run, a);
    b->dir = arena_printf(a, "%s/%s/.%s", root, parent, hidden);
    enum status st = file_remove_tree(b->dir, err);
    if (st == ST_OK)
        st = file_mkdirs(bundle_path(b, "blobs", a), err);
    return st;
}

enum status bundle_publish(struct bundle *b, const char *root, struct arena *a,
                           struct err *err)
{
    const char *made = b->dir;
    bundle_names(b, root, b->rel, a);
    if (rename(made, b->dir) == 0)
        return ST_OK;
    if (errno == EEXIST || errno == ENOTEMPTY)
        return err_at(err, ST_LOCKED, b->rel, 0,
                      "a run of the same id began meanwhile; run again");
    return err_at(err, ST_IO, b->rel, 0, "cannot make the bundle: %s",
                  strerror(errno));
}

static bool holds_journal(const char *dir, struct arena *a)
{
    return file_exists(path_join(a, dir, BUNDLE_JOURNAL));
}

enum status bundle_find(struct bundle *b, const char *root, const char *run,
                        struct arena *a, struct err *err)
{
    if (!strchr(run, '/') && !file_is_dir(run))
        return bundle_named(b, root, run, a, err);
    const char *clean = path_clean(a, run);
    *b = (struct bundle){clean, clean, path_base(clean)};
    if (holds_journal(b->dir, a))
        return ST_OK;
    return err_set(err, ST_INPUT, "no bundle at '%s': no %s in it", run,
                   BUNDLE_JOURNAL);
}

enum status bundle_named(struct bundle *b, const char *root, const char *run,
                         struct arena *a, struct err *err)
{
    char **owners = NULL;
    size_t n = 0;
    const char *top = path_join(a, root, "artifacts");
    struct err ignored = {0};
    if (file_list(top, a, &owners, &n, &ignored) != ST_OK)
        n = 0;
    for (size_t i = 0; i < n && plain_name(run); i++) {
        bundle_names(b, root,
                     arena_printf(a, "artifacts/%s/%s", owners[i], run), a);
        if (holds_journal(b->dir, a))
            return ST_OK;
    }
    return err_set(err, ST_INPUT,
                   "bundle missing: no run '%s' below %s; `runproof log` "
                   "lists the runs",
                   run, top);
}

enum status bundle_adopt(struct bundle *b, const char *rel, struct arena *a,
                         const char **root, struct err *err)
{
    char real[PATH_MAX] = "";
    if (!span_starts(span_of(rel), "artifacts/") || !plain_name(path_base(rel)))
        return err_set(err, ST_TAMPERED,
                       "%s/" BUNDLE_JOURNAL ": '%s' is no name of a bundle",
                       b->rel, rel);
    struct span dir = span_of(realpath(b->dir, real));
    const char *tail = arena_printf(a, "/%s", rel);
    *root = span_ends(dir, tail)
                ? span_dup(a, span_sub(dir, 0, dir.n - strlen(tail)))
                : NULL;
    b->rel = rel;
    b->name = path_base(rel);
    return ST_OK;
}

enum status bundle_reopen(const struct bundle *b, struct err *err)
{
    struct arena a = {0};
    enum status st = ST_OK;
    if (unlink(bundle_path(b, BUNDLE_STATEMENT, &a)) != 0 && errno != ENOENT)
        st = err_at(err, ST_INTERRUPTED, b->rel, 0,
                    "cannot take the old " BUNDLE_STATEMENT " away: %s",
                    strerror(errno));
    arena_release(&a);
    return st;
}

char *bundle_path(const struct bundle *b, const char *name, struct arena *a)
{
    return path_join(a, b->dir, name);
}

typedef enum status write_fn(const char *path, struct span bytes,
                             struct err *err);

static enum status put_by(write_fn *write_file, const struct bundle *b,
                          const char *name, struct span bytes, struct err *err)
{
    struct arena a = {0};
    char *path = bundle_path(b, name, &a);
    char *dir = path_dir(&a, path);
    enum status st = file_is_dir(dir) ? ST_OK : file_mkdirs(dir, err);
    if (st == ST_OK)
        st = write_file(path, bytes, err);
    arena_release(&a);
    return st;
}

enum status bundle_put(const struct bundle *b, const char *name,
                       struct span bytes, struct err *err)
{
    return put_by(file_write, b, name, bytes, err);
}

enum status bundle_add(const struct bundle *b, const char *name,
                       struct span bytes, struct err *err)
{
    return put_by(file_create, b, name, bytes, err);
}

enum status bundle_page(const struct bundle *b, const char *root,
                        struct arena *a, const char **path, struct err *err)
{
    struct buf text = {0};
    struct json *j = NULL;
    struct dsse envelope;
    *path = bundle_path(b, BUNDLE_COPY, a);
    if (file_exists(*path))
        return ST_OK;
    *path = bundle_path(b, BUNDLE_SOURCE, a);
    if (!file_exists(bundle_path(b, BUNDLE_STATEMENT, a)))
        return ST_OK;
    enum status st =
        file_read(bundle_path(b, BUNDLE_STATEMENT, a), FILE_CAP, &text, err);
    if (st == ST_OK)
        st = statement_parse(buf_view(&text), a, &j, &envelope, err);
    const char *runbook =
        json_str(json_get(json_get(j, "predicate"), "runbook"));
    if (runbook && file_exists(path_join(a, root, runbook)))
        *path = path_join(a, root, runbook);
    json_free(j);
    buf_release(&text);
    return st;
}

static enum status put_blob(const struct bundle *b, struct span text,
                            struct json **out, struct err *err)
{
    struct digest d = hash_sha256(text);
    char name[80];
    snprintf(name, sizeof name, "blobs/%s", d.hex);
    *out = json_new(JSON_OBJECT);
    json_put_str(*out, "$blob", d.hex);
    json_put_int(*out, "bytes", (int64_t)text.n);
    return bundle_put(b, name, text, err);
}

static enum status read_blob(const struct bundle *b, const char *sha,
                             struct buf *out, struct err *err)
{
    struct arena a = {0};
    struct err why = {0};
    const char *path = bundle_path(b, arena_printf(&a, "blobs/%s", sha), &a);
    enum status st = ST_OK;
    if (!plain_name(sha) || file_read(path, FILE_CAP, out, &why) != ST_OK ||
        strcmp(hash_sha256(buf_view(out)).hex, sha) != 0)
        st = err_set(err, ST_TAMPERED, "%s/blobs/%s is missing or was changed",
                     b->rel, sha);
    arena_release(&a);
    return st;
}

/* Also what would read back as one: an answer may hold anything. */
static bool is_blob(const struct json *value, struct span text)
{
    return text.n > BUNDLE_BLOB_BYTES || json_get(value, "$blob");
}

enum status bundle_fold(const struct bundle *b, struct json *value,
                        struct json **out, struct err *err)
{
    struct buf text = {0};
    json_write(value, &text);
    *out = value;
    enum status st = ST_OK;
    if (is_blob(value, buf_view(&text))) {
        st = put_blob(b, buf_view(&text), out, err);
        json_free(value);
    }
    buf_release(&text);
    return st;
}

enum status bundle_fold_text(const struct bundle *b, const struct json *value,
                             struct span text, struct buf *out, struct err *err)
{
    if (!is_blob(value, text)) {
        buf_span(out, text);
        return ST_OK;
    }
    struct json *blob = NULL;
    enum status st = put_blob(b, text, &blob, err);
    json_write(blob, out);
    json_free(blob);
    return st;
}

enum status bundle_unfold(const struct bundle *b, const struct json *stored,
                          struct json **out, struct err *err)
{
    const char *sha = json_str(json_get(stored, "$blob"));
    if (!sha) {
        *out = json_copy(stored);
        return ST_OK;
    }
    struct buf text = {0};
    enum status st = read_blob(b, sha, &text, err);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), out, err);
    buf_release(&text);
    return st;
}

enum status bundle_fold_bytes(const struct bundle *b, struct span bytes,
                              struct json **out, struct err *err)
{
    if (bytes.n > BUNDLE_BLOB_BYTES)
        return put_blob(b, bytes, out, err);
    *out = json_new_bytes(bytes);
    return ST_OK;
}

enum status bundle_unfold_bytes(const struct bundle *b,
                                const struct json *stored, struct buf *out,
                                struct err *err)
{
    struct arena a = {0};
    struct span bytes = {0};
    const char *sha = json_str(json_get(stored, "$blob"));
    if (sha)
        return read_blob(b, sha, out, err);
    if (json_bytes(stored, &a, &bytes))
        buf_span(out, bytes);
    arena_release(&a);
    return ST_OK;
}

/* The journal and the statement itself stand apart: the first is named by its
 * head, the second cannot name itself. */
static bool is_artifact(const char *rel)
{
    return strcmp(rel, BUNDLE_JOURNAL) != 0 &&
           strcmp(rel, BUNDLE_STATEMENT) != 0;
}

struct walk {
    const char *dir;
    const struct names *known; /* as in struct statement */
    struct json *files;        /* {"path":sha256} of what was found */
    struct arena *arena;
};

static enum status digest_file(struct walk *w, const char *rel,
                               const char *path, struct err *err)
{
    if (!file_is_plain(path))
        return err_set(err, ST_TAMPERED, "%s is no plain file", path);
    const char *known = w->known ? names_get(w->known, span_of(rel)) : NULL;
    if (known) {
        json_add(w->files, rel, json_new_str(known));
        return ST_OK;
    }
    struct buf text = {0};
    enum status st = file_read(path, FILE_CAP, &text, err);
    if (st == ST_OK)
        json_add(w->files, rel, json_new_str(hash_sha256(buf_view(&text)).hex));
    buf_release(&text);
    return st;
}

static enum status digest_tree(struct walk *w, const char *rel, struct err *err)
{
    struct arena *a = w->arena;
    const char *here = *rel ? path_join(a, w->dir, rel) : w->dir;
    char **names = NULL;
    size_t n = 0;
    enum status st = file_list(here, a, &names, &n, err);
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        const char *sub = *rel ? path_join(a, rel, names[i]) : names[i];
        const char *path = path_join(a, w->dir, sub);
        if (file_is_own_dir(path))
            st = digest_tree(w, sub, err);
        else if (is_artifact(sub))
            st = digest_file(w, sub, path, err);
    }
    return st;
}

static void push_subject(struct json *subjects, const char *name,
                         const char *sha256)
{
    struct json *s = json_push(subjects, json_new(JSON_OBJECT));
    json_put_str(s, "name", name);
    struct json *d = json_put(s, "digest", json_new(JSON_OBJECT));
    json_put_str(d, "sha256", sha256);
}

static void put_time(struct json *o, const char *key, int64_t ms)
{
    char iso[32];
    time_iso(ms, iso);
    json_put_str(o, key, iso);
}

enum status bundle_attest(const struct bundle *b, const struct statement *s,
                          struct err *err)
{
    struct arena a = {0};
    struct json *files = json_adopt(&a, json_new(JSON_OBJECT));
    struct walk walk = {b->dir, s->known, files, &a};
    enum status st = digest_tree(&walk, "", err);
    struct json *o = json_adopt(&a, json_new(JSON_OBJECT));
    json_put_str(o, "_type", STATEMENT_TYPE);
    json_put_str(o, "predicateType", PREDICATE_TYPE);
    struct json *subjects = json_put(o, "subject", json_new(JSON_ARRAY));
    push_subject(subjects, s->runbook, s->source.hex);
    for (const struct json *f = json_first(files); f; f = json_next(f))
        push_subject(subjects, json_key(f), json_str(f));
    struct json *p = json_put(o, "predicate", json_new(JSON_OBJECT));
    json_put_str(p, "run", s->run);
    json_put_str(p, "runbook", s->runbook);
    json_put_str(p, "environment", s->environment);
    json_put_str(p, "status", s->status);
    json_put_str(p, "head", s->head.hex);
    put_time(p, "started", s->started_ms);
    put_time(p, "ended", s->ended_ms);
    json_put(p, "vcs", s->vcs ? json_copy(s->vcs) : json_new(JSON_NULL));
    struct buf text = {0};
    statement_text(o, s->signer, &text);
    if (st == ST_OK)
        st = file_replace(bundle_path(b, BUNDLE_STATEMENT, &a), buf_view(&text),
                          err);
    buf_release(&text);
    arena_release(&a);
    return st;
}

static const char *named_digest(const struct json *subject)
{
    return json_get_str(json_get(subject, "digest"), "sha256", "");
}

static enum status compare_files(const struct bundle *b,
                                 const struct json *subjects,
                                 struct json *files, struct err *err)
{
    const struct json *s = json_next(json_first(subjects));
    for (; s; s = json_next(s)) {
        const char *name = json_get_str(s, "name", "");
        const char *now = json_str(json_get(files, name));
        if (!now)
            return err_set(err, ST_TAMPERED, "%s/%s is missing", b->rel, name);
        if (strcmp(now, named_digest(s)) != 0)
            return err_set(err, ST_TAMPERED,
                           "%s/%s was changed: its SHA-256 is not the one in "
                           "%s",
                           b->rel, name, BUNDLE_STATEMENT);
        json_remove(files, name);
    }
    const struct json *extra = json_first(files);
    if (extra)
        return err_set(err, ST_TAMPERED, "%s/%s is not in %s: it was added",
                       b->rel, json_key(extra), BUNDLE_STATEMENT);
    return ST_OK;
}

static enum status read_statement(const struct bundle *b, struct arena *a,
                                  struct json **out, struct dsse *envelope,
                                  struct err *err)
{
    struct buf text = {0};
    struct err why = {0};
    enum status st =
        file_read(bundle_path(b, BUNDLE_STATEMENT, a), FILE_CAP, &text, err);
    if (st == ST_OK &&
        statement_parse(buf_view(&text), a, out, envelope, &why) != ST_OK)
        st = err_set(err, ST_TAMPERED, "%s/%s was changed: line %d: %s", b->rel,
                     BUNDLE_STATEMENT, why.line, why.msg);
    buf_release(&text);
    return st;
}

enum status bundle_envelope(const struct bundle *b, struct arena *a,
                            struct dsse *out, struct err *err)
{
    struct json *ignored = NULL;
    *out = (struct dsse){0};
    if (!file_exists(bundle_path(b, BUNDLE_STATEMENT, a)))
        return ST_OK;
    enum status st = read_statement(b, a, &ignored, out, err);
    json_free(ignored);
    return st;
}

enum status bundle_check(const struct bundle *b, struct json **out,
                         struct err *err)
{
    struct arena a = {0};
    struct dsse envelope;
    *out = NULL;
    enum status st = ST_OK;
    if (!file_exists(bundle_path(b, BUNDLE_STATEMENT, &a)))
        st = err_set(err, ST_INTERRUPTED,
                     "%s has no %s: the run did not end; `runproof resume %s`",
                     b->rel, BUNDLE_STATEMENT, b->name);
    if (st == ST_OK)
        st = read_statement(b, &a, out, &envelope, err);
    struct json *files = json_adopt(&a, json_new(JSON_OBJECT));
    struct walk walk = {b->dir, NULL, files, &a};
    if (st == ST_OK)
        st = digest_tree(&walk, "", err);
    if (st == ST_OK)
        st = compare_files(b, json_get(*out, "subject"), files, err);
    if (st == ST_OK &&
        (strcmp(json_get_str(*out, "_type", ""), STATEMENT_TYPE) != 0 ||
         strcmp(json_get_str(*out, "predicateType", ""), PREDICATE_TYPE) != 0))
        st = err_set(err, ST_TAMPERED,
                     "%s/%s was changed: it is no statement about a run",
                     b->rel, BUNDLE_STATEMENT);
    arena_release(&a);
    if (st != ST_OK) {
        json_free(*out);
        *out = NULL;
    }
    return st;
}
