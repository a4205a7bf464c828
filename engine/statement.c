/* Writes and reads statements. */
#include "statement.h"

#include <string.h>

void statement_text(const struct json *statement, const struct signer *signer,
                    struct buf *out)
{
    struct buf text = {0};
    json_pretty(statement, &text);
    buf_char(&text, '\n');
    if (signer)
        dsse_seal(STATEMENT_PAYLOAD, buf_view(&text), signer, out);
    else
        buf_span(out, buf_view(&text));
    buf_release(&text);
}

static enum status open_envelope(const struct json *whole, struct arena *a,
                                 struct json **out, struct dsse *envelope,
                                 struct err *err)
{
    enum status st = dsse_read(whole, a, envelope, err);
    if (st == ST_OK && strcmp(envelope->type, STATEMENT_PAYLOAD) != 0)
        st =
            err_set(err, ST_INPUT, "its payloadType is not " STATEMENT_PAYLOAD);
    if (st == ST_OK && !envelope->n)
        st = err_set(err, ST_INPUT, "its envelope has no signature");
    return st == ST_OK ? json_parse(envelope->payload, out, err) : st;
}

enum status statement_parse(struct span text, struct arena *a,
                            struct json **out, struct dsse *envelope,
                            struct err *err)
{
    struct json *whole = NULL;
    *out = NULL;
    *envelope = (struct dsse){0};
    enum status st = json_parse(text, &whole, err);
    if (st == ST_OK && !dsse_is(whole)) {
        *out = whole;
        return ST_OK;
    }
    if (st == ST_OK)
        st = open_envelope(whole, a, out, envelope, err);
    json_free(whole);
    return st;
}
