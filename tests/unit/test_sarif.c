/* SARIF: what the schema of 2.1.0 requires, at each object that is written,
 * with its section; and that a finding says the same as elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sarif.h"

static struct leak_rule two_rules[] = {
    {"one", "a thing", "do this"},
    {"two", "another thing", "do that"},
};
static const struct leak_rules rules = {two_rules, 2, NULL, 0};
static const struct allowance allowed = {.reason = "made up for tests"};

static struct json *write_log(void)
{
    struct finding v[] = {
        {.rule = &two_rules[1],
         .path = "a dir/\xc3\xa9#1.txt",
         .fingerprint = "0123456789abcdef",
         .shown = "ghp_… (40 characters)",
         .commit = "1111111111111111111111111111111111111111",
         .date = "2025-01-02T12:00:00Z",
         .blob = "2222222222222222222222222222222222222222",
         .line = 3,
         .column = 4,
         .reachable = true},
        {.rule = &two_rules[0],
         .path = "",
         .fingerprint = "f",
         .shown = "s",
         .blob = "3333333333333333333333333333333333333333",
         .line = 1,
         .column = 1,
         .allowed = &allowed},
        {.path = "runproof.yaml",
         .fingerprint = "",
         .shown = "2025-01-31",
         .line = 7,
         .column = 1},
    };
    struct findings f = {.v = v, .n = 3, .allowed = 1};
    struct json *notices = json_new(JSON_ARRAY);
    json_push(notices, json_new_str("a notice"));
    struct json *log = sarif_json(&f, &rules, notices, false);
    json_free(notices);
    return log;
}

/* $.a.b[0]: members by name, elements by number. */
static const struct json *at(const struct json *j, const char *path)
{
    struct span rest = span_of(path);
    while (rest.n && j) {
        struct span part = span_cut(&rest, '.');
        char name[64] = {0};
        assert_true(part.n < sizeof name);
        memcpy(name, part.p, part.n);
        if (json_type(j) == JSON_ARRAY) {
            const struct json *e = json_first(j);
            for (int i = name[0] - '0'; i > 0 && e; i--)
                e = json_next(e);
            j = e;
        } else {
            j = json_get(j, name);
        }
    }
    return j;
}

static void expect_text(const struct json *j, const char *path,
                        const char *want)
{
    const char *is = json_str(at(j, path));
    if (!is || strcmp(is, want) != 0)
        fail_msg("%s is %s, not %s", path, is ? is : "absent", want);
}

static void expect_int(const struct json *j, const char *path, int64_t want)
{
    int64_t is = 0;
    assert_true(json_int(at(j, path), &is));
    assert_int_equal(is, want);
}

/* Every member that the schema calls required, and the enumerations. */
static void has_what_is_required(void **state)
{
    (void)state;
    struct json *log = write_log();
    expect_text(log, "version", "2.1.0"); /* §3.13 */
    assert_non_null(strstr(json_str(at(log, "$schema")), "sarif-2.1.0"));
    expect_text(log, "runs.0.tool.driver.name", "runproof"); /* §3.19 */
    const struct json *list = at(log, "runs.0.tool.driver.rules");
    assert_int_equal(json_size(list), 3);
    for (const struct json *r = json_first(list); r; r = json_next(r)) {
        assert_non_null(json_str(at(r, "id"))); /* §3.49.3 */
        assert_non_null(json_str(at(r, "shortDescription.text")));
        assert_non_null(json_str(at(r, "help.text")));
        expect_text(r, "defaultConfiguration.level", "error");
    }
    assert_int_equal(json_type(at(log, "runs.0.invocations.0."
                                       "executionSuccessful")),
                     JSON_BOOL); /* §3.20.14 */
    expect_text(log,
                "runs.0.invocations.0.toolExecutionNotifications.0.message."
                "text",
                "a notice");                                    /* §3.58 */
    expect_text(log, "runs.0.columnKind", "unicodeCodePoints"); /* §3.14.17 */
    const struct json *results = at(log, "runs.0.results");
    assert_int_equal(json_size(results), 3);
    for (const struct json *r = json_first(results); r; r = json_next(r)) {
        int64_t index = -1, line = 0, column = 0;
        const struct json *region =
            at(r, "locations.0.physicalLocation.region");
        assert_non_null(json_str(at(r, "message.text"))); /* §3.27.11 */
        assert_true(json_int(at(r, "ruleIndex"), &index));
        assert_true(index >= 0 && index < 3);
        const struct json *rule = json_first(list);
        while (index-- > 0)
            rule = json_next(rule);
        expect_text(r, "ruleId", json_str(json_get(rule, "id"))); /* §3.27.6 */
        assert_true(json_int(at(region, "startLine"), &line) && line > 0);
        assert_true(json_int(at(region, "startColumn"), &column) && column > 0);
    }
    json_free(log);
}

static void tells_each_finding(void **state)
{
    (void)state;
    struct json *log = write_log();
    const struct json *r = at(log, "runs.0.results");
    expect_text(r, "0.ruleId", "two");
    expect_text(r, "0.message.text",
                "holds another thing, ghp_… (40 characters), since commit "
                "111111111111 of 2025-01-02");
    expect_text(r, "0.locations.0.physicalLocation.artifactLocation.uri",
                "a%20dir/%C3%A9%231.txt");
    expect_int(r, "0.locations.0.physicalLocation.region.startLine", 3);
    expect_int(r, "0.locations.0.physicalLocation.region.startColumn", 4);
    expect_text(r, "0.partialFingerprints.runproofSecret/v1",
                "0123456789abcdef");
    expect_text(r, "0.properties.date", "2025-01-02T12:00:00Z");
    assert_null(at(r, "0.suppressions"));
    expect_text(r, "1.suppressions.0.kind", "external"); /* §3.35 */
    expect_text(r, "1.suppressions.0.justification", "made up for tests");
    expect_text(r, "1.locations.0.physicalLocation.artifactLocation.uri",
                "3333333333333333333333333333333333333333");
    expect_text(r, "2.ruleId", "allowance-over");
    expect_text(r, "2.locations.0.physicalLocation.artifactLocation.uri",
                "runproof.yaml");
    json_free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_what_is_required),
        cmocka_unit_test(tells_each_finding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
