/* Sets of object names: what was added is there, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "oids.h"

static void name_of(uint32_t i, unsigned char out[20])
{
    memset(out, 0, 20);
    memcpy(out + (i % 2 ? 16 : 0), &i, 4); /* half of them begin alike */
}

static void keeps_what_was_added(void **state)
{
    (void)state;
    struct oids set = {0};
    unsigned char oid[20];
    name_of(1, oid);
    assert_false(oids_has(&set, oid));
    for (uint32_t i = 0; i < 3000; i++) {
        name_of(i, oid);
        assert_true(oids_add(&set, oid, i));
        assert_false(oids_add(&set, oid, i + 1));
    }
    for (uint32_t i = 0; i < 6000; i++) {
        name_of(i, oid);
        assert_int_equal(oids_get(&set, oid), i < 3000 ? i : OIDS_ABSENT);
    }
    assert_int_equal(set.n, 3000);
    oids_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_what_was_added)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
