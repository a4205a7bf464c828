/* Applies a delta, believing nothing that it says. */
#include "delta.h"

#include <stdint.h>

/* Seven bits a byte, the lowest first. */
static bool take_size(struct span delta, size_t *at, size_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 56; shift += 7) {
        if (*at == delta.n)
            return false;
        unsigned char byte = (unsigned char)delta.p[(*at)++];
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out = value;
            return true;
        }
    }
    return false;
}

static bool take_sizes(struct span delta, size_t *at, size_t *base,
                       size_t *result)
{
    return take_size(delta, at, base) && take_size(delta, at, result);
}

bool delta_sizes(struct span delta, size_t *base, size_t *result)
{
    size_t at = 0;
    return take_sizes(delta, &at, base, result);
}

/* The bytes of a number that the bits of `which` say are there. */
static bool take_bytes(struct span delta, size_t *at, unsigned which,
                       size_t *out)
{
    *out = 0;
    for (unsigned i = 0; which; i++, which >>= 1) {
        if (!(which & 1))
            continue;
        if (*at == delta.n)
            return false;
        *out |= (size_t)(unsigned char)delta.p[(*at)++] << (8 * i);
    }
    return true;
}

bool delta_next(struct span delta, size_t *at, struct delta_op *out)
{
    size_t base = 0, result = 0;
    if (!*at && !take_sizes(delta, at, &base, &result))
        return false;
    if (*at == delta.n)
        return false;
    unsigned op = (unsigned char)delta.p[(*at)++];
    *out = (struct delta_op){.is_copy = op & 0x80, .from = *at, .n = op};
    if (!out->is_copy) {
        bool fits = op && delta.n - *at >= op;
        *at += fits ? op : 0;
        return fits;
    }
    if (!take_bytes(delta, at, op & 0x0f, &out->from) ||
        !take_bytes(delta, at, op >> 4 & 0x07, &out->n))
        return false;
    out->n = out->n ? out->n : 0x10000;
    return true;
}

bool delta_apply(struct span base, struct span delta, char *out, size_t n)
{
    size_t at = 0, from = 0, to = 0, made = 0;
    struct delta_op op;
    if (!delta_sizes(delta, &from, &to) || from != base.n || to != n)
        return false;
    while (delta_next(delta, &at, &op)) {
        struct span source = op.is_copy ? base : delta;
        if (op.from > source.n || op.n > source.n - op.from || op.n > n - made)
            return false;
        memcpy(out + made, source.p + op.from, op.n);
        made += op.n;
    }
    return at == delta.n && made == n;
}
