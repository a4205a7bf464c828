/* The list of persons: whose key it is, and what is no list. */
#include "persons.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "yaml.h"

#define KEY_A "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define KEY_B "ed25519:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static enum status read_list(const char *yaml, struct arena *a,
                             struct persons *p, struct err *err)
{
    struct json *j = NULL;
    if (yaml_parse(span_of(yaml), 1000, &j, err) != ST_OK)
        fail_msg("%s", err->msg);
    json_adopt(a, j);
    return persons_read(json_get(j, "persons"), "runproof.yaml", a, p, err);
}

static void keys_have_owners(void **state)
{
    (void)state;
    struct arena a = {0};
    struct persons p;
    struct err err = {0};
    struct sign_public key;
    assert_int_equal(read_list("persons:\n  ada: [\"" KEY_A "\"]\n"
                               "  bob: [\"" KEY_B "\"]\n  runner: []\n",
                               &a, &p, &err),
                     ST_OK);
    assert_true(sign_public_parse(SPAN(KEY_B), &key));
    assert_string_equal(persons_owner(&p, &key), "bob");
    key.bytes[5] = 1;
    assert_null(persons_owner(&p, &key));
    assert_string_equal(persons_find(&p, "ADA"), "ada");
    assert_null(persons_find(&p, "eve"));
    assert_true(persons_has_key(&p, "ada"));
    assert_false(persons_has_key(&p, "runner"));
    arena_release(&a);
}

static void no_list_is_nobody(void **state)
{
    (void)state;
    struct arena a = {0};
    struct persons p;
    struct err err = {0};
    assert_int_equal(read_list("fixtures: x\n", &a, &p, &err), ST_OK);
    assert_int_equal(p.n_names, 0);
    arena_release(&a);
}

static void what_is_no_list(void **state)
{
    static const struct {
        const char *yaml;
        int line;
        const char *says;
    } rows[] = {
        {"persons: [ada]\n", 1, "write it as"},
        {"persons:\n  ada: \"" KEY_A "\"\n", 2, "list of keys"},
        {"persons:\n  ada: [1]\n", 2, "a key is"},
        {"persons:\n  ada: [\"ed25519:xx\"]\n", 2, "a key is"},
        {"persons:\n  ../ada: []\n", 2, "is no name"},
        {"persons:\n  \"\": []\n", 2, "is no name"},
        {"persons:\n  -x: []\n", 2, "is no name"},
        {"persons:\n  ada: []\n  Ada: []\n", 3, "listed twice"},
        {"persons:\n  ada: [\"" KEY_A "\"]\n  bob:\n    - \"" KEY_A "\"\n", 4,
         "is listed before, for ada"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct persons p;
        struct err err = {0};
        assert_int_equal(read_list(rows[i].yaml, &a, &p, &err), ST_INPUT);
        assert_int_equal(err.line, rows[i].line);
        if (!strstr(err.msg, rows[i].says))
            fail_msg("row %zu: %s", i, err.msg);
        arena_release(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_have_owners),
        cmocka_unit_test(no_list_is_nobody),
        cmocka_unit_test(what_is_no_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
