/* Compiles a block without running it. */
#include "syntax.h"

#include <string.h>

#include "clock.h"

#define COMPILE_MS 10000

static enum status ask(struct worker *w, const char *path,
                       const struct block *b, struct json **answer,
                       struct err *err)
{
    struct json *m = json_new(JSON_OBJECT);
    json_put_str(m, "path", path);
    json_put_int(m, "line", b->line + 1);
    json_put(m, "code", json_new_bytes(b->code));
    struct buf text = {0};
    enum wire_type type;
    json_write(m, &text);
    json_free(m);
    enum status st = worker_send(w, WIRE_COMPILE, buf_view(&text), err);
    if (st == ST_OK)
        st = worker_recv(w, clock_mono_ms() + COMPILE_MS, &type, &text, err);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), answer, err);
    buf_release(&text);
    return st;
}

enum status syntax_check(struct worker *w, const char *path,
                         const struct block *b, struct json **answer,
                         struct err *err)
{
    *answer = NULL;
    enum status st = ask(w, path, b, answer, err);
    if (st != ST_OK)
        return err_place(err, path, b->line);
    if (json_get_bool(*answer, "value", false))
        return ST_OK;
    const struct json *why = json_get(*answer, "error");
    int64_t line = json_get_int(why, "line", 0);
    const char *text = json_get_str(why, "message", "does not compile");
    /* the message already begins with file:line: */
    const char *rest = strstr(text, ": ");
    bool placed = rest && span_starts(span_of(text), path);
    return err_at(err, ST_INPUT, path, line > 0 ? (int)line : b->line, "%s",
                  placed ? rest + 2 : text);
}
