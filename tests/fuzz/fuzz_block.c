/* A block in the hands of an enemy: Lua source through lex.c, the state with
 * our libraries and the API of lua/prelude.lua, and what it asks through the
 * engine's argument checks and the door. Here worker and engine are one process
 * and talk over buffers. Whatever the source is, the worker says well-formed
 * things, and either ends the step or is ended. */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>

#include "engine_end.h"
#include "flight.h"
#include "lib.h"
#include "luafiles.h"
#include "prim.h"
#include "source_end.h"

#define MEMORY_BYTES ((size_t)8 << 20)
#define STEPS_EACH 256    /* blocks that one state runs */
#define INSTRUCTIONS 5000 /* of a block */
#define TOO_LONG_US 40000 /* for a pattern that never ends */
#define MESSAGES 500      /* of a block */

static struct {
    struct vm *vm;
    int steps;
    struct buf said;  /* frames not yet looked at */
    struct span code; /* the step to begin, if any */
    bool done;        /* WIRE_DONE came */
    int messages;
    struct passage *p;
    sigjmp_buf out;
    volatile sig_atomic_t in_lua;
    bool stopped; /* its instructions are used up */
} worker;

/* --- memory: what a state that was given up leaves behind -------------------
 */

#define SLOTS ((size_t)1 << 18)
static void *slots[SLOTS];
static size_t in_use;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);

static size_t slot_of(const void *p)
{
    size_t i = ((uintptr_t)p >> 4) * 0x9E3779B97F4A7C15u >> 46;
    while (slots[i] && slots[i] != p)
        i = (i + 1) % SLOTS;
    return i;
}

static void slot_add(void *p)
{
    if (!worker.vm || !worker.p)
        return; /* lives on */
    if (++in_use > SLOTS / 2)
        abort();
    slots[slot_of(p)] = p;
}

static void slot_drop(void *p)
{
    size_t i = slot_of(p);
    if (!p || !slots[i])
        return;
    slots[i] = NULL;
    in_use--;
    for (i = (i + 1) % SLOTS; slots[i]; i = (i + 1) % SLOTS) {
        void *moved = slots[i];
        slots[i] = NULL;
        slots[slot_of(moved)] = moved;
    }
}

void *__wrap_malloc(size_t size)
{
    sig_atomic_t was = worker.in_lua;
    worker.in_lua = 0;
    void *p = __real_malloc(size);
    slot_add(p);
    worker.in_lua = was;
    return p;
}

void *__wrap_calloc(size_t n, size_t size)
{
    sig_atomic_t was = worker.in_lua;
    worker.in_lua = 0;
    void *p = __real_calloc(n, size);
    slot_add(p);
    worker.in_lua = was;
    return p;
}

void *__wrap_realloc(void *p, size_t size)
{
    sig_atomic_t was = worker.in_lua;
    worker.in_lua = 0;
    slot_drop(p);
    p = __real_realloc(p, size);
    slot_add(p);
    worker.in_lua = was;
    return p;
}

void __wrap_free(void *p)
{
    sig_atomic_t was = worker.in_lua;
    worker.in_lua = 0;
    slot_drop(p);
    __real_free(p);
    worker.in_lua = was;
}

static void forget_all(void)
{
    for (size_t i = 0; i < SLOTS && in_use; i++)
        if (slots[i]) {
            __real_free(slots[i]);
            slots[i] = NULL;
            in_use--;
        }
    worker.vm = NULL;
    worker.said = (struct buf){0};
}

/* --- the worker's end --------------------------------------------------- */

_Noreturn void __wrap__exit(int code);
enum status __wrap_wire_flush(int fd, struct buf *out, struct err *err);
enum status __wrap_wire_recv(struct wire_in *in, int64_t deadline_mono_ms,
                             enum wire_type *type, struct buf *payload,
                             struct err *err);

/* The next frame of what was said; false when there is none. */
static bool next_frame(struct span *rest, enum wire_type *type,
                       struct span *payload)
{
    const unsigned char *h = (const unsigned char *)rest->p;
    if (!rest->n)
        return false;
    if (rest->n < 5)
        abort();
    size_t n = (size_t)h[0] | (size_t)h[1] << 8 | (size_t)h[2] << 16 |
               (size_t)h[3] << 24;
    if (n == 0 || n > WIRE_MAX_BYTES || rest->n < n + 4)
        abort();
    *type = (enum wire_type)h[4];
    *payload = span_sub(*rest, 5, n + 4);
    *rest = span_sub(*rest, n + 4, rest->n);
    return true;
}

/* The worker ends itself, which it does for want of memory alone. */
_Noreturn void __wrap__exit(int code)
{
    struct span rest = buf_view(&worker.said);
    struct span why = SPAN("");
    enum wire_type type = WIRE_DONE;
    while (next_frame(&rest, &type, &why))
        ;
    if (code != 1 || type != WIRE_DEATH ||
        !(span_starts(why, "memory ceiling") ||
          span_starts(why, "an answer over"))) {
        fprintf(stderr, "the worker ends itself (%d): %.*s\n", code,
                SPAN_ARG(why));
        abort();
    }
    siglongjmp(worker.out, 1);
}

enum status __wrap_wire_flush(int fd, struct buf *out, struct err *err)
{
    (void)fd;
    (void)err;
    buf_span(&worker.said, buf_view(out));
    buf_clear(out);
    return ST_OK;
}

static void count_out(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    worker.stopped = true;
    lua_sethook(L, count_out, LUA_MASKCOUNT, 1);
    luaL_error(L, "too long");
}

static void too_long(int signal)
{
    (void)signal;
    if (worker.in_lua)
        siglongjmp(worker.out, 1);
    const struct itimerval soon = {.it_value = {0, 2000}};
    setitimer(ITIMER_VIRTUAL, &soon, NULL);
}

/* --- the engine's end ---------------------------------------------------- */

static struct json *must_parse(struct span text)
{
    struct err err = {0};
    struct json *j = NULL;
    end_must(json_parse(text, &j, &err), &err);
    return j;
}

/* The answer to a request that waits alone. What would end the attempt is an
 * error here. */
static void answer(const struct json *m, struct buf *out)
{
    struct err err = {0};
    struct json *told = NULL;
    struct request r = {.n = json_get_int(m, "n", 0),
                        .op = json_get_str(m, "op", ""),
                        .args = json_get(m, "args"),
                        .task = json_str(json_get(m, "task"))};
    if (json_type(r.args) != JSON_OBJECT || !prim_find(span_of(r.op)))
        abort();
    if (door_perform(&end.s.door, worker.p, &r, &told, &err) != ST_OK) {
        json_free(told);
        told = json_new(JSON_OBJECT);
        json_put_bool(told, "ok", false);
        json_put_str(told, "kind", "activity");
        json_put_str(told, "error", err.msg);
    }
    json_put_int(told, "n", r.n);
    json_write(told, out);
    json_free(told);
}

/* False when there is nothing to tell. */
static bool deliver(const struct json *m, struct buf *out)
{
    struct err err = {0};
    return flight_deliver(&end.s.door, worker.p, json_get(m, "cancel"), out,
                          &err) == ST_OK;
}

/* One frame; true when it wants an answer, which is in out then. */
static bool hear(enum wire_type type, struct span payload, struct buf *out)
{
    struct json *m = NULL;
    bool wants = type == WIRE_WAIT;
    if (type == WIRE_PRINT)
        return false;
    m = must_parse(payload);
    worker.done |= type == WIRE_DONE;
    if (type == WIRE_ACTIVITY && json_get_bool(m, "open", false)) {
        flight_ask(worker.p, m);
        return false;
    }
    if (type == WIRE_ACTIVITY) {
        answer(m, out);
        wants = true;
    } else if (type == WIRE_WAIT && !deliver(m, out)) {
        json_free(m);
        siglongjmp(worker.out, 1);
    }
    json_free(m);
    return wants;
}

/* All that was said since the last time. */
static bool listen_all(struct buf *out, enum wire_type *type)
{
    struct span rest = buf_view(&worker.said);
    struct span payload;
    enum wire_type said;
    bool wants = false;
    while (next_frame(&rest, &said, &payload)) {
        if (wants)
            abort(); /* a word behind a question */
        wants = hear(said, payload, out);
        *type = said == WIRE_WAIT ? WIRE_ANSWERS : WIRE_ANSWER;
    }
    buf_clear(&worker.said);
    return wants;
}

/* Gives what the worker reads next: a step, answers, or the end. */
enum status __wrap_wire_recv(struct wire_in *in, int64_t deadline_mono_ms,
                             enum wire_type *type, struct buf *payload,
                             struct err *err)
{
    (void)in;
    (void)deadline_mono_ms;
    worker.in_lua = 0;
    buf_clear(payload);
    if (worker.code.p) {
        struct json *m = json_new(JSON_OBJECT);
        json_put_str(m, "id", "a");
        json_put_str(m, "path", "page.md");
        json_put_int(m, "line", 7);
        json_put(m, "code", json_new_bytes(worker.code));
        json_write(m, payload);
        json_free(m);
        worker.code.p = NULL;
        *type = WIRE_STEP;
        worker.in_lua = 1;
        return ST_OK;
    }
    if (++worker.messages > MESSAGES)
        siglongjmp(worker.out, 1);
    if (!listen_all(payload, type)) {
        if (!worker.done)
            abort(); /* it waits for what it has not asked for */
        return err_set(err, ST_IO, "the other end is gone");
    }
    worker.in_lua = 1;
    return ST_OK;
}

static void boot(void)
{
    static const char *const names[] = {"prelude", "expect", "tasks"};
    struct json *m = json_new(JSON_OBJECT);
    json_put_str(m, "kind", "runbook");
    struct json *list = json_put(m, "modules", json_new(JSON_ARRAY));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_put_str(json_push(list, json_new(JSON_OBJECT)), "name", names[i]);
    json_put(m, "globals", json_new(JSON_OBJECT));
    worker.vm = (struct vm *)&worker; /* from here on it is the state's */
    worker.vm = vm_new(-1, MEMORY_BYTES);
    vm_boot(worker.vm, m);
    buf_clear(&worker.said);
    json_free(m);
    worker.steps = 0;
}

static void step(struct span code)
{
    const struct itimerval soon = {.it_value = {0, TOO_LONG_US}};
    const struct itimerval never = {0};
    struct passage p = {.step = &end.s.plan.steps[code.n % END_STEPS],
                        .log = end_attempt(code.n % END_STEPS, 0),
                        .deadline_mono_ms = clock_mono_ms() + 60000,
                        .activities = json_new(JSON_ARRAY),
                        .items = json_new(JSON_ARRAY)};
    struct err err = {0};
    worker.p = &p;
    worker.code = code;
    worker.done = worker.stopped = false;
    worker.messages = 0;
    if (sigsetjmp(worker.out, 1) == 0) {
        if (!worker.vm)
            boot();
        lua_sethook(worker.vm->L, count_out, LUA_MASKCOUNT, INSTRUCTIONS);
        setitimer(ITIMER_VIRTUAL, &soon, NULL);
        vm_serve(worker.vm);
        worker.in_lua = 0;
        setitimer(ITIMER_VIRTUAL, &never, NULL);
        if (lua_gettop(worker.vm->L) != 0)
            abort();
    } else {
        worker.in_lua = 0;
        setitimer(ITIMER_VIRTUAL, &never, NULL);
        worker.steps = INT_MAX - 1;
    }
    err.st = flight_land(&end.s.door, worker.p, &err);
    json_free(worker.p->activities);
    json_free(worker.p->items);
    json_free(worker.p->doubtful);
    mem_free(worker.p->earlier);
    end_forget();
    history_release(&end.s.history);
    buf_release(&end.s.journal.pending);
    worker.p = NULL;
    if (++worker.steps >= STEPS_EACH)
        forget_all();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!end.page.n) {
        end_open();
        signal(SIGVTALRM, too_long);
    }
    step((struct span){(const char *)data, size});
    return 0;
}
