/* A stable merge sort over indices: the order depends on the comparison and
 * nothing else, also when the comparison is inconsistent. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* True when element a must stand before element b. May not return (longjmp):
 * sort_indices holds nothing that needs freeing. */
typedef bool (*sort_before)(void *ctx, size_t a, size_t b);

/* Fills idx[0..n) with 0..n-1 in order. scratch has room for n as well. */
void sort_indices(size_t *idx, size_t *scratch, size_t n, sort_before before,
                  void *ctx);
