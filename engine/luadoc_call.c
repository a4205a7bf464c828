/* Reads the rows that providers describe their calls with. */
#include "luadoc_part.h"

bool luadoc_next_call(const struct luadoc *d, const char *module,
                      struct luadoc_call *c)
{
    do {
        c->row = c->row ? json_next(c->row) : json_first(d->rows);
        struct span name = span_of(json_get_str(c->row, "name", ""));
        c->module = luadoc_space(name);
        c->name = span_sub(name, c->module.n + 1, name.n);
    } while (c->row && module && !span_is(c->module, module));
    return c->row != NULL;
}

struct luadoc_field luadoc_field(const struct json *line)
{
    struct luadoc_field f = {.words = json_span(line)};
    f.name = span_cut(&f.words, ':');
    f.optional = luadoc_name(&f.name, &f.name);
    f.words = span_trim(f.words);
    f.type = luadoc_type(&f.words);
    return f;
}

void luadoc_cell(struct span text, struct buf *out)
{
    buf_str(out, "| ");
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '|')
            buf_char(out, '\\');
        buf_char(out, text.p[i]);
    }
    if (text.n)
        buf_char(out, ' ');
}
