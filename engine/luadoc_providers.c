/* Writes docs/PROVIDERS.md: the providers' calls as the services see them. */
#include "luadoc_part.h"

static const char intro[] =
    "# Calls of the providers\n"
    "\n"
    "<!-- Written by `runproof lua --providers` from the rows in lua/. Do not "
    "edit. -->\n"
    "\n"
    "What each call of a provider sends, and whether a test holds it to the "
    "service's own description. Arguments and results are in "
    "[LUA.md](LUA.md#modules).\n"
    "\n"
    "- **effect**: *read*, or *remote* (changes the service).\n"
    "- **idempotent**: whether a request whose answer a crash lost may be "
    "sent again. If not, a *probe* reads whether it happened, or a *person* "
    "is asked.\n"
    "- **undo**: whether a change that a failed step made can be taken back, "
    "which is offered then; *-* where it cannot, with the reason in `undos` "
    "of the provider.\n"
    "- **predicted**: whether a plan tells what it would answer and what "
    "reads would show then; elsewhere the prediction stops.\n"
    "- **pages**: how the pages of a list are joined into one.\n"
    "- **checked**: a test sends the request to a mock made of the service's "
    "description, which refuses what is not in it, and holds the answer of "
    "the simulated cloud against it (`tests/contract`).\n";

struct tally {
    size_t calls, reads, predicted, unchecked;
};

static bool is_checked(const struct json *row)
{
    return !json_get(row, "undescribed");
}

static void count(struct tally *t, const struct json *row)
{
    t->calls++;
    t->reads += span_is(span_of(json_get_str(row, "effect", "")), "read");
    t->predicted += json_get_bool(row, "predict", false);
    t->unchecked += !is_checked(row);
}

static struct tally tally_of(const struct luadoc *d, const char *module)
{
    struct tally t = {0};
    for (struct luadoc_call c = {0}; luadoc_next_call(d, module, &c);)
        count(&t, c.row);
    return t;
}

/* --- the sums -------------------------------------------------------- */

static void put_tally(const char *name, const struct tally *t, struct buf *out)
{
    buf_printf(out, "| %s | %zu | %zu | %zu | %zu | %zu |\n", name, t->calls,
               t->reads, t->calls - t->reads, t->predicted,
               t->calls - t->unchecked);
}

static void put_sums(const struct luadoc *d, struct buf *out)
{
    buf_str(out, "\n| provider | calls | reads | changes | predicted | checked "
                 "|\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (size_t i = 0; i < d->n_modules; i++) {
        struct tally t = tally_of(d, d->modules[i].name);
        if (t.calls)
            put_tally(d->modules[i].name, &t, out);
    }
    struct tally all = tally_of(d, NULL);
    put_tally("all", &all, out);
}

/* --- one provider ---------------------------------------------------- */

static const char *repeat_of(const struct json *row)
{
    if (json_get_bool(row, "idempotent", false))
        return "yes";
    return json_get_bool(row, "probe", false) ? "no: probe" : "no: person";
}

static const char *undo_of(const struct json *row)
{
    const char *undo = json_get_str(row, "undo", "");
    return !*undo || strcmp(undo, "yes") == 0 ? undo : "-";
}

static const char *prediction_of(const struct json *row)
{
    if (span_is(span_of(json_get_str(row, "effect", "")), "read"))
        return "";
    return json_get_bool(row, "predict", false) ? "yes" : "no";
}

static void put_request(const struct luadoc_call *c, struct buf *out)
{
    const char *link = json_get_str(c->row, "link", NULL);
    struct buf cell = {0};
    buf_printf(&cell, link ? "[`%.*s`](%s)" : "`%.*s`", SPAN_ARG(c->name),
               link);
    luadoc_cell(buf_view(&cell), out);
    buf_clear(&cell);
    buf_printf(&cell, "`%s %s`", json_get_str(c->row, "method", ""),
               json_get_str(c->row, "path", ""));
    luadoc_cell(buf_view(&cell), out);
    luadoc_cell(span_of(json_get_str(c->row, "effect", "")), out);
    luadoc_cell(span_of(repeat_of(c->row)), out);
    luadoc_cell(span_of(prediction_of(c->row)), out);
    luadoc_cell(span_of(undo_of(c->row)), out);
    luadoc_cell(span_of(json_get_str(c->row, "page", "")), out);
    luadoc_cell(span_of(is_checked(c->row) ? "yes" : "no"), out);
    buf_str(out, "|\n");
    buf_release(&cell);
}

static void put_unchecked(const struct luadoc *d, const char *module,
                          struct buf *out)
{
    size_t before = out->n;
    for (struct luadoc_call c = {0}; luadoc_next_call(d, module, &c);) {
        if (is_checked(c.row))
            continue;
        if (out->n == before)
            buf_str(out, "\nNot checked:\n\n");
        buf_printf(out, "- `%.*s`: %s\n", SPAN_ARG(c.name),
                   json_get_str(c.row, "undescribed", ""));
    }
}

static void put_provider(const struct luadoc *d, const char *module,
                         struct buf *out)
{
    struct tally t = tally_of(d, module);
    if (!t.calls)
        return;
    buf_printf(out,
               "\n## %s\n\n"
               "| call | request | effect | idempotent | predicted | undo | "
               "pages | checked |\n"
               "| --- "
               "| --- | --- | --- | --- | --- | --- | --- |\n",
               module);
    for (struct luadoc_call c = {0}; luadoc_next_call(d, module, &c);)
        put_request(&c, out);
    put_unchecked(d, module, out);
}

void luadoc_providers(const struct luadoc *d, struct buf *out)
{
    buf_str(out, intro);
    put_sums(d, out);
    for (size_t i = 0; i < d->n_modules; i++)
        put_provider(d, d->modules[i].name, out);
}
