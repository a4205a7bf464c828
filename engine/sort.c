/* Sorts indices by merging. */
#include "sort.h"

#include <string.h>

/* from[lo,mid) and from[mid,hi) are in order; so will be to[lo,hi). */
static void merge(const size_t *from, size_t *to, size_t lo, size_t mid,
                  size_t hi, sort_before before, void *ctx)
{
    size_t a = lo;
    size_t b = mid;
    for (size_t k = lo; k < hi; k++) {
        bool left = b >= hi || (a < mid && !before(ctx, from[b], from[a]));
        to[k] = left ? from[a++] : from[b++];
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void sort_indices(size_t *idx, size_t *scratch, size_t n, sort_before before,
                  void *ctx)
{
    size_t *from = idx;
    size_t *to = scratch;
    for (size_t i = 0; i < n; i++)
        idx[i] = i;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t lo = 0; lo < n; lo += 2 * width)
            merge(from, to, lo, least(lo + width, n), least(lo + 2 * width, n),
                  before, ctx);
        size_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != idx)
        memcpy(idx, from, n * sizeof *idx);
}
