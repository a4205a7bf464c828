/* Seeded pseudo-random numbers (xorshift64*): the same on every machine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline struct rng rng_seeded(uint64_t seed)
{
    return (struct rng){seed * 0x9E3779B97F4A7C15u + 0x2545F4914F6CDD1Du};
}

static inline unsigned rng_below(struct rng *r, unsigned n)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return (unsigned)((r->state * 0x2545F4914F6CDD1Du) >> 33) % n;
}

static inline bool rng_chance(struct rng *r, unsigned percent)
{
    return rng_below(r, 100) < percent;
}
