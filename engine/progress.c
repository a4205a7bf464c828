/* Shows a run's progress on a stream. */
#include "progress.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "outlet.h"
#include "visible.h"

#define DRAW_EVERY_MS 100
#define SHOWN_FROM_MS 5 /* less would read "0.00 s" */
#define DEFAULT_COLUMNS 80
#define LINE_MAX_BYTES 4096
#define INDENT "      "
#define CLEAR_LINE "\r\033[K"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

static const char *const spinner[] = {"⠋", "⠙", "⠹", "⠸", "⠼",
                                      "⠴", "⠦", "⠧", "⠇", "⠏"};
#define SPINNER_FRAMES (sizeof spinner / sizeof *spinner)

static const char *const colours[STEP_STATUS_COUNT] = {
    [STEP_PENDING] = DIM,        [STEP_PASSED] = "\033[32m",
    [STEP_FAILED] = "\033[31m",  [STEP_SKIPPED] = DIM,
    [STEP_BLOCKED] = "\033[33m", [STEP_REFUSED] = "\033[31m",
    [STEP_WAITING] = "\033[36m",
};

struct progress {
    FILE *out;
    unsigned flags;
    size_t columns;
    struct buf label;    /* "[2/9] redeploy" */
    struct buf activity; /* visible, one line */
    struct buf line;     /* output that has no line end yet, raw */
    bool in_step;
    bool drawn;    /* the live line is on the screen */
    bool headed;   /* the label stands above the output */
    bool stopping; /* and has said so */
    int64_t began_ms, now_ms, drawn_ms;
};

unsigned progress_flags_for(FILE *out)
{
    const char *term = getenv("TERM");
    const char *no_colour = getenv("NO_COLOR");
    if (!isatty(outlet_fd(out)) || !term || strcmp(term, "dumb") == 0)
        return 0;
    if (no_colour && *no_colour)
        return PROGRESS_LIVE;
    return PROGRESS_LIVE | PROGRESS_COLOUR;
}

struct progress *progress_open(FILE *out, unsigned flags, size_t columns)
{
    struct progress *p = mem_alloc(sizeof *p);
    p->out = out;
    p->flags = flags;
    p->columns = columns;
    return p;
}

static const char *colour(const struct progress *p, const char *code)
{
    return p->flags & PROGRESS_COLOUR ? code : "";
}

static size_t columns_now(const struct progress *p)
{
    struct winsize size = {0};
    if (p->columns)
        return p->columns;
    if (ioctl(outlet_fd(p->out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return DEFAULT_COLUMNS;
}

static void put(const struct progress *p, struct span text)
{
    fwrite(text.n ? text.p : "", 1, text.n, p->out);
}

/* --- the live line --- */

static void erase(struct progress *p)
{
    if (p->drawn)
        fputs(CLEAR_LINE, p->out);
    p->drawn = false;
}

/* One column stays free: a full line would wrap, and could not be cleared. */
static void draw(struct progress *p)
{
    if (!(p->flags & PROGRESS_LIVE) || !p->in_step)
        return;
    struct buf line = {0};
    char took[32];
    duration_text(p->now_ms - p->began_ms, took);
    int64_t frame = p->now_ms / DRAW_EVERY_MS % (int64_t)SPINNER_FRAMES;
    buf_printf(&line, "%s %s %s", spinner[frame < 0 ? 0 : frame],
               buf_cstr(&p->label), took);
    if (p->activity.n)
        buf_printf(&line, " %s", buf_cstr(&p->activity));
    fputs(p->drawn ? "\r" : "", p->out);
    put(p, visible_fit(buf_view(&line), columns_now(p) - 1));
    fputs("\033[K", p->out);
    fflush(p->out);
    buf_release(&line);
    p->drawn = true;
    p->drawn_ms = p->now_ms;
}

/* --- lines that stay --- */

static void put_visible_line(struct progress *p, struct span raw)
{
    struct buf text = {0};
    visible_text(raw, VISIBLE_LINES, &text);
    fputs(INDENT, p->out);
    put(p, buf_view(&text));
    fputc('\n', p->out);
    buf_release(&text);
}

static void put_head(struct progress *p)
{
    if (p->headed)
        return;
    fprintf(p->out, "%s …\n", buf_cstr(&p->label));
    p->headed = true;
}

/* Gives out the lines that are complete, or are too long to wait for. */
static void put_lines(struct progress *p)
{
    struct span rest = buf_view(&p->line);
    while (memchr(rest.p, '\n', rest.n))
        put_visible_line(p, span_cut(&rest, '\n'));
    while (rest.n > LINE_MAX_BYTES) {
        struct span head = utf8_head(rest, LINE_MAX_BYTES);
        put_visible_line(p, head);
        rest = span_sub(rest, head.n, rest.n);
    }
    struct buf kept = {0};
    buf_span(&kept, rest);
    buf_release(&p->line);
    p->line = kept;
}

static void put_last_line(struct progress *p)
{
    if (p->line.n)
        put_visible_line(p, buf_view(&p->line));
    buf_clear(&p->line);
}

/* --- calls of the run's loop --- */

void progress_step_begin(struct progress *p, size_t i, size_t n, const char *id,
                         const char *heading, int64_t now_ms)
{
    if (!p)
        return;
    buf_clear(&p->label);
    buf_clear(&p->activity);
    buf_printf(&p->label, "[%zu/%zu] ", i, n);
    visible_text(span_of(id), VISIBLE_ONE_LINE, &p->label);
    visible_text(span_of(heading), VISIBLE_ONE_LINE, &p->activity);
    p->in_step = true;
    p->headed = false;
    p->began_ms = now_ms;
    p->now_ms = now_ms;
    draw(p);
}

void progress_output(struct progress *p, struct span bytes)
{
    if (!p || bytes.n == 0)
        return;
    buf_span(&p->line, bytes);
    bool whole = memchr(bytes.p, '\n', bytes.n) != NULL;
    if (!whole && p->line.n <= LINE_MAX_BYTES)
        return;
    erase(p);
    put_head(p);
    put_lines(p);
    draw(p);
    fflush(p->out);
}

bool progress_is_live(const struct progress *p)
{
    return p && p->flags & PROGRESS_LIVE;
}

void progress_activity(struct progress *p, const char *summary)
{
    if (!p)
        return;
    buf_clear(&p->activity);
    visible_text(span_of(summary), VISIBLE_ONE_LINE, &p->activity);
    if (p->drawn && p->now_ms - p->drawn_ms >= DRAW_EVERY_MS)
        draw(p);
}

void progress_tick(struct progress *p, int64_t now_ms)
{
    if (!p)
        return;
    p->now_ms = now_ms;
    if (!p->drawn || now_ms - p->drawn_ms >= DRAW_EVERY_MS)
        draw(p);
}

static void put_verdict(struct progress *p, enum step_status status,
                        int64_t elapsed_ms)
{
    char took[32];
    bool ran = elapsed_ms >= SHOWN_FROM_MS;
    duration_text(elapsed_ms, took);
    fprintf(p->out, "%s … %s%s%s%s%s\n", buf_cstr(&p->label),
            colour(p, colours[status]), step_status_name(status),
            colour(p, PLAIN), ran ? " " : "", ran ? took : "");
}

void progress_step_end(struct progress *p, enum step_status status,
                       int64_t elapsed_ms, const char *reason)
{
    if (!p)
        return;
    erase(p);
    if (p->line.n)
        put_head(p);
    put_last_line(p);
    put_verdict(p, status, elapsed_ms);
    struct span rest = span_of(reason);
    while (rest.n)
        put_visible_line(p, span_cut(&rest, '\n'));
    fflush(p->out);
    p->in_step = false;
}

void progress_stopping(struct progress *p)
{
    if (!p || p->stopping || !p->in_step)
        return;
    p->stopping = true;
    erase(p);
    put_head(p);
    put_visible_line(p, SPAN("stopping when this is done; once more (Ctrl-C) "
                             "ends it now"));
    draw(p);
    fflush(p->out);
}

void progress_pause(struct progress *p)
{
    if (!p)
        return;
    erase(p);
    if (p->in_step)
        put_head(p);
    fflush(p->out);
}

void progress_close(struct progress *p, const char *summary)
{
    if (!p)
        return;
    erase(p);
    put_last_line(p);
    if (summary)
        fprintf(p->out, "%s\n", summary);
    fflush(p->out);
    buf_release(&p->label);
    buf_release(&p->activity);
    buf_release(&p->line);
    mem_free(p);
}
