/* Attributes: what is accepted is whole, and points into the info string. */
#include <stdint.h>
#include <stdlib.h>

#include "attr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_inside(struct span part, struct span whole)
{
    require(part.n == 0 ||
            (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span info = {(const char *)data, size};
    struct span lang;
    struct attrs a;
    struct err err = {0};
    bool runs;
    enum status st = attr_parse(info, &runs, &lang, &a, &err);
    require(st == err.st && (st == ST_OK || st == ST_INPUT));
    require_inside(lang, info);
    if (st != ST_OK || !runs)
        return 0;
    require(attr_is_id(a.id) && a.retries >= 0 && a.timeout_ms > 0);
    require_inside(a.id, info);
    require_inside(a.if_expr, info);
    require_inside(a.confirm, info);
    require_inside(a.on_fail, info);
    require(a.n_needs <= ATTR_MAX_NEEDS);
    for (size_t i = 0; i < a.n_needs; i++)
        require(attr_is_id(a.needs[i]));
    return 0;
}
