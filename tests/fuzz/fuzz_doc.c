/* Documents: what can be read can be stripped and written to; strip is its
 * own inverse and gives the source back. */
#include <stdint.h>
#include <stdlib.h>

#include "doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void ignore(void *ctx, const struct err *e)
{
    (void)ctx;
    require(e->st != ST_OK && e->line > 0);
}

/* The canonical form has nothing left to strip. */
static void strip_laws(struct span src, struct buf *plain)
{
    struct buf again = {0};
    struct digest hash[2];
    struct err err = {0};
    require(doc_strip(src, plain, &err) == ST_OK);
    require(doc_strip(buf_view(plain), &again, &err) == ST_OK);
    require(span_eq(buf_view(&again), buf_view(plain)));
    require(doc_source_hash(src, &hash[0], &err) == ST_OK);
    require(doc_source_hash(buf_view(plain), &hash[1], &err) == ST_OK);
    require(span_eq(span_of(hash[0].hex), span_of(hash[1].hex)));
    buf_release(&again);
}

/* Harmless evidence can be written under each block. */
static void place_laws(const struct doc *d, struct span plain)
{
    struct arena a = {0};
    struct buf out = {0};
    struct buf stripped = {0};
    struct err err = {0};
    struct placement *put = arena_array(&a, d->n_blocks, sizeof *put);
    for (size_t i = 0; i < d->n_blocks; i++) {
        const char *text =
            arena_printf(&a,
                         "<!-- runproof:evidence id=%.*s -->\n**ok**\n"
                         "<!-- /runproof:evidence -->",
                         SPAN_ARG(d->blocks[i].attr.id));
        put[i] = (struct placement){i, span_of(text)};
    }
    require(doc_place(d, put, d->n_blocks, NULL, 0, &out, &err) == ST_OK);
    require(doc_strip(buf_view(&out), &stripped, &err) == ST_OK);
    require(span_eq(buf_view(&stripped), plain));
    buf_release(&stripped);
    buf_release(&out);
    arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span src = {(const char *)data, size};
    struct doc d;
    struct err err = {0};
    struct buf plain = {0};
    doc_problems("page.md", src, ignore, NULL);
    if (doc_parse(&d, "page.md", src, &err) == ST_OK) {
        strip_laws(src, &plain);
        place_laws(&d, buf_view(&plain));
    } else {
        require(err.line > 0);
    }
    doc_release(&d);
    buf_release(&plain);
    return 0;
}
