/* Shows a plan to people. */
#include "planview.h"

#include <stdio.h>
#include <string.h>

#include "visible.h"

#define SHORT 96 /* a value of that many bytes stands in one line */

/* --- foreign words --------------------------------------------------- */

static void put_word(struct buf *out, const char *word)
{
    visible_text(span_of(word), VISIBLE_ONE_LINE, out);
}

/* JSON has line ends only where they were put to lay it out: in its strings
 * they are escaped. */
static void put_value(struct buf *out, const char *label, const struct json *j)
{
    struct buf text = {0};
    json_write(j, &text);
    if (text.n > SHORT) {
        buf_clear(&text);
        json_pretty(j, &text);
    }
    struct span rest = buf_view(&text);
    buf_printf(out, "    %-7s", label);
    for (bool first = true; first || rest.n; first = false) {
        if (!first)
            buf_str(out, "           ");
        visible_text(span_cut(&rest, '\n'), VISIBLE_LINES, out);
        buf_char(out, '\n');
    }
    buf_release(&text);
}

/* --- its parts ------------------------------------------------------- */

static void put_input(struct buf *out, const struct json *m)
{
    const char *secret = json_str(json_get(m, "secret"));
    buf_str(out, "  ");
    put_word(out, json_key(m));
    buf_str(out, ": ");
    struct buf value = {0};
    if (secret)
        buf_printf(&value, "the secret %s", secret);
    else
        json_write(m, &value);
    put_word(out, buf_cstr(&value));
    buf_char(out, '\n');
    buf_release(&value);
}

static void put_head(struct buf *out, const struct plan_file *p)
{
    static const char *const digests[] = {"source", "modules", "policy",
                                          "config", NULL};
    buf_str(out, "runbook      ");
    put_word(out, p->runbook);
    buf_str(out, "\nenvironment  ");
    put_word(out, p->environment);
    buf_printf(out, "\nplan         %s\n", p->hash);
    for (const char *const *d = digests; *d; d++) {
        const char *hex = json_str(json_get(p->whole, *d));
        buf_printf(out, "%-12s ", *d);
        put_word(out, hex ? hex : "none");
        buf_char(out, '\n');
    }
    const struct json *inputs = json_get(p->whole, "inputs");
    buf_str(out, json_size(inputs) ? "inputs\n" : "inputs       none\n");
    for (const struct json *m = json_first(inputs); m; m = json_next(m))
        put_input(out, m);
}

static void put_change(struct buf *out, const struct json *c)
{
    const char *row = json_str(json_get(c, "row"));
    const char *op = json_get_str(c, "op", "");
    buf_printf(out, "\n%3lld %s ", (long long)json_get_int(c, "n", 0),
               strcmp(json_get_str(c, "class", ""), "remote") ? "+" : "~");
    put_word(out, row ? row : op);
    buf_char(out, ' ');
    put_word(out, json_get_str(c, "object", ""));
    buf_str(out, "\n    step   ");
    put_word(out, json_get_str(c, "step", ""));
    buf_str(out, "\n    class  ");
    put_word(out, json_get_str(c, "class", ""));
    buf_str(out, "\n    calls  ");
    put_word(out, op);
    buf_str(out, "\n");
    put_value(out, "args", json_get(c, "args"));
    put_value(out, "before", json_get(c, "before"));
    put_value(out, "after", json_get(c, "after"));
    if (json_get_bool(c, "refused", false))
        buf_str(out, "    the service is going to say no\n");
    if (json_size(json_get(c, "binds")))
        put_value(out, "binds", json_get(c, "binds"));
}

static void put_stop(struct buf *out, const struct json *s)
{
    buf_str(out, "! the prediction stops in step ");
    put_word(out, json_get_str(s, "step", ""));
    buf_str(out, ": ");
    put_word(out, json_get_str(s, "why", ""));
    buf_char(out, '\n');
}

void planview_text(const struct plan_file *plan, struct buf *out)
{
    put_head(out, plan);
    for (const struct json *c = json_first(plan->changes); c; c = json_next(c))
        put_change(out, c);
    const struct json *stops = json_get(plan->whole, "stops");
    if (json_size(stops))
        buf_char(out, '\n');
    for (const struct json *s = json_first(stops); s; s = json_next(s))
        put_stop(out, s);
    size_t n = json_size(plan->changes);
    buf_printf(out,
               "\n%zu change%s (~ remote, + local); before and after are what "
               "was seen and predicted, the signature is under the rest\n",
               n, n == 1 ? "" : "s");
}
