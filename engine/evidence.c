/* Writes a step's result as an evidence region, and compares regions. */
#include "evidence.h"

#include <assert.h>

#include "arena.h"
#include "clock.h"
#include "exhibit.h"
#include "hash.h"
#include "mdtext.h"

#define MARKER_OPEN "<!-- runproof:evidence "
#define MARKER_CLOSE "<!-- /runproof:evidence -->"
#define IGNORE_START "<!-- prettier-ignore-start -->"
#define IGNORE_END "<!-- prettier-ignore-end -->"
#define LOG_TEXT "[log]("
#define SHORT_HASH 16
#define MAX_SUMMARY_BYTES 300
#define MAX_REASON_BYTES 2000
#define MAX_ACTIVITIES 100

static const struct {
    const char *name, *mark;
} statuses[STEP_STATUS_COUNT] = {
    [STEP_PENDING] = {"pending", "◌"}, [STEP_PASSED] = {"passed", "✅"},
    [STEP_FAILED] = {"failed", "❌"},   [STEP_SKIPPED] = {"skipped", "⏭"},
    [STEP_BLOCKED] = {"blocked", "⛔"}, [STEP_REFUSED] = {"refused", "🚫"},
    [STEP_WAITING] = {"waiting", "⏳"},
};

const char *step_status_name(enum step_status s)
{
    assert(s >= 0 && s < STEP_STATUS_COUNT);
    return statuses[s].name;
}

const char *step_status_mark(enum step_status s)
{
    assert(s >= 0 && s < STEP_STATUS_COUNT);
    return statuses[s].mark;
}

bool step_status_parse(struct span s, enum step_status *out)
{
    for (int i = 0; i < STEP_STATUS_COUNT; i++)
        if (span_is(s, statuses[i].name)) {
            *out = (enum step_status)i;
            return true;
        }
    return false;
}

/* --- the parts of a region --- */

/* `**✅ passed** in 0.42 s · attempt 1 · sandbox · 2026-11-23T13:00:00Z` */
static void put_status_line(const struct step_result *r, struct buf *out)
{
    char text[32];
    buf_printf(out, "**%s %s**", step_status_mark(r->status),
               step_status_name(r->status));
    if (r->attempts > 0) {
        duration_text(r->elapsed_ms, text);
        buf_printf(out, " in %s · attempt %d", text, r->attempts);
    }
    buf_str(out, " · ");
    md_escape(span_of(r->environment), out);
    time_iso(r->started_ms, text);
    buf_printf(out, " · %s", text);
}

static void put_remark(const char *label, const char *text,
                       struct md_parts *parts)
{
    if (!text)
        return;
    struct span rest = span_of(text);
    struct span first = span_cut(&rest, '\n');
    md_part(parts);
    buf_printf(parts->out, "**%s:** ", label);
    md_escape_cut(first, MAX_REASON_BYTES, parts->out);
    if (rest.n == 0)
        return;
    md_part(parts); /* what follows is laid out, as a diff is */
    md_fence("text", span_sub(rest, 0, MAX_REASON_BYTES), parts->out);
}

/* A failure shows at the end of what a block printed, so that end is kept. */
static void put_output(const struct step_result *r, struct md_parts *parts)
{
    if (r->output.n == 0)
        return;
    enum excerpt_end end =
        r->status == STEP_FAILED ? EXCERPT_TAIL : EXCERPT_HEAD;
    exhibit_excerpt("text", r->output, end, "log", parts);
}

void evidence_counts(const int counts[EFFECT_COUNT], struct buf *out)
{
    static const struct {
        enum effect effect;
        const char *noun;
    } rows[] = {
        {EFFECT_REMOTE, "change"},
        {EFFECT_LOCAL, "local write"},
        {EFFECT_READ, "read"},
    };
    const char *comma = "";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int n = counts[rows[i].effect];
        if (n == 0)
            continue;
        buf_printf(out, "%s%d %s%s", comma, n, rows[i].noun, n == 1 ? "" : "s");
        comma = ", ";
    }
    if (!*comma)
        buf_str(out, "no change, no read");
}

/* "- remote: POST /v1/apps (3 times)" */
static void put_activity(const struct json *activity, int times,
                         struct buf *out)
{
    struct span words = json_span(json_get(activity, "summary"));
    if (!words.n)
        words = json_span(json_get(activity, "op"));
    buf_str(out, "\n- ");
    md_escape(json_span(json_get(activity, "class")), out);
    buf_str(out, ": ");
    md_escape_cut(words, MAX_SUMMARY_BYTES, out);
    if (times > 1)
        buf_printf(out, " (%d times)", times);
}

/* A poll in a loop is one line: neighbours that say the same are counted. */
static void put_list(const struct json *activities, struct buf *out)
{
    int lines = 0;
    const struct json *a = json_first(activities);
    while (a && lines++ < MAX_ACTIVITIES) {
        int times = 1;
        const struct json *next = json_next(a);
        for (; next && json_equal(a, next); times++)
            next = json_next(next);
        put_activity(a, times, out);
        a = next;
    }
    if (a)
        buf_str(out, "\n- and more in the log");
}

/* The blank lines matter: the list would be raw text without the first, and
 * `</details>` would swallow what follows without the last. */
static void put_activities(const struct step_result *r, struct md_parts *parts)
{
    if (!json_first(r->activities))
        return;
    md_part(parts);
    if (parts->tight) {
        evidence_counts(r->counts, parts->out);
        return;
    }
    buf_str(parts->out, "<details><summary>");
    evidence_counts(r->counts, parts->out);
    buf_str(parts->out, "</summary>\n");
    put_list(r->activities, parts->out);
    buf_str(parts->out, "\n\n</details>");
    if (!r->log)
        buf_char(parts->out, '\n');
}

static void put_log(const struct step_result *r, struct md_parts *parts)
{
    if (!r->log)
        return;
    md_part(parts);
    md_link(SPAN("log"), span_of(r->log), parts->out);
}

/* --- marker and hash --- */

/* Values are bare in a comment: whatever is no attribute byte may not get in
 * (DESIGN §3, bare values). */
static void put_marker_value(const char *key, struct span value,
                             struct buf *out)
{
    buf_printf(out, "%s=", key);
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool bare = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || (c && strchr("_.,:/@+-", c));
        buf_char(out, bare ? c : '_');
    }
    buf_char(out, ' ');
}

struct substitution {
    struct span what;
    const char *by;
};

/* Texts that differ from run to run; by holds a byte no region has. */
static void put_without(struct span text, const struct substitution *subs,
                        size_t n_subs, struct buf *out)
{
    if (n_subs == 0) {
        buf_span(out, text);
        return;
    }
    size_t from = 0;
    while (subs->what.n) {
        size_t hit = span_find(text, subs->what, from);
        if (hit == text.n)
            break;
        put_without(span_sub(text, from, hit), subs + 1, n_subs - 1, out);
        buf_str(out, subs->by);
        from = hit + subs->what.n;
    }
    put_without(span_sub(text, from, text.n), subs + 1, n_subs - 1, out);
}

/* "… in 0.42 s · attempt 1 · sandbox · TIME" without seconds and time. */
static void put_timeless(struct span line, struct buf *out)
{
    size_t stamp = line.n;
    size_t dot = 0;
    while (dot < line.n) {
        dot = span_find(line, SPAN(" · "), dot + 1);
        if (dot < line.n)
            stamp = dot;
    }
    struct span rest = span_sub(line, 0, stamp);
    size_t in = span_find(rest, SPAN("** in "), 0);
    size_t end = span_find(rest, SPAN(" · "), in);
    buf_span(out, span_sub(rest, 0, in));
    buf_span(out, span_sub(rest, end, rest.n));
}

/* The folder that the log link points into, or nothing. */
static struct span bundle_of(struct span body)
{
    const char *eol = body.n ? memrchr(body.p, '\n', body.n) : NULL;
    struct span last =
        eol ? span_sub(body, (size_t)(eol - body.p) + 1, body.n) : body;
    if (!span_starts(last, LOG_TEXT))
        return (struct span){0};
    struct span path = span_sub(last, sizeof LOG_TEXT - 1, last.n);
    const char *slash = memrchr(path.p, '/', path.n);
    return span_sub(path, 0, slash ? (size_t)(slash - path.p) : 0);
}

/* The run id of a bundle's name: what stands before the "-2" of a run that was
 * made before. */
static struct span run_of(struct span bundle)
{
    const char *dash = bundle.n ? memrchr(bundle.p, '-', bundle.n) : NULL;
    size_t at = dash ? (size_t)(dash - bundle.p) : bundle.n;
    struct span head = span_sub(bundle, 0, at);
    bool again = at < bundle.n && memchr(head.p, '-', head.n);
    return again ? head : bundle;
}

/* body: what stands between the prettier-ignore lines. */
static void put_normalised(struct span body, struct span run, struct buf *out)
{
    const struct substitution subs[] = {
        {bundle_of(body), "\1"}, {run, "\2"}, {run_of(run), "\2"}};
    struct span rest = body;
    put_timeless(span_cut(&rest, '\n'), out);
    buf_char(out, '\n');
    put_without(rest, subs, sizeof subs / sizeof *subs, out);
}

static struct digest out_hash(struct span body, const struct step_result *r)
{
    struct buf text = {0};
    put_normalised(body, span_of(r->run), &text);
    if (r->inputs)
        buf_printf(&text, "\n%s", r->inputs);
    struct digest d = hash_sha256(buf_view(&text));
    buf_release(&text);
    return d;
}

void evidence_markdown(const struct step_result *r, struct buf *out)
{
    struct buf body = {0};
    struct md_parts parts = {&body, r->tight, false};
    md_part(&parts);
    put_status_line(r, &body);
    put_remark("Reason", r->reason, &parts);
    put_remark("Error", r->error, &parts);
    put_remark("Undone", r->undone, &parts);
    exhibit_items(r->items, &parts);
    put_output(r, &parts);
    put_activities(r, &parts);
    put_log(r, &parts);

    struct digest hash = out_hash(buf_view(&body), r);
    struct span shown = {hash.hex, SHORT_HASH};
    buf_str(out, MARKER_OPEN);
    put_marker_value("id", span_of(r->id), out);
    put_marker_value("run", span_of(r->run), out);
    put_marker_value("status", span_of(step_status_name(r->status)), out);
    put_marker_value("src", span_sub(span_of(r->src), 0, SHORT_HASH), out);
    put_marker_value("out", shown, out);
    buf_str(out, "-->\n" IGNORE_START "\n");
    buf_span(out, buf_view(&body));
    buf_str(out, "\n" IGNORE_END "\n" MARKER_CLOSE);
    buf_release(&body);
}

/* --- comparing --- */

/* The marker without its run=; false when text is no region of ours. */
static bool normalise_region(struct span text, struct buf *out)
{
    const char *head = "\n" IGNORE_START "\n";
    const char *tail = "\n" IGNORE_END "\n" MARKER_CLOSE;
    size_t at = span_find(text, span_of(head), 0);
    if (!span_starts(text, MARKER_OPEN) || !span_ends(text, tail) ||
        at == text.n)
        return false;
    struct span marker = span_sub(text, 0, at);
    size_t run = span_find(marker, SPAN(" run="), 0);
    size_t end = span_find(marker, SPAN(" "), run + 1);
    buf_span(out, span_sub(marker, 0, run));
    buf_span(out, span_sub(marker, end, marker.n));
    buf_char(out, '\n');
    struct span body = span_sub(text, at + strlen(head), text.n - strlen(tail));
    put_normalised(body, span_sub(marker, run + strlen(" run="), end), out);
    return true;
}

bool evidence_same(struct span old_text, struct span new_text)
{
    struct buf a = {0};
    struct buf b = {0};
    bool same = normalise_region(old_text, &a) &&
                normalise_region(new_text, &b) &&
                span_eq(buf_view(&a), buf_view(&b));
    buf_release(&a);
    buf_release(&b);
    return same;
}
