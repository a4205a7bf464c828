/* What a worker in the hands of an enemy can tell the engine: the frames go
 * through wire.c, talk.c and the door. Whatever comes, the attempt ends one way
 * or the other, and a replay of its journal gives the same answers.
 *
 * The first byte chooses the step and what is allowed. Of the rest each line is
 * a frame, its type and its payload; one that begins with ! goes out as it is,
 * without a head. */
#include <fcntl.h>

#include "engine_end.h"
#include "plain.h"

/* What the worker says, and where the engine is in it. */
static struct wire_in incoming;
static struct buf told; /* what it is answered */

enum status __wrap_worker_send(struct worker *w, enum wire_type type,
                               struct span payload, struct err *err);
enum status __wrap_worker_recv(struct worker *w, int64_t deadline_mono_ms,
                               enum wire_type *type, struct buf *payload,
                               struct err *err);
bool __wrap_worker_ready(const struct worker *w, int other, int wait_ms);
void __wrap_worker_close(struct worker *w);

enum status __wrap_worker_send(struct worker *w, enum wire_type type,
                               struct span payload, struct err *err)
{
    struct json *list = NULL;
    (void)w;
    if (type == WIRE_ANSWERS)
        end_must(json_parse(payload, &list, err), err);
    for (const struct json *j = json_first(list); j; j = json_next(j)) {
        json_write(j, &told);
        buf_char(&told, '\n');
    }
    if (type == WIRE_ANSWER) {
        buf_span(&told, payload);
        buf_char(&told, '\n');
    }
    json_free(list);
    return ST_OK;
}

enum status __wrap_worker_recv(struct worker *w, int64_t deadline_mono_ms,
                               enum wire_type *type, struct buf *payload,
                               struct err *err)
{
    (void)w;
    enum status st = wire_recv(&incoming, deadline_mono_ms, type, payload, err);
    if (st == ST_IO) {
        err_clear(err);
        st = err_set(err, ST_FAILED, "the Lua worker ended");
    }
    return st;
}

bool __wrap_worker_ready(const struct worker *w, int other, int wait_ms)
{
    (void)w;
    (void)other;
    (void)wait_ms;
    return true;
}

void __wrap_worker_close(struct worker *w)
{
    (void)w;
}

/* The input as the bytes of a stream. */
static void frame_all(struct span rest, struct buf *out)
{
    while (rest.n) {
        struct span line = span_cut(&rest, '\n');
        if (line.n && line.p[0] == '!')
            buf_span(out, span_sub(line, 1, line.n));
        else if (line.n)
            wire_put(out, (enum wire_type)line.p[0], span_sub(line, 1, line.n));
    }
}

/* What is shown of the attempt, on the page and at a terminal. */
static void show(const struct attempt_result *out)
{
    struct buf text = {0};
    const struct step_result r = {.id = "a",
                                  .run = "run",
                                  .environment = "staging",
                                  .status =
                                      out->passed ? STEP_PASSED : STEP_FAILED,
                                  .attempts = 1,
                                  .src = "0123456789abcdef",
                                  .items = out->items,
                                  .activities = out->activities,
                                  .output = buf_view(&out->output),
                                  .error = out->error};
    evidence_markdown(&r, &text);
    for (const struct json *j = json_first(out->items); j; j = json_next(j))
        plain_item(j, &text);
    buf_release(&text);
}

static enum status run(struct span stream, size_t step, struct attempt_log *log,
                       struct err *err)
{
    struct talk t;
    struct attempt_result out;
    incoming.from = 0;
    incoming.to = stream.n;
    memcpy(incoming.ahead, stream.p, stream.n);
    buf_clear(&told);
    talk_open(&t, &end.s, step, log, &out);
    enum status st = talk_run(&t, err);
    if (st == ST_OK && !out.passed && !out.error)
        abort(); /* nobody would know why */
    show(&out);
    talk_close(&t);
    attempt_release(&out);
    return st;
}

/* A wait may be told several answers at once, or one: a worker that does not
 * count them is told more of them the one time than the other. */
static void assert_same(const struct buf *first, const struct err *why)
{
    struct span a = buf_view(first);
    struct span b = buf_view(&told);
    if (span_starts(a, buf_cstr(&told)) || span_starts(b, buf_cstr(first)))
        return;
    fprintf(stderr, "told:\n%s\nand in the replay:\n%s%s\n", buf_cstr(first),
            buf_cstr(&told), why->msg);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf stream = {0};
    struct buf first = {0};
    struct err err = {0};
    struct err again = {0};
    if (!end.page.n) {
        end_open();
        incoming.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    if (!size)
        return 0;
    frame_all((struct span){(const char *)data + 1, size - 1}, &stream);
    if (stream.n && stream.n <= sizeof incoming.ahead) {
        size_t step = data[0] % END_STEPS;
        struct attempt_log *log =
            end_attempt(step, data[0] & 64 ? data[0] & 0x15 : 0);
        err.st = run(buf_view(&stream), step, log, &err);
        buf_span(&first, buf_view(&told));
        again.st = run(buf_view(&stream), step, log, &again);
        assert_same(&first, &again);
        end_forget();
    }
    buf_release(&stream);
    buf_release(&first);
    return 0;
}
