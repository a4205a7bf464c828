/* Frames: what arrives is what was sent; broken peers are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "wire.h"

struct link {
    int near, far;
    struct wire_in in; /* of the far end */
};

static int setup(void **state)
{
    static struct link l;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return -1;
    l = (struct link){pair[0], pair[1], {.fd = pair[1]}};
    *state = &l;
    return 0;
}

static int teardown(void **state)
{
    struct link *l = *state;
    close(l->near);
    if (l->far >= 0)
        close(l->far);
    return 0;
}

static void frames_arrive_whole(void **state)
{
    struct link *l = *state;
    const size_t sizes[] = {0, 1, 4090, 4091, 4092, 16384, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct err err = {0};
        struct buf got = {0};
        enum wire_type type = WIRE_BOOT;
        char *bytes = mem_alloc(sizes[i]);
        memset(bytes, 'a' + (int)i, sizes[i]);
        struct span sent = {bytes, sizes[i]};
        assert_int_equal(wire_send(l->near, WIRE_PRINT, sent, &err), ST_OK);
        assert_int_equal(wire_recv(&l->in, -1, &type, &got, &err), ST_OK);
        assert_int_equal(type, WIRE_PRINT);
        assert_true(span_eq(buf_view(&got), sent));
        mem_free(bytes);
        buf_release(&got);
    }
}

static void a_large_frame_crosses(void **state)
{
    struct link *l = *state;
    struct err err = {0};
    const size_t n = WIRE_MAX_BYTES - 1;
    char *bytes = mem_alloc(n);
    bytes[n - 1] = 'z';
    pid_t child = fork();
    if (child == 0)
        _exit(wire_send(l->near, WIRE_STEP, (struct span){bytes, n}, &err) !=
              ST_OK);
    struct buf got = {0};
    enum wire_type type;
    assert_int_equal(wire_recv(&l->in, -1, &type, &got, &err), ST_OK);
    assert_true(span_eq(buf_view(&got), (struct span){bytes, n}));
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
    mem_free(bytes);
    buf_release(&got);
}

static void too_large_is_not_sent(void **state)
{
    struct link *l = *state;
    struct err err = {0};
    struct span huge = {"", WIRE_MAX_BYTES};
    assert_int_equal(wire_send(l->near, WIRE_STEP, huge, &err), ST_IO);
}

static enum status receive(struct link *l, int64_t deadline, struct err *err)
{
    struct buf got = {0};
    enum wire_type type;
    enum status st = wire_recv(&l->in, deadline, &type, &got, err);
    buf_release(&got);
    return st;
}

static void silence_times_out(void **state)
{
    struct err err = {0};
    int64_t start = clock_mono_ms();
    assert_int_equal(receive(*state, start + 30, &err), ST_TIMEOUT);
    assert_true(clock_mono_ms() >= start + 30);
}

static void the_past_still_reads_what_is_there(void **state)
{
    struct link *l = *state;
    struct err err = {0};
    assert_int_equal(wire_send(l->near, WIRE_PRINT, SPAN("x"), &err), ST_OK);
    assert_int_equal(receive(l, clock_mono_ms() - 5, &err), ST_OK);
}

static const struct {
    const char *name;
    struct span bytes;
} broken[] = {
    {"nothing", {"", 0}},
    {"half a head", {"\5\0", 2}},
    {"half a payload", {"\5\0\0\0Pab", 7}},
    {"an empty frame", {"\0\0\0\0P", 5}},
    {"too long", {"\377\377\377\377P", 5}},
};

static void broken_ends_are_told(void **state)
{
    struct link *l = *state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct err err = {0};
        int pair[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        assert_int_equal(write(pair[0], broken[i].bytes.p, broken[i].bytes.n),
                         broken[i].bytes.n);
        close(pair[0]);
        struct link one = {-1, pair[1], {.fd = pair[1]}};
        assert_int_equal(receive(&one, clock_mono_ms() + 1000, &err), ST_IO);
        assert_int_equal(receive(&one, -1, &err), ST_IO);
        close(pair[1]);
    }
    struct err err = {0};
    close(l->far);
    l->far = -1;
    assert_int_equal(wire_send(l->near, WIRE_PRINT, SPAN("x"), &err), ST_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_arrive_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_large_frame_crosses, setup, teardown),
        cmocka_unit_test_setup_teardown(too_large_is_not_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(silence_times_out, setup, teardown),
        cmocka_unit_test_setup_teardown(the_past_still_reads_what_is_there,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(broken_ends_are_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
