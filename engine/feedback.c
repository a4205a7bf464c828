/* Writes a run's entry and keeps it single in the log. */
#include "feedback.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "file.h"
#include "mdtext.h"
#include "visible.h"

#define LOG_MAX_BYTES (64u << 20)
#define NOTE_MAX_BYTES 500
#define ENTRY_OPEN "<!-- run: "
#define ENTRY_CLOSE "<!-- /run -->\n"

static void put_line(const char *label, const char *text, struct buf *out)
{
    if (!text)
        return;
    buf_printf(out, "\n- %s: ", label);
    md_escape_cut(span_of(text), NOTE_MAX_BYTES, out);
}

static void put_link_line(const char *label, const char *path, const char *dir,
                          struct buf *out)
{
    if (!path)
        return;
    buf_printf(out, "\n- %s: ", label);
    summary_link(path, path, dir, out);
}

static void put_blockers(const struct run_summary *s, struct buf *out)
{
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct step_summary *step = &s->steps[i];
        if (step->status == STEP_PASSED || !step->note)
            continue;
        buf_printf(out, "\n- %s: ", step_status_name(step->status));
        md_escape(span_of(step->id), out);
        buf_str(out, " – ");
        md_escape_cut(span_of(step->note), NOTE_MAX_BYTES, out);
    }
}

/* On one line, lest an argument begin a line with a marker. */
static void put_command(const struct run_summary *s, struct buf *out)
{
    struct buf line = {0};
    visible_text(span_of(s->command), VISIBLE_ONE_LINE, &line);
    md_fence("sh", buf_view(&line), out);
    buf_release(&line);
}

void feedback_entry(const struct run_summary *s, const char *dir,
                    struct buf *out)
{
    char time[32];
    char took[32];
    time_iso(s->started_ms, time);
    duration_text(s->elapsed_ms, took);
    buf_printf(out, ENTRY_OPEN "%s -->\n## %s ", s->run, time);
    md_escape(span_of(s->title), out);
    buf_printf(out, " — %s\n\n", s->status);
    put_command(s, out);
    buf_printf(out, "\n\n- run: %s, %s, in %s, ", s->run, s->mode, took);
    summary_place(s, out);
    put_line("operator", s->operator, out);
    put_link_line("runbook", s->runbook, dir, out);
    put_link_line("evidence", s->bundle, dir, out);
    put_line("approval", s->approval, out);
    put_blockers(s, out);
    put_line("escalated", s->escalation, out);
    buf_str(out, "\n\n");
    summary_table(s, out);
    buf_str(out, "\n" ENTRY_CLOSE);
}

/* --- the log --- */

static size_t next_line(struct span text, size_t at)
{
    size_t eol = span_find(text, SPAN("\n"), at);
    return eol < text.n ? eol + 1 : text.n;
}

/* Where the run's entry is; from == to == text.n when it has none. An entry
 * without an end goes as far as the next one. */
static void find_entry(struct span text, struct span marker, size_t *from,
                       size_t *to)
{
    size_t at = 0;
    while (at < text.n && !span_eq(span_sub(text, at, at + marker.n), marker))
        at = next_line(text, at);
    *from = at;
    at = next_line(text, at);
    for (; at < text.n; at = next_line(text, at)) {
        struct span rest = span_sub(text, at, text.n);
        if (span_starts(rest, ENTRY_OPEN))
            break;
        if (span_starts(rest, ENTRY_CLOSE)) {
            at += strlen(ENTRY_CLOSE);
            break;
        }
    }
    *to = at;
}

static void put_header(const char *path, struct buf *out)
{
    struct span name = span_of(path_base(path));
    if (span_ends(name, ".md"))
        name.n -= strlen(".md");
    buf_str(out, "# Feedback log: ");
    md_escape(name, out);
    buf_str(out, "\n\nOne entry a run, written by runproof. Notes between "
                 "entries stay.\n");
}

static void merge(const char *path, struct span old, const char *run,
                  struct span entry, struct buf *out)
{
    struct arena a = {0};
    const char *marker = arena_printf(&a, ENTRY_OPEN "%s -->\n", run);
    size_t from = 0;
    size_t to = 0;
    find_entry(old, span_of(marker), &from, &to);
    if (old.n == 0)
        put_header(path, out);
    buf_span(out, span_sub(old, 0, from));
    if (from == old.n) {
        if (out->n && out->p[out->n - 1] != '\n')
            buf_char(out, '\n');
        buf_char(out, '\n');
    }
    buf_span(out, entry);
    buf_span(out, span_sub(old, to, old.n));
    arena_release(&a);
}

/* Runs of different runbooks share a log. The lock is on the folder, since the
 * file itself is replaced; closing the descriptor gives it back. */
static enum status lock_folder(const char *dir, int *fd, struct err *err)
{
    *fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return err_set(err, ST_UNWRITTEN, "cannot open the folder %s: %s", dir,
                       strerror(errno));
    int got = flock(*fd, LOCK_EX);
    while (got != 0 && errno == EINTR)
        got = flock(*fd, LOCK_EX);
    if (got == 0)
        return ST_OK;
    close(*fd);
    return err_set(err, ST_UNWRITTEN, "cannot lock the folder %s: %s", dir,
                   strerror(errno));
}

static enum status rewrite(const char *path, const char *run, struct span entry,
                           struct err *err)
{
    struct buf old = {0};
    struct buf new = {0};
    enum status st = ST_OK;
    if (file_exists(path))
        st = file_read(path, LOG_MAX_BYTES, &old, err);
    if (st == ST_OK) {
        merge(path, buf_view(&old), run, entry, &new);
        st = file_replace(path, buf_view(&new), err);
    }
    buf_release(&old);
    buf_release(&new);
    return st;
}

enum status feedback_append(const char *path, const char *run,
                            struct span entry, struct err *err)
{
    struct arena a = {0};
    const char *dir = path_dir(&a, path);
    int fd = -1;
    enum status st = file_mkdirs(dir, err);
    if (st == ST_OK)
        st = lock_folder(dir, &fd, err);
    if (st == ST_OK) {
        st = rewrite(path, run, entry, err);
        close(fd);
    }
    arena_release(&a);
    return st;
}
