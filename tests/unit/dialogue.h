/* Tests of a worker as a conversation: what a block asks, what it is told. */
#pragma once

#include "vmtest.h"

/* A block, the answers given to what it asks, the messages it sends. */
struct dialogue {
    const char *code;
    const char *answers[12];
    const char *messages;
};

#define PASSED "D {\"error\":null,\"ok\":true,\"refused\":false}\n"

/* One message of the worker, as "type payload". */
static inline void dialogue_next(struct worker *w, struct buf *out)
{
    struct err err = {0};
    struct buf text = {0};
    enum wire_type type;
    vmtest_must(worker_recv(w, clock_mono_ms() + VMTEST_MS, &type, &text, &err),
                &err);
    buf_printf(out, "%c %s\n", type, buf_cstr(&text));
    buf_release(&text);
}

/* An open activity waits for no answer of its own. */
static inline bool dialogue_waits(struct span message)
{
    bool open = span_find(message, SPAN("\"open\":true"), 0) < message.n;
    return message.p[0] == WIRE_WAIT ||
           (message.p[0] == WIRE_ACTIVITY && !open);
}

static inline void dialogue_hold(struct worker *w, const struct dialogue *rows,
                                 size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct err err = {0};
        struct buf got = {0};
        size_t begin = 0;
        int given = 0;
        vmtest_begin(w, rows[i].code);
        do {
            begin = got.n;
            dialogue_next(w, &got);
            struct span last = span_sub(buf_view(&got), begin, got.n);
            if (!dialogue_waits(last))
                continue;
            const char *answer = rows[i].answers[given++];
            if (!answer)
                fail_msg("nothing to answer to:\n%s", buf_cstr(&got));
            vmtest_must(worker_send(w, WIRE_ANSWER, span_of(answer), &err),
                        &err);
        } while (got.p[begin] != WIRE_DONE);
        assert_string_equal(buf_cstr(&got), rows[i].messages);
        buf_release(&got);
    }
}
