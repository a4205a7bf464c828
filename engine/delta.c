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

bool delta_sizes(struct span delta, size_t *base, size_t *result)
{
    size_t at = 0;
    return take_size(delta, &at, base) && take_size(delta, &at, result);
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

bool delta_apply(struct span base, struct span delta, char *out, size_t n)
{
    size_t at = 0, from = 0, length = 0, made = 0;
    if (!take_size(delta, &at, &from) || !take_size(delta, &at, &length) ||
        from != base.n || length != n)
        return false;
    while (at < delta.n) {
        unsigned op = (unsigned char)delta.p[at++];
        struct span source = delta;
        if (op & 0x80) {
            if (!take_bytes(delta, &at, op & 0x0f, &from) ||
                !take_bytes(delta, &at, op >> 4 & 0x07, &length))
                return false;
            length = length ? length : 0x10000;
            source = base;
        } else {
            from = at;
            length = op;
            at += length;
        }
        if (!length || from > source.n || length > source.n - from ||
            length > n - made)
            return false;
        memcpy(out + made, source.p + from, length);
        made += length;
    }
    return made == n;
}
