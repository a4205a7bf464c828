/* Splicing: each byte of the source is kept or removed, in order; texts stand
 * where they were put. Input: triples (place, remove, length of text). */
#include <stdint.h>
#include <stdlib.h>

#include "splice.h"

#define MAX_EDITS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The result, taken apart again by the sorted edits. */
static void require_result(struct span src, const struct edit *edits, size_t n,
                           struct span out)
{
    size_t at = 0;
    size_t in_out = 0;
    for (size_t i = 0; i <= n; i++) {
        size_t until = i < n ? edits[i].at : src.n;
        require(until >= at);
        struct span kept = span_sub(src, at, until);
        require(span_eq(span_sub(out, in_out, in_out + kept.n), kept));
        in_out += kept.n;
        if (i == n)
            break;
        struct span text = edits[i].text;
        require(span_eq(span_sub(out, in_out, in_out + text.n), text));
        in_out += text.n;
        at = until + edits[i].remove;
    }
    require(in_out == out.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct edit edits[MAX_EDITS];
    size_t n = 0;
    while (n < MAX_EDITS && size >= 3) {
        edits[n++] = (struct edit){data[0], data[1],
                                   span_sub(SPAN("0123456789"), 0, data[2])};
        data += 3;
        size -= 3;
    }
    struct span src = {(const char *)data, size};
    struct buf out = {0};
    struct err err = {0};
    enum status st = splice(src, edits, n, &out, &err);
    if (st == ST_OK)
        require_result(src, edits, n, buf_view(&out));
    else
        require(st == ST_INTERNAL && out.n == 0);
    buf_release(&out);
    return 0;
}
