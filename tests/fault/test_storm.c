/* http.request in a storm: a server that resets, is busy, throttles, cuts its
 * answers short and takes its time, 64 requests at once. Reads come through or
 * fail with one line; no change that must not be made twice is made twice.
 *
 * What befalls a request follows from the seed, its path and how often it has
 * come, not from the order in which requests arrive. */
#include <stdarg.h>

#include "../property/rng.h"
#include "../unit/crowd.h"
#include "file.h"
#include "port.h"
#include "vault.h"

#define READS 1000
#define CHANGES 200
#define AT_ONCE 64
#define BUDGET_MS 60000
#define SEED 20261125u /* another may be given as argument */

#define LENGTH "1029" /* of a whole body */
#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Length: " LENGTH "\r\n\r\n"
#define EMPTY "Content-Length: 0\r\n\r\n"

enum { READ, POST, PUT, KINDS };

static const struct {
    const char *method;
    bool idempotent;
    int number;
} kinds[KINDS] = {
    {"GET", true, READS},
    {"POST", false, CHANGES / 2},
    {"PUT", true, CHANGES / 2},
};

static uint64_t seed = SEED;

static _Noreturn void fail(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

static _Noreturn void fail(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "seed %llu: ", (unsigned long long)seed);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(1);
}

/* --- the server --- */

static char body[1024 + 6]; /* {"a":"xx…x"} */
static char whole[sizeof OK_HEAD + sizeof body];
static char half[sizeof OK_HEAD + sizeof body];
static char cut_json[sizeof OK_HEAD + sizeof body]; /* of its right length */

static void make_bodies(void)
{
    memset(body, 'x', sizeof body - 1);
    memcpy(body, "{\"a\":\"", 6);
    memcpy(body + sizeof body - 3, "\"}", 2);
    snprintf(whole, sizeof whole, OK_HEAD "%s", body);
    snprintf(half, sizeof half, OK_HEAD "%.500s", body);
    snprintf(cut_json, sizeof cut_json,
             "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n%.500s", body);
}

/* How often "METHOD /number" has come before. */
static int times_before(int kind, int number)
{
    static int times[KINDS][READS];
    return times[kind][number]++;
}

static void throttle(struct crowd *c, struct peer *p, struct rng *r)
{
    crowd_say(c, p,
              rng_chance(r, 5)
                  ? "HTTP/1.1 429 Slow\r\nRetry-After: 1\r\n" EMPTY
                  : "HTTP/1.1 429 Slow\r\nRetry-After: 0\r\n" EMPTY);
}

static void half_and_reset(struct crowd *c, struct peer *p)
{
    crowd_say(c, p, half);
    crowd_reset(c, p);
}

static void half_and_end(struct crowd *c, struct peer *p)
{
    crowd_say(c, p, half);
    crowd_leave(p);
}

static void drawl(struct crowd *c, struct peer *p)
{
    crowd_drawl(c, p, half, body + 500, 30);
}

static void busy(struct crowd *c, struct peer *p)
{
    crowd_say(c, p, "HTTP/1.1 503 Busy\r\n" EMPTY);
}

static void cut(struct crowd *c, struct peer *p)
{
    crowd_say(c, p, cut_json);
}

static void on_request(struct crowd *c, struct peer *p)
{
    static const struct {
        unsigned percent;
        void (*fault)(struct crowd *c, struct peer *p);
    } faults[] = {{3, crowd_reset},  {2, half_and_reset}, {5, busy},
                  {5, half_and_end}, {5, drawl},          {2, cut}};
    char line[64];
    int kind = READ;
    while (strncmp(p->room, kinds[kind].method, strlen(kinds[kind].method)))
        kind++;
    int number = (int)strtol(strchr(p->room, '/') + 1, NULL, 10);
    struct rng r =
        rng_seeded(seed * 1000003 + (uint64_t)((kind * READS + number) * 16 +
                                               times_before(kind, number)));
    (void)rng_below(&r, 2); /* its first number is much like the seed */
    if (rng_chance(&r, 5)) {
        throttle(c, p, &r);
        return;
    }
    snprintf(line, sizeof line, "done %s /%d ", kinds[kind].method, number);
    crowd_log(c, line);
    unsigned roll = rng_below(&r, 100);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (roll < faults[i].percent) {
            faults[i].fault(c, p);
            return;
        }
        roll -= faults[i].percent;
    }
    crowd_say(c, p, whole);
}

/* --- the client --- */

static const struct port *port;
static void *port_state;
static struct vault *vault;

static void *begin(const struct crowd *c, int kind, int number)
{
    char url[64];
    void *job = NULL;
    struct err err = {0};
    struct json *args = json_new(JSON_OBJECT);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/%d", c->port, number);
    json_put_str(args, "url", url);
    json_put_str(args, "method", kinds[kind].method);
    const struct port_call call = {
        .op = "http.request",
        .args = args,
        .effect = kind == READ ? EFFECT_READ : EFFECT_REMOTE,
        .idempotent = kinds[kind].idempotent,
        .vault = vault,
        .deadline_mono_ms = clock_mono_ms() + BUDGET_MS};
    if (port->begin(port_state, &call, &job, &err) != ST_OK)
        fail("%s", err.msg);
    json_free(args);
    return job;
}

/* Whether it came through whole; if not, it was told as it should be. */
static bool came_through(void *job)
{
    struct json *value = NULL;
    struct err err = {0};
    if (port->finish(port_state, job, &value, &err) != ST_OK) {
        if (err.st != ST_FAILED || strchr(err.msg, '\n') ||
            strncmp(err.msg, "127.0.0.1: ", 11) != 0 || strlen(err.msg) < 20)
            fail("not one clear line: %s: %s", status_name(err.st), err.msg);
        return false;
    }
    int64_t status = json_get_int(value, "status", 0);
    const char *got = json_get_str(value, "body", "");
    size_t n = strlen(got);
    if (status == 200 &&
        ((n != 500 && n != strlen(body)) || strncmp(got, body, n) != 0))
        fail("an answer that was not sent: %s", got);
    if (status != 200 && status != 503 && status != 429)
        fail("a status that was not sent: %d", (int)status);
    json_free(value);
    return status == 200 && n == strlen(body);
}

/* How many of all requests of a kind came through. */
static int storm(const struct crowd *c, int kind)
{
    int begun = 0, ended = 0, through = 0;
    while (ended < kinds[kind].number) {
        while (begun < kinds[kind].number && begun - ended < AT_ONCE)
            begin(c, kind, begun++);
        void *job = port->next(port_state, NULL, BUDGET_MS);
        if (!job)
            fail("%s: %d of %d ended", kinds[kind].method, ended,
                 kinds[kind].number);
        through += came_through(job);
        ended++;
    }
    printf("%-4s %d of %d came through\n", kinds[kind].method, through,
           kinds[kind].number);
    return through;
}

/* --- the proof --- */

/* How many requests of a kind were done more than once. */
static int done_again(const struct buf *log, int kind)
{
    int again = 0;
    for (int i = 0; i < kinds[kind].number; i++) {
        char line[64];
        snprintf(line, sizeof line, "done %s /%d ", kinds[kind].method, i);
        const char *once = strstr(buf_cstr(log), line);
        again += once && strstr(once + 1, line);
    }
    return again;
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/runproof-storm-XXXXXX";
    struct crowd c = {.on_request = on_request};
    struct buf log = {0};
    struct err err = {0};
    int through[KINDS];
    signal(SIGPIPE, SIG_IGN);
    make_bodies();
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    if (!mkdtemp(dir))
        return 2;
    crowd_open(&c, dir);
    vault = vault_new();
    if (port_for("http.request", &port, &port_state, &err) != ST_OK)
        fail("%s", err.msg);
    for (int kind = READ; kind < KINDS; kind++)
        through[kind] = storm(&c, kind);
    crowd_close(&c);
    if (file_read(c.log, 1 << 24, &log, &err) != ST_OK)
        fail("%s", err.msg);
    if (done_again(&log, POST))
        fail("%d changes were made twice", done_again(&log, POST));
    if (!done_again(&log, READ) || !done_again(&log, PUT))
        fail("nothing was sent again");
    if (through[READ] < READS * 95 / 100 || through[POST] == CHANGES / 2)
        fail("too few reads came through, or all changes");
    port_close_all();
    vault_free(vault);
    buf_release(&log);
    return file_remove_tree(dir, &err) == ST_OK ? 0 : 1;
}
