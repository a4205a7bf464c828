/* The journal: its chain, what breaks it, what a crash leaves. */
#include "port_kit.h"

#include <fcntl.h>
#include <unistd.h>

#include "journal.h"

#define RECORDS 5

static const char *path_of(const struct kit *k)
{
    static char path[120];
    snprintf(path, sizeof path, "%s/journal.jsonl", k->root);
    return path;
}

static void append(struct journal *j, int i, struct record_at *at)
{
    struct err err = {0};
    struct json *r = json_new(JSON_OBJECT);
    json_put_str(r, "type", "note");
    json_put_int(r, "i", i);
    json_put_str(r, "text", "of some length, with \"quotes\" and \xC3\xA9");
    enum journal_sync sync = i % 2 ? JOURNAL_SYNC : JOURNAL_NO_SYNC;
    if (journal_append(j, r, sync, at, &err) != ST_OK)
        fail_msg("%s", err.msg);
    json_free(r);
}

static void write_journal(const struct kit *k, struct record_at at[RECORDS])
{
    struct journal j;
    struct err err = {0};
    assert_int_equal(journal_create(&j, path_of(k), &err), ST_OK);
    for (int i = 0; i < RECORDS; i++)
        append(&j, i, &at[i]);
    journal_close(&j);
}

struct seen {
    int64_t sum;
    size_t n;
    enum status answer;
};

static enum status count(void *ctx, const struct json *record,
                         struct record_at at, struct err *err)
{
    struct seen *s = ctx;
    assert_int_equal(at.line, s->n + 1);
    s->n++;
    s->sum += json_get_int(record, "i", 0);
    return s->answer == ST_OK ? ST_OK : err_set(err, s->answer, "enough");
}

static enum status walk(const struct kit *k, enum torn torn, struct seen *seen,
                        struct journal_walk *w, struct err *err)
{
    *err = (struct err){0};
    *w = (struct journal_walk){.fn = count, .ctx = seen};
    return journal_walk(path_of(k), torn, w, err);
}

static void a_stranger_can_check_it(void **state)
{
    struct kit *k = *state;
    struct record_at at[RECORDS];
    struct buf text = {0};
    struct err err = {0};
    char prev[65];
    memset(prev, '0', 64);
    prev[64] = '\0';
    write_journal(k, at);
    assert_int_equal(file_read(path_of(k), 1 << 20, &text, &err), ST_OK);
    struct span rest = buf_view(&text);
    for (int i = 0; i < RECORDS; i++) {
        assert_int_equal(at[i].offset, rest.p - text.p);
        struct span line = span_cut(&rest, '\n');
        assert_int_equal(at[i].bytes, line.n);
        assert_int_equal(at[i].line, i + 1);
        struct json *r = NULL;
        assert_int_equal(json_parse(line, &r, &err), ST_OK);
        assert_string_equal(json_get_str(r, "prev", ""), prev);
        assert_int_equal(json_get_int(r, "i", -1), i);
        json_free(r);
        memcpy(prev, hash_sha256(line).hex, 65);
    }
    assert_int_equal(rest.n, 0);

    struct seen seen = {0};
    struct journal_walk w;
    assert_int_equal(walk(k, TORN_IS_TAMPERED, &seen, &w, &err), ST_OK);
    assert_string_equal(w.head.hex, prev);
    assert_int_equal(w.lines, RECORDS);
    assert_int_equal(w.end, text.n);
    assert_int_equal(seen.sum, 0 + 1 + 2 + 3 + 4);
    buf_release(&text);
}

static void records_are_read_back(void **state)
{
    struct kit *k = *state;
    struct record_at at[RECORDS];
    struct seen seen = {0};
    struct journal_walk w;
    struct journal j;
    struct err err = {0};
    struct json *r = NULL;
    write_journal(k, at);
    assert_int_equal(walk(k, TORN_IS_TAMPERED, &seen, &w, &err), ST_OK);
    assert_int_equal(journal_open(&j, path_of(k), &w, &err), ST_OK);
    for (int i = RECORDS - 1; i >= 0; i--) {
        assert_int_equal(journal_get(&j, at[i], &r, &err), ST_OK);
        assert_int_equal(json_get_int(r, "i", -1), i);
        json_free(r);
    }
    struct record_at beyond = {w.end, 10, 9};
    assert_int_equal(journal_get(&j, beyond, &r, &err), ST_INTERRUPTED);
    journal_close(&j);
}

/* One flipped byte anywhere is told, with the line it is in or the next; in
 * the last record only the head, which stands in the statement, can tell. */
static void every_flipped_byte_is_told(void **state)
{
    struct kit *k = *state;
    struct record_at at[RECORDS];
    struct buf text = {0};
    struct err err = {0};
    struct journal_walk w;
    struct seen all = {0};
    write_journal(k, at);
    assert_int_equal(walk(k, TORN_IS_TAMPERED, &all, &w, &err), ST_OK);
    struct digest head = w.head;
    assert_int_equal(file_read(path_of(k), 1 << 20, &text, &err), ST_OK);
    size_t last = (size_t)at[RECORDS - 1].offset;
    for (size_t i = 0; i < text.n; i++) {
        struct seen seen = {0};
        text.p[i] ^= 1;
        int fd = open(path_of(k), O_WRONLY | O_TRUNC);
        assert_int_equal(write(fd, text.p, text.n), text.n);
        close(fd);
        enum status st = walk(k, TORN_IS_TAMPERED, &seen, &w, &err);
        bool told = st == ST_TAMPERED ||
                    (i >= last && strcmp(w.head.hex, head.hex) != 0);
        if (!told)
            fail_msg("byte %zu of %zu: %s", i, text.n, status_name(st));
        if (st == ST_TAMPERED && err.line == 0)
            fail_msg("byte %zu: no line in: %s", i, err.msg);
        text.p[i] ^= 1;
    }
    buf_release(&text);
}

/* Whole lines taken out, doubled, swapped. */
static void lines_cannot_be_moved(void **state)
{
    struct kit *k = *state;
    static const struct {
        int order[RECORDS + 2]; /* ended by -1 */
        int line;
    } rows[] = {
        {{1, 2, 3, 4, -1}, 1},    {{0, 2, 3, 4, -1}, 2},
        {{0, 1, 1, 2, -1}, 3},    {{0, 2, 1, 3, 4, -1}, 2},
        {{0, 1, 2, 4, 3, -1}, 4}, {{0, 0, 1, 2, 3, 4, -1}, 2},
    };
    struct record_at at[RECORDS];
    struct buf text = {0};
    struct err err = {0};
    write_journal(k, at);
    assert_int_equal(file_read(path_of(k), 1 << 20, &text, &err), ST_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf made = {0};
        struct seen seen = {0};
        struct journal_walk w;
        for (const int *o = rows[i].order; *o >= 0; o++)
            buf_put(&made, text.p + at[*o].offset, at[*o].bytes + 1);
        kit_put(k->root, "journal.jsonl", buf_cstr(&made));
        assert_int_equal(walk(k, TORN_IS_TAMPERED, &seen, &w, &err),
                         ST_TAMPERED);
        assert_int_equal(err.line, rows[i].line);
        buf_release(&made);
    }
    buf_release(&text);
}

static void not_records(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"{}\n", "prev is not 64 zeros"},
        {"\n", "not JSON"},
        {"x\n", "not JSON"},
        {"[]\n", "prev is not 64 zeros"},
        {"{\"prev\":1}\n", "prev is not 64 zeros"},
        {"{\"prev\":", "torn"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct seen seen = {0};
        struct journal_walk w;
        struct err err;
        kit_put(k->root, "journal.jsonl", rows[i].text);
        assert_int_equal(walk(k, TORN_IS_TAMPERED, &seen, &w, &err),
                         ST_TAMPERED);
        if (!strstr(err.msg, rows[i].says))
            fail_msg("%s: %s", rows[i].text, err.msg);
    }
}

/* Cut anywhere, as by a crash: a resume goes on behind the last whole line,
 * verify never drops one. */
static void a_torn_line_is_dropped_by_a_resume_alone(void **state)
{
    struct kit *k = *state;
    struct record_at at[RECORDS];
    struct buf text = {0};
    struct err err = {0};
    write_journal(k, at);
    assert_int_equal(file_read(path_of(k), 1 << 20, &text, &err), ST_OK);
    int64_t whole = at[RECORDS - 1].offset;
    for (size_t cut = (size_t)whole + 1; cut < text.n; cut += 7) {
        struct seen seen = {0};
        struct journal_walk w;
        struct journal j;
        kit_put(k->root, "journal.jsonl", buf_cstr(&text));
        assert_int_equal(truncate(path_of(k), (off_t)cut), 0);
        assert_int_equal(walk(k, TORN_IS_TAMPERED, &seen, &w, &err),
                         ST_TAMPERED);
        assert_int_equal(err.line, RECORDS);
        seen = (struct seen){0};
        assert_int_equal(walk(k, TORN_IS_DROPPED, &seen, &w, &err), ST_OK);
        assert_int_equal(w.lines, RECORDS - 1);
        assert_int_equal(w.end, whole);
        assert_int_equal(journal_reopen(&j, path_of(k), &w, &err), ST_OK);
        struct record_at again;
        append(&j, RECORDS - 1, &again);
        assert_int_equal(again.offset, whole);
        journal_close(&j);
        assert_file(k->root, "journal.jsonl", buf_cstr(&text));
    }
    buf_release(&text);
}

static void a_walk_stops_when_told(void **state)
{
    struct kit *k = *state;
    struct record_at at[RECORDS];
    struct seen seen = {.answer = ST_DIVERGED};
    struct journal_walk w;
    struct err err;
    write_journal(k, at);
    assert_int_equal(walk(k, TORN_IS_TAMPERED, &seen, &w, &err), ST_DIVERGED);
    assert_int_equal(seen.n, 1);
}

/* What is dropped leaves nothing; what waits can be read back already. */
static void a_record_is_written_in_place(void **state)
{
    struct kit *k = *state;
    struct journal j;
    struct record_at at[2];
    struct seen seen = {0};
    struct journal_walk w;
    struct err err = {0};
    struct json *back = NULL;
    assert_int_equal(journal_create(&j, path_of(k), &err), ST_OK);
    journal_hold(&j);
    for (int i = 0; i < 2; i++) {
        buf_str(journal_begin(&j), "{\"half of a");
        journal_drop(&j);
        buf_printf(journal_begin(&j), "{\"i\":%d,\"prev\":\"%s\"}", i + 5,
                   j.head.hex);
        assert_int_equal(journal_commit(&j, JOURNAL_NO_SYNC, &at[i], &err),
                         ST_OK);
    }
    assert_file(k->root, "journal.jsonl", "");
    assert_int_equal(journal_get(&j, at[1], &back, &err), ST_OK);
    assert_int_equal(json_get_int(back, "i", 0), 6);
    json_free(back);
    assert_int_equal(journal_flush(&j, &err), ST_OK);
    assert_int_equal(walk(k, TORN_IS_TAMPERED, &seen, &w, &err), ST_OK);
    assert_int_equal(seen.sum, 5 + 6);
    assert_string_equal(w.head.hex, j.head.hex);
    assert_int_equal(w.end, j.end);
    journal_close(&j);
}

static void it_is_never_written_over(void **state)
{
    struct kit *k = *state;
    struct record_at at[RECORDS];
    struct journal j;
    struct err err = {0};
    write_journal(k, at);
    assert_int_equal(journal_create(&j, path_of(k), &err), ST_INTERRUPTED);
    assert_non_null(strstr(err.msg, "cannot create the journal"));
    journal_close(&j);
}

static void a_full_disk_stops_the_run(void **state)
{
    (void)state;
    struct journal j;
    struct err err = {0};
    struct journal_walk w = {0};
    struct json *r = json_new(JSON_OBJECT);
    memset(w.head.hex, '0', 64);
    assert_int_equal(journal_open(&j, "/dev/full", &w, &err), ST_OK);
    close(j.fd);
    j.fd = open("/dev/full", O_WRONLY);
    assert_int_equal(journal_append(&j, r, JOURNAL_NO_SYNC, NULL, &err),
                     ST_INTERRUPTED);
    assert_non_null(strstr(err.msg, "No space left"));
    assert_non_null(strstr(err.msg, "then resume"));
    journal_close(&j);
    json_free(r);
}

#define kit_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        kit_test(a_stranger_can_check_it),
        kit_test(records_are_read_back),
        kit_test(every_flipped_byte_is_told),
        kit_test(lines_cannot_be_moved),
        kit_test(not_records),
        kit_test(a_torn_line_is_dropped_by_a_resume_alone),
        kit_test(a_walk_stops_when_told),
        kit_test(a_record_is_written_in_place),
        kit_test(it_is_never_written_over),
        kit_test(a_full_disk_stops_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
