/* plan.json: canonical, its hash over what a run is held to, nothing else. */
#include "plan_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "file.h"

static const char sample[] =
    "{\"type\":\"runproof/plan/v1\",\"runbook\":\"page.md\","
    "\"environment\":\"staging\",\"source\":\"aa\",\"inputs\":{\"n\":1},"
    "\"modules\":\"bb\",\"policy\":\"cc\",\"config\":null,"
    "\"changes\":[{\"step\":\"one\",\"n\":1,\"task\":null,"
    "\"op\":\"fs.write\",\"class\":\"local\",\"row\":null,"
    "\"object\":\"a.txt\",\"args\":{\"path\":\"a.txt\",\"text\":\"x\"},"
    "\"digest\":\"\",\"binds\":{},"
    "\"refused\":false,\"before\":null,\"after\":\"x\"}],"
    "\"reads\":[],\"stops\":[]}";

static struct json *parse(const char *text)
{
    struct json *j = NULL;
    struct err err = {0};
    if (json_parse(span_of(text), &j, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return j;
}

/* The sample with its digests and its hash. */
static struct json *whole_plan(void)
{
    struct json *j = parse(sample);
    struct json *c = (struct json *)json_first(json_get(j, "changes"));
    struct digest d =
        plan_change_digest(json_get_str(c, "op", ""), json_get(c, "args"));
    json_put_str(c, "digest", d.hex);
    json_put_str(j, "hash", plan_file_hash(j).hex);
    return j;
}

static enum status read_back(const struct json *j, struct err *err)
{
    struct buf text = {0};
    struct plan_file f;
    json_pretty(j, &text);
    enum status st = plan_file_parse(buf_view(&text), "p.json", &f, err);
    plan_file_release(&f);
    buf_release(&text);
    return st;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct arena a = {0};
    char dir[] = "/tmp/runproof-test-XXXXXX";
    assert_non_null(mkdtemp(dir));
    const char *path = path_join(&a, dir, "plan.json");
    struct err err = {0};
    struct json *j = whole_plan();
    assert_int_equal(plan_file_write(path, j, &err), ST_OK);
    struct plan_file f;
    assert_int_equal(plan_file_read(path, &f, &err), ST_OK);
    assert_string_equal(f.hash, plan_file_hash(j).hex);
    assert_string_equal(f.runbook, "page.md");
    assert_string_equal(f.environment, "staging");
    assert_int_equal(json_size(f.changes), 1);
    struct buf text = {0};
    struct buf canonical = {0};
    assert_int_equal(file_read(path, 1 << 20, &text, &err), ST_OK);
    json_write(f.whole, &canonical);
    buf_char(&canonical, '\n');
    assert_string_equal(buf_cstr(&text), buf_cstr(&canonical));
    buf_release(&text);
    buf_release(&canonical);
    plan_file_release(&f);
    json_free(j);
    assert_int_equal(file_remove_tree(dir, &err), ST_OK);
    arena_release(&a);
}

/* Found once by hand: python's json.dumps(sort_keys, separators) and sha256. */
static void the_hash_is_that_of_canonical_json(void **state)
{
    (void)state;
    struct json *j = whole_plan();
    const struct json *c = json_first(json_get(j, "changes"));
    assert_string_equal(json_get_str(c, "digest", ""),
                        "e3d69215027f3b04b196b83fb6946240"
                        "63b92f18c6bff9ea9a29c1a50a9df33d");
    assert_string_equal(json_get_str(j, "hash", ""),
                        "0bee7de8d31a238b636455af2d41bc96"
                        "0c5328e504e0fefdde4838ac41997b29");
    json_free(j);
}

/* Swaps a member for another value of its type. */
static void alter(struct json *obj, const char *name)
{
    const struct json *m = json_get(obj, name);
    struct json *other = json_type(m) == JSON_OBJECT  ? parse("{\"z\":9}")
                         : json_type(m) == JSON_ARRAY ? json_new(JSON_ARRAY)
                         : json_type(m) == JSON_BOOL
                             ? json_new_bool(!json_bool(m))
                         : json_type(m) == JSON_NUMBER ? json_new_int(7)
                                                       : json_new_str("other");
    json_put(obj, name, other);
}

static void any_change_of_what_counts_is_seen(void **state)
{
    (void)state;
    static const char *const members[] = {
        "runbook", "environment", "source",  "inputs", "modules",
        "policy",  "config",      "changes", "hash",
    };
    static const char *const of_change[] = {
        "step",   "task", "op",     "class", "row",
        "object", "args", "digest", "binds", "refused",
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        struct json *j = whole_plan();
        struct err err = {0};
        alter(j, members[i]);
        if (read_back(j, &err) != ST_TAMPERED)
            fail_msg("another %s was not seen: %s", members[i], err.msg);
        json_free(j);
    }
    for (size_t i = 0; i < sizeof of_change / sizeof *of_change; i++) {
        struct json *j = whole_plan();
        struct err err = {0};
        alter((struct json *)json_first(json_get(j, "changes")), of_change[i]);
        if (read_back(j, &err) != ST_TAMPERED)
            fail_msg("another %s was not seen: %s", of_change[i], err.msg);
        json_free(j);
    }
}

static void what_is_for_the_reader_does_not_count(void **state)
{
    (void)state;
    struct json *j = whole_plan();
    struct json *c = (struct json *)json_first(json_get(j, "changes"));
    struct err err = {0};
    json_put_str(c, "before", "something else");
    json_put_str(c, "after", "more");
    json_push((struct json *)json_get(j, "reads"), json_new_str("a read"));
    json_push((struct json *)json_get(j, "stops"), json_new_str("a stop"));
    assert_int_equal(read_back(j, &err), ST_OK);
    json_free(j);
}

static void what_is_no_plan_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"[", "p.json:1"},
        {"[]", "not a plan"},
        {"{\"type\":\"runproof/plan/v2\"}", "not a plan"},
        {"{\"type\":\"runproof/plan/v1\"}", "lacks runbook"},
        {"{\"type\":\"runproof/plan/v1\",\"more\":1}", "not known here: more"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan_file f;
        struct err err = {0};
        char said[1024];
        assert_int_equal(
            plan_file_parse(span_of(rows[i].text), "p.json", &f, &err),
            ST_INPUT);
        err_text(&err, said, sizeof said);
        if (!strstr(said, rows[i].says) || !strstr(said, "p.json"))
            fail_msg("%s: %s", rows[i].text, said);
        plan_file_release(&f);
    }
    struct json *j = whole_plan();
    struct err err = {0};
    json_put_str((struct json *)json_first(json_get(j, "changes")), "extra",
                 "x");
    assert_int_equal(read_back(j, &err), ST_INPUT);
    json_free(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(the_hash_is_that_of_canonical_json),
        cmocka_unit_test(any_change_of_what_counts_is_seen),
        cmocka_unit_test(what_is_for_the_reader_does_not_count),
        cmocka_unit_test(what_is_no_plan_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
