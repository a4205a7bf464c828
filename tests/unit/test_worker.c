/* Workers from the engine's side: they start, run blocks, and are ended
 * whatever a block does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "vmtest.h"

static void prints_are_messages(void **state)
{
    (void)state;
    struct buf out = {0};
    struct worker *w = vmtest_open(0);
    struct json *done = vmtest_step(w, "print('a', 1, nil)\nprint()", &out);
    assert_true(json_get_bool(done, "ok", false));
    assert_string_equal(buf_cstr(&out), "a\t1\tnil\n\n");
    json_free(done);
    buf_release(&out);
    worker_close(w);
}

int main(void)
{
    vmtest_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_are_messages),
    };
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_zygote_stop();
    return bad;
}
