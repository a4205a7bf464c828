/* A worker in the hands of an enemy, who has all of its process: it says what
 * it likes over the socket. The attempt ends, the page says why, the run goes
 * on, and what the page says verifies. */
#include "runkit.h"

#include "lib.h"

/* What the worker does when it is given block number i. Lines are frames, type
 * and payload; one behind ! goes out as it is. \1 stands for a NUL byte, \2 for
 * waiting until the engine has answered. */
static const struct {
    const char *words;
    const char *says;   /* the page, of the step */
    const char *status; /* NULL: failed */
} rows[] = {
    /* the stream */
    {"!\377\377\377\377garbage", "ended with code 0", NULL},
    {"!\1\1\1\1D", "a frame of 0 bytes|ended with code 0", NULL},
    {"!\5\1\1\1P", "ended with code 0", NULL},
    {"!GET / HTTP/1.1", "ended", NULL},
    {"Xdied of\33[31m shame", "died of", NULL},
    /* types */
    {"S{\"id\":\"a\",\"code\":\"x\"}", "unexpected 'S'", NULL},
    {"B{}", "unexpected 'B'", NULL},
    {"N{\"n\":1,\"ok\":true}", "unexpected 'N'", NULL},
    {"M{\"ok\":true,\"rows\":[]}", "unexpected 'M'", NULL},
    {"V{\"ok\":true,\"value\":true}", "unexpected 'V'", NULL},
    {"R{\"status\":200}", "unexpected 'R'", NULL},
    {"\7{}", "unexpected", NULL},
    /* payloads */
    {"A", "no JSON", NULL},
    {"A{\"n\":1", "no JSON", NULL},
    {"A{\"n\":1}{}", "no JSON", NULL},
    {"A[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
     "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
     "no JSON", NULL},
    {"E\377\376", "no JSON", NULL},
    {"W{", "no JSON", NULL},
    {"D!", "no JSON", NULL},
    /* the fields of a request */
    {"A[]", "'op' is wrong", NULL},
    {"A7", "malformed request", NULL},
    {"A{}", "'op' is wrong", NULL},
    {"A{\"n\":1,\"op\":7,\"args\":{}}", "'op' is wrong", NULL},
    {"A{\"n\":1,\"op\":\"time.now\"}", "'args' is wrong", NULL},
    {"A{\"n\":1,\"op\":\"time.now\",\"args\":[]}", "'args' is wrong", NULL},
    {"A{\"n\":1,\"op\":\"time.now\",\"args\":null}", "'args' is wrong", NULL},
    {"A{\"op\":\"time.now\",\"args\":{}}", "'n' is wrong", NULL},
    {"A{\"n\":0,\"op\":\"time.now\",\"args\":{}}", "'n' is wrong", NULL},
    {"A{\"n\":-1,\"op\":\"time.now\",\"args\":{}}", "'n' is wrong", NULL},
    {"A{\"n\":1.5,\"op\":\"time.now\",\"args\":{}}", "'n' is wrong", NULL},
    {"A{\"n\":\"1\",\"op\":\"time.now\",\"args\":{}}", "'n' is wrong", NULL},
    {"A{\"n\":1e300,\"op\":\"time.now\",\"args\":{}}", "'n' is wrong", NULL},
    {"A{\"n\":1,\"op\":\"time.now\",\"args\":{},\"task\":1}", "'task' is wrong",
     NULL},
    {"A{\"n\":1,\"op\":\"time.now\",\"args\":{},\"open\":1}", "'open' is wrong",
     NULL},
    /* their order */
    {"A{\"n\":1,\"op\":\"time.now\",\"args\":{}}\n\2\n"
     "A{\"n\":1,\"op\":\"time.now\",\"args\":{}}",
     "'n' is wrong", NULL},
    {"A{\"n\":2,\"op\":\"time.now\",\"args\":{}}\n\2\n"
     "A{\"n\":1,\"op\":\"time.now\",\"args\":{}}",
     "'n' is wrong", NULL},
    {"A{\"n\":1,\"op\":\"fs.exists\",\"args\":{\"path\":\"f\"},\"task\":\"1\","
     "\"open\":true}\nA{\"n\":1,\"op\":\"fs.exists\",\"args\":{\"path\":\"f\"},"
     "\"task\":\"2\",\"open\":true}",
     "'n' is wrong", NULL},
    {"W{\"cancel\":[]}", "waits for nothing", NULL},
    {"W{\"cancel\":[1,2,\"x\",{}]}", "waits for nothing", NULL},
    /* evidence */
    {"E{\"kind\":\"file\",\"path\":\"/etc/passwd\",\"sha256\":\"0\"}",
     "no known kind", NULL},
    {"E{\"kind\":7}", "no known kind", NULL},
    {"E[]", "no known kind", NULL},
    {"E{}", "no known kind", NULL},
    /* the end: its word is not enough */
    {"D{}", "failed", NULL},
    {"D[]", "failed", NULL},
    {"D{\"ok\":\"true\"}", "failed", NULL},
    {"D{\"ok\":true,\"refused\":true}", "refused activity", NULL},
    {"A{\"n\":1,\"op\":\"fs.write\",\"args\":{\"path\":\"../x\",\"text\":"
     "\"x\"}}\n\2\nD{\"ok\":true,\"refused\":false}",
     "refused activity was ignored", NULL},
    {"A{\"n\":1,\"op\":\"fs.write\",\"args\":{\"path\":\"/etc/passwd\","
     "\"text\":\"x\"}}\n\2\nD{\"ok\":true}",
     "refused activity was ignored", NULL},
    {"A{\"n\":1,\"op\":\"http.request\",\"args\":{\"method\":\"DELETE\","
     "\"url\":\"https://api.machines.dev/v1/apps/x\"}}\n\2\nD{\"ok\":true}",
     "refused activity was ignored", NULL},
    /* what a worker may say, though no Lua would */
    {"A{\"n\":1,\"op\":\"no.such\",\"args\":{}}\n\2\nD{\"ok\":true}", "passed",
     "passed"},
    {"A{\"n\":9,\"op\":\"door.settle\",\"args\":{\"n\":3,\"outcome\":\"done\"}}"
     "\n\2\nD{\"ok\":true}",
     "passed", "passed"},
    {"A{\"n\":1,\"op\":\"http.request\",\"args\":{\"method\":\"GET\",\"url\":"
     "\"https://api.machines.dev/v1/apps\",\"headers\":{\"a\":{\"$secret\":"
     "\"s99\",\"name\":\"API_TOKEN\"}}}}\n\2\nD{\"ok\":true}",
     "passed", "passed"},
    {"D{\"ok\":true}\nA{\"n\":1,\"op\":\"time.now\",\"args\":{}}", "passed",
     "passed"},
};

#define ROWS (sizeof rows / sizeof *rows)

/* --- in the worker ---------------------------------------------------------
 */

void __wrap_vm_serve(struct vm *vm);

static void say(struct vm *vm, struct span line)
{
    struct err err = {0};
    struct buf out = {0};
    struct buf text = {0};
    for (size_t i = 0; i < line.n; i++)
        buf_char(&text, line.p[i] == '\1' ? '\0' : line.p[i]);
    struct span all = buf_view(&text);
    if (span_is(line, "\2")) {
        (void)vm_recv(vm, &out);
        buf_clear(&out);
    } else if (line.p[0] == '!') {
        buf_span(&out, span_sub(all, 1, all.n));
    } else {
        wire_put(&out, (enum wire_type)line.p[0], span_sub(all, 1, all.n));
    }
    if (wire_flush(vm->in.fd, &out, &err) != ST_OK)
        _exit(0);
}

/* The number of the row stands in the code, behind "--". */
static void obey(struct vm *vm, const struct json *message)
{
    const char *code = json_get_str(message, "code", "");
    struct span rest = span_of(rows[strtoul(code + 2, NULL, 10)].words);
    while (rest.n)
        say(vm, span_cut(&rest, '\n'));
    if (memchr(rows[strtoul(code + 2, NULL, 10)].words, '!', 1))
        _exit(0); /* half a word, and gone */
}

void __wrap_vm_serve(struct vm *vm)
{
    for (;;) {
        struct buf text = {0};
        struct json *message = NULL;
        struct err err = {0};
        enum wire_type type = vm_recv(vm, &text);
        if (json_parse(buf_view(&text), &message, &err) != ST_OK)
            _exit(1);
        if (type == WIRE_BOOT)
            vm_boot(vm, message);
        else if (type == WIRE_STEP)
            obey(vm, message);
        else
            vm_send(vm, WIRE_VALUE, SPAN("{\"ok\":true,\"value\":true}"));
        json_free(message);
        buf_release(&text);
    }
}

/* --- in the test -----------------------------------------------------------
 */

/* One of the texts between bars. */
static bool has_one(const char *text, const char *wanted)
{
    struct span rest = span_of(wanted);
    while (rest.n) {
        struct span word = span_cut(&rest, '|');
        if (span_find(span_of(text), word, 0) < strlen(text))
            return true;
    }
    return false;
}

static void the_engine_believes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        char body[256];
        char steps[64];
        struct buf page = {0};
        struct run_options opt = {0};
        snprintf(body, sizeof body,
                 BLOCK("#a effect=local retries=0 timeout=20s", "--%zu")
                     BLOCK("#z always", "--%zu"),
                 i, ROWS - 1);
        runkit_page(body);
        struct outcome o = runkit_run(&opt);
        snprintf(steps, sizeof steps, "a:%s z:passed",
                 rows[i].status ? rows[i].status : "failed");
        if (strcmp(buf_cstr(&o.steps), steps) != 0)
            fail_msg("row %zu: %s: %s", i, buf_cstr(&o.steps), o.err.msg);
        runkit_read("page.md", &page);
        if (!has_one(buf_cstr(&page), rows[i].says))
            fail_msg("row %zu:\n%s", i, buf_cstr(&page));
        runkit_prove("page.md", o.run);
        assert_false(file_exists("../x"));
        buf_release(&page);
        outcome_release(&o);
    }
    print_message("%zu forgeries tried\n", ROWS);
}

int main(void)
{
    struct err err = {0};
    const struct CMUnitTest tests[] = {
        runkit_test(the_engine_believes_nothing),
    };
    if (worker_zygote(&err) != ST_OK)
        return 1;
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_zygote_stop();
    return bad;
}
