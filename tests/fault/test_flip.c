/* One changed byte anywhere in a bundle, or in the evidence of a page, is
 * found, and its place told (DESIGN §6). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "bundle.h"
#include "doc.h"
#include "file.h"
#include "lab.h"
#include "verify.h"

#define PAGE "runbooks/flip.md"
/* Every byte of the statement and of the journal's later records is flipped;
 * of its first record, a list of modules, and of all else some are. */
#define FIRST_STEP 3
#define FILE_STEP 101

static struct lab lab;
static struct arena arena;
static const char *root, *bundle;

/* What verify found first. */
struct seen {
    enum status st;
    char text[1200];
    int line;
};

static void on_finding(void *ctx, const struct err *e)
{
    struct seen *s = ctx;
    if (s->st != ST_OK)
        return;
    s->st = e->st;
    s->line = e->line;
    err_text(e, s->text, sizeof s->text);
}

static struct seen look_at_run(void)
{
    struct seen s = {0};
    struct verify_count count = {0};
    verify_run(root, bundle, NULL, on_finding, &s, &count);
    return s;
}

static struct seen look_at_page(void)
{
    struct seen s = {0};
    struct verify_count count = {0};
    struct json *cited = json_new(JSON_ARRAY);
    struct err err = {0};
    const char *path = path_join(&arena, root, PAGE);
    if (verify_page(path, NULL, on_finding, &s, &count, cited, &err) != ST_OK)
        on_finding(&s, &err);
    json_free(cited);
    return s;
}

/* --- flipping -------------------------------------------------------- */

struct target {
    const char *path; /* to open */
    const char *name; /* what a finding must say */
    struct buf bytes;
    int fd;
};

static void target_open(struct target *t, const char *path, const char *name)
{
    struct err err = {0};
    *t = (struct target){.path = path, .name = name};
    t->fd = open(path, O_WRONLY | O_CLOEXEC);
    if (t->fd < 0 || file_read(path, 64u << 20, &t->bytes, &err) != ST_OK)
        lab_fail(&lab, "cannot open %s", path);
}

static void target_close(struct target *t)
{
    close(t->fd);
    buf_release(&t->bytes);
}

static void put(const struct target *t, size_t at, char c)
{
    if (pwrite(t->fd, &c, 1, (off_t)at) != 1)
        lab_fail(&lab, "cannot write to %s", t->path);
}

static int line_of(const struct target *t, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at; i++)
        line += t->bytes.p[i] == '\n';
    return line;
}

/* Flips one bit of the byte, looks, and puts it back. Another bit each time,
 * so that all eight are tried. */
static struct seen flip(const struct target *t, size_t at,
                        struct seen (*look)(void))
{
    char was = t->bytes.p[at];
    put(t, at, (char)(was ^ (1 << at % 8)));
    struct seen s = look();
    put(t, at, was);
    if (s.st != ST_TAMPERED)
        lab_fail(&lab, "%s, byte %zu (line %d): %s", t->path, at,
                 line_of(t, at), s.st == ST_OK ? "not found" : s.text);
    return s;
}

static void expect_place(const struct target *t, size_t at,
                         const struct seen *s, int from, int to)
{
    if (strstr(s->text, t->name) && s->line >= from && s->line <= to)
        return;
    lab_fail(&lab, "%s, byte %zu: lines %d to %d expected, not: %s", t->path,
             at, from, to, s->text);
}

/* --- the parts ------------------------------------------------------- */

/* A break of the chain lies between two lines. */
static void journal_bytes(void)
{
    struct target t;
    target_open(&t, path_join(&arena, bundle, BUNDLE_JOURNAL), BUNDLE_JOURNAL);
    size_t first = (size_t)(strchr(t.bytes.p, '\n') - t.bytes.p);
    for (size_t at = 0; at < t.bytes.n; at += at < first ? FIRST_STEP : 1) {
        struct seen s = flip(&t, at, look_at_run);
        int line = line_of(&t, at);
        expect_place(&t, at, &s, line, line + 1);
    }
    target_close(&t);
}

/* Of the other files a finding names the file. */
static void file_bytes(const char *rel)
{
    struct target t;
    target_open(&t, path_join(&arena, bundle, rel), rel);
    bool statement = strcmp(rel, BUNDLE_STATEMENT) == 0;
    size_t step = statement ? 1 : FILE_STEP;
    for (size_t at = 0; at < t.bytes.n; at += step) {
        struct seen s = flip(&t, at, look_at_run);
        if (!statement)
            expect_place(&t, at, &s, 0, 0);
    }
    if (t.bytes.n)
        (void)flip(&t, t.bytes.n - 1, look_at_run);
    target_close(&t);
}

static void tree_bytes(const char *rel)
{
    char **names = NULL;
    size_t n = 0;
    struct err err = {0};
    const char *dir = *rel ? path_join(&arena, bundle, rel) : bundle;
    if (file_list(dir, &arena, &names, &n, &err) != ST_OK)
        lab_fail(&lab, "%s", err.msg);
    for (size_t i = 0; i < n; i++) {
        const char *sub = *rel ? path_join(&arena, rel, names[i]) : names[i];
        if (file_is_dir(path_join(&arena, bundle, sub)))
            tree_bytes(sub);
        else if (strcmp(sub, BUNDLE_JOURNAL) != 0)
            file_bytes(sub);
    }
}

/* Every byte from the block's last line to the end of the closing marker. The
 * place is in the block or in its region; without its closing marker, the
 * region goes on to where the next begins; a byte may become a newline. */
static void region_bytes(void)
{
    struct target t;
    struct doc d = {0};
    struct err err = {0};
    const char *path = path_join(&arena, root, PAGE);
    target_open(&t, path, path);
    if (doc_parse(&d, path, buf_view(&t.bytes), &err) != ST_OK ||
        d.n_regions != 3)
        lab_fail(&lab, "the page has %zu regions", d.n_regions);
    for (size_t i = 0; i < d.n_regions; i++) {
        const struct region *r = &d.regions[i];
        int to = i + 1 < d.n_regions ? r[1].line : r->last_line;
        for (size_t at = r->begin; at < r->end; at++) {
            struct seen s = flip(&t, at, look_at_page);
            expect_place(&t, at, &s, d.blocks[r->block].line, to + 1);
        }
    }
    doc_release(&d);
    target_close(&t);
}

int main(void)
{
    static const char *const run[] = {"run", PAGE, NULL};
    char room[128];
    lab_open(&lab, LAB_SANDBOX);
    if (lab_wait(lab_spawn(&lab, run)) != 0 || !lab_bundle(&lab, room))
        lab_fail(&lab, "the run did not pass");
    root = path_join(&arena, lab.dir, "repo");
    bundle = path_join(&arena, root, room);
    struct seen s = look_at_page();
    if (s.st != ST_OK)
        lab_fail(&lab, "before any change: %s", s.text);
    journal_bytes();
    tree_bytes("");
    region_bytes();
    s = look_at_page();
    if (s.st != ST_OK)
        lab_fail(&lab, "after all was put back: %s", s.text);
    lab_close(&lab);
    arena_release(&arena);
    return 0;
}
