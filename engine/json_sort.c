/* Puts members in order. */
#include "json_node.h"

#include <string.h>

#include "arena.h"

/* Runs of this length are sorted in place. */
#define SHORT ((size_t)16)

static void insert_all(const struct json **v, size_t n, json_order *order)
{
    for (size_t i = 1; i < n; i++) {
        const struct json *one = v[i];
        size_t at = i;
        for (; at && order(v[at - 1], one) > 0; at--)
            v[at] = v[at - 1];
        v[at] = one;
    }
}

/* The halves of v, each in order, as one; scratch has room for the first. */
static void merge(const struct json **v, size_t half, size_t n,
                  const struct json **scratch, json_order *order)
{
    size_t a = 0;
    size_t b = half;
    memcpy(scratch, v, half * sizeof *v);
    for (size_t i = 0; a < half; i++)
        v[i] = b < n && order(scratch[a], v[b]) > 0 ? v[b++] : scratch[a++];
}

static void sort_all(const struct json **v, size_t n,
                     const struct json **scratch, json_order *order)
{
    if (n <= SHORT) {
        insert_all(v, n, order);
        return;
    }
    sort_all(v, n / 2, scratch, order);
    sort_all(v + n / 2, n - n / 2, scratch, order);
    merge(v, n / 2, n, scratch, order);
}

void json_sort(const struct json **v, size_t n, json_order *order)
{
    const struct json **scratch =
        n > SHORT ? mem_alloc(n / 2 * sizeof *scratch) : NULL;
    sort_all(v, n, scratch, order);
    mem_free(scratch);
}
