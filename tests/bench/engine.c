/* What parts of the engine cost beside the least that the same work can cost:
 * parsing and placing evidence beside cmark alone, a journal beside write(2).
 * A line a part: name, CPU µs of ours, CPU µs of the floor; and `socket`, the
 * CPU µs that as many messages to another process and back cost, twice. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CMARK_NO_SHORT_NAMES
#include <cmark.h>

#include "doc.h"
#include "evidence.h"
#include "journal.h"

#define ROUNDS 5
#define DOC_BYTES (10u << 20)
#define RECORDS 100000
#define MESSAGES 20000 /* as in bench.sh */
#define MESSAGE_BYTES 100

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    exit(1);
}

static long cpu_of(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000L +
           u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static long cpu_us(void)
{
    return cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
}

typedef void (*work)(void);

static int by_size(const void *a, const void *b)
{
    long x = *(const long *)a;
    long y = *(const long *)b;
    return (x > y) - (x < y);
}

/* Ours and the floor in turn; the medians. */
static void compare(const char *name, work ours, work floor)
{
    long a[ROUNDS];
    long b[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        long begin = cpu_us();
        ours();
        long middle = cpu_us();
        floor();
        a[i] = middle - begin;
        b[i] = cpu_us() - middle;
    }
    qsort(a, ROUNDS, sizeof *a, by_size);
    qsort(b, ROUNDS, sizeof *b, by_size);
    printf("%s %ld %ld\n", name, a[ROUNDS / 2], b[ROUNDS / 2]);
}

/* --- a document ------------------------------------------------------ */

static struct buf page;

static void make_page(void)
{
    for (int i = 0; page.n < DOC_BYTES; i++)
        buf_printf(&page,
                   "## Step %d\n\nBefore this, *look* at the [dashboard]"
                   "(https://example.org/%d): `green` means go on. If it is "
                   "not, call the owner\nand wait for an answer.\n\n"
                   "- [ ] looked at <!-- check: c%d -->\n\n"
                   "```lua {#s%d effect=none}\nx = (x or 0) + %d\n"
                   "print('step', x)\n```\n\n",
                   i, i, i, i, i);
}

static void place(void)
{
    struct doc d;
    struct err err = {0};
    struct buf out = {0};
    struct buf text = {0};
    must(doc_parse(&d, "page.md", buf_view(&page), &err) == ST_OK, err.msg);
    struct placement *put =
        arena_array(&d.arena, d.n_blocks, sizeof(struct placement));
    for (size_t i = 0; i < d.n_blocks; i++) {
        struct step_result r = {.id = span_dup(&d.arena, d.blocks[i].attr.id),
                                .run = "sbx-0123456789abcdef",
                                .environment = "sandbox",
                                .status = STEP_PASSED,
                                .attempts = 1,
                                .src = d.blocks[i].src.hex,
                                .output = SPAN("step\t1\n")};
        buf_clear(&text);
        evidence_markdown(&r, &text);
        put[i] = (struct placement){
            i, {span_dup(&d.arena, buf_view(&text)), text.n}};
    }
    must(doc_place(&d, put, d.n_blocks, NULL, 0, &out, &err) == ST_OK, err.msg);
    buf_release(&text);
    buf_release(&out);
    doc_release(&d);
}

static void cmark_alone(void)
{
    cmark_node_free(cmark_parse_document(page.p, page.n, CMARK_OPT_DEFAULT));
}

/* --- a journal ------------------------------------------------------- */

static char dir[] = "/tmp/runproof-bench-XXXXXX";
static char path[64];
static size_t line_bytes;

static void journal(void)
{
    struct journal j;
    struct err err = {0};
    struct record_at at = {0};
    must(journal_create(&j, path, &err) == ST_OK, err.msg);
    for (int i = 0; i < RECORDS; i++) {
        struct json *r = json_new(JSON_OBJECT);
        json_put_str(r, "type", "result");
        json_put_str(r, "step", "health");
        json_put_int(r, "n", i);
        json_put_str(r, "op", "http.request");
        json_put_str(r, "class", "read");
        json_put_bool(r, "ok", true);
        must(journal_append(&j, r, JOURNAL_NO_SYNC, &at, &err) == ST_OK,
             err.msg);
        json_free(r);
    }
    line_bytes = at.bytes + 1;
    journal_close(&j);
    unlink(path);
}

static void plain_writes(void)
{
    char line[512];
    memset(line, 'x', sizeof line);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    must(fd >= 0, path);
    for (int i = 0; i < RECORDS; i++)
        must(write(fd, line, line_bytes) == (ssize_t)line_bytes, path);
    close(fd);
    unlink(path);
}

/* --- a socket -------------------------------------------------------- */

static void echo(int fd)
{
    char m[MESSAGE_BYTES];
    ssize_t n = 1;
    while (n > 0) {
        n = read(fd, m, sizeof m);
        if (n > 0 && write(fd, m, (size_t)n) != n)
            _exit(1);
    }
    _exit(0);
}

static void there_and_back(void)
{
    int pair[2];
    char m[MESSAGE_BYTES] = {0};
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
        close(pair[0]);
        echo(pair[1]);
    }
    close(pair[1]);
    for (int i = 0; i < MESSAGES; i++) {
        must(write(pair[0], m, sizeof m) == sizeof m, "write");
        must(read(pair[0], m, sizeof m) == sizeof m, "read");
    }
    close(pair[0]);
    waitpid(pid, NULL, 0);
}

int main(void)
{
    must(mkdtemp(dir) != NULL, dir);
    snprintf(path, sizeof path, "%s/journal.jsonl", dir);
    make_page();
    compare("place", place, cmark_alone);
    compare("journal", journal, plain_writes);
    compare("socket", there_and_back, there_and_back);
    buf_release(&page);
    rmdir(dir);
    return 0;
}
