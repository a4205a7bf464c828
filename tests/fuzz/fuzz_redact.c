/* Redaction: the first half of the input is a secret, the rest a text; what
 * comes out no longer holds the secret in any form. */
#include <stdint.h>
#include <stdlib.h>

#include "hash.h"
#include "redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_clean(const struct redact *r, struct span text)
{
    struct buf out = {0};
    const char *name = NULL;
    bool any = redact_bytes(r, text, &out);
    if (any != (redact_find(r, text, &name) < text.n))
        abort();
    if (!any && !span_eq(buf_view(&out), text))
        abort();
    buf_release(&out);
}

/* In pieces of size nothing known comes out, and no other text changes. */
static void check_stream(const struct redact *r, struct span text, size_t size)
{
    struct redact_stream st = {0};
    struct buf out = {0};
    const char *name = NULL;
    for (size_t at = 0; at < text.n; at += size)
        redact_stream(r, &st, span_sub(text, at, at + size), false, &out);
    redact_stream(r, &st, (struct span){"", 0}, true, &out);
    bool any = redact_find(r, text, &name) < text.n;
    if (!any && !span_eq(buf_view(&out), text))
        abort();
    if (any && span_eq(buf_view(&out), text))
        abort();
    redact_stream_release(&st);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct buf text = {0};
    struct span all = {(const char *)data, size};
    struct span value = span_sub(all, 0, size / 2);
    struct redact *r = redact_new();
    if (redact_add(r, "K", value, &err) == ST_OK) {
        check_clean(r, span_sub(all, size / 2, size));
        buf_span(&text, span_sub(all, size / 2, size));
        base64_encode(all, &text);
        hex_encode(all, &text);
        const char *name = NULL;
        if (redact_find(r, buf_view(&text), &name) == text.n)
            abort();
        check_clean(r, buf_view(&text));
        check_stream(r, buf_view(&text), 1 + size % 17);
        redact_shapes(r, true);
        check_clean(r, buf_view(&text));
    }
    redact_free(r);
    buf_release(&text);
    return 0;
}
