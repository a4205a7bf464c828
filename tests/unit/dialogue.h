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

/* To a wait, answers are an array: of one unless the test gives more. */
static inline void dialogue_answer(struct worker *w, bool wait,
                                   const char *answer)
{
    struct err err = {0};
    struct buf text = {0};
    bool one = wait && answer[0] != '[';
    buf_printf(&text, "%s%s%s", one ? "[" : "", answer, one ? "]" : "");
    vmtest_must(worker_send(w, wait ? WIRE_ANSWERS : WIRE_ANSWER,
                            buf_view(&text), &err),
                &err);
    buf_release(&text);
}

static inline void assert_dialogue(struct worker *w,
                                   const struct dialogue *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
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
            dialogue_answer(w, last.p[0] == WIRE_WAIT, answer);
        } while (got.p[begin] != WIRE_DONE);
        assert_string_equal(buf_cstr(&got), rows[i].messages);
        buf_release(&got);
    }
}
