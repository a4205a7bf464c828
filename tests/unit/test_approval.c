/* Approvals: which count, for whom, until when, and the record of them. */
#include "approval.h"

#include "port_kit.h"

#include "nonces.h"

#define PLAN_A                                                                 \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define PLAN_B                                                                 \
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define NOW_MS KIT_NOW_MS
#define HOUR_MS 3600000

/* Two keys of ada, one of bob and of cleo, one of a stranger. */
enum { ADA, ADA_TOO, BOB, CLEO, EVE, KEYS };
static struct signer *signers[KEYS];
static struct person_key keys[KEYS - 1];
static const char *names[] = {"ada", "bob", "cleo", "runner"};
static struct authority authority = {.ref = "refs/remotes/origin/HEAD",
                                     .commit = "c0ffee",
                                     .file = "runproof.yaml at origin"};

static int make_keys(void **state)
{
    static const char *const owners[] = {"ada", "ada", "bob", "cleo"};
    (void)state;
    for (int i = 0; i < KEYS; i++)
        signers[i] = signer_new();
    for (int i = 0; i < EVE; i++)
        keys[i] = (struct person_key){owners[i], *signer_public(signers[i])};
    authority.persons = (struct persons){names, 4, keys, KEYS - 1};
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++)
        signer_free(signers[i]);
    return 0;
}

static const char *const nobody[] = {NULL};

static struct approval_case new_case(const struct kit *k, int64_t persons)
{
    return (struct approval_case){.plan = PLAN_A,
                                  .operators = nobody,
                                  .authority = &authority,
                                  .rule = {.persons = persons},
                                  .now_ms = NOW_MS,
                                  .root = k->root};
}

/* --- one ------------------------------------------------------------- */

static void judge_text(const struct approval_case *c, const char *text,
                       enum status want, const char *says)
{
    struct arena a = {0};
    struct approval ap;
    struct err err = {0};
    enum status st = approval_parse(span_of(text), &a, &ap, &err);
    if (st == ST_OK)
        st = approval_judge(c, &ap, &a, &err);
    if (st != want || (says && !strstr(err.msg, says)))
        fail_msg("%s: \"%s\" does not say \"%s\"", status_name(st), err.msg,
                 says ? says : "");
    arena_release(&a);
}

static void judge(const struct approval_case *c, int key, const char *person,
                  const char *plan, int64_t until_ms, enum status want,
                  const char *says)
{
    struct buf text = {0};
    approval_make(plan, person, until_ms, signers[key], &text);
    judge_text(c, buf_cstr(&text), want, says);
    buf_release(&text);
}

static void who_may_approve_what(void **state)
{
    static const struct {
        int key;
        const char *person, *plan;
        enum status st;
        const char *says;
    } rows[] = {
        {ADA, "ada", PLAN_A, ST_OK, NULL},
        {ADA_TOO, "ada", PLAN_A, ST_OK, NULL},
        {BOB, "bob", PLAN_A, ST_OK, NULL},
        {ADA, "ada", PLAN_B, ST_REFUSED, "for another plan"},
        {BOB, "ada", PLAN_A, ST_REFUSED, "no signature in it is by a key of"},
        {ADA, "bob", PLAN_A, ST_REFUSED, "no signature in it is by a key of"},
        {EVE, "ada", PLAN_A, ST_REFUSED, "no signature in it is by a key of"},
        {EVE, "eve", PLAN_A, ST_REFUSED, "eve has no key"},
        {EVE, "runner", PLAN_A, ST_REFUSED, "runner has no key"},
        {ADA, "Ada", PLAN_A, ST_REFUSED, "Ada has no key"},
    };
    struct approval_case c = new_case(*state, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        judge(&c, rows[i].key, rows[i].person, rows[i].plan, NOW_MS + HOUR_MS,
              rows[i].st, rows[i].says);
}

static void until_its_time_and_not_longer(void **state)
{
    struct approval_case c = new_case(*state, 1);
    int64_t until = NOW_MS;
    judge(&c, ADA, "ada", PLAN_A, until, ST_OK, NULL);
    c.now_ms = until + 1;
    judge(&c, ADA, "ada", PLAN_A, until, ST_REFUSED,
          "it held until 2023-11-14T23:13:20Z");
    c.now_ms = until - 1;
    judge(&c, ADA, "ada", PLAN_A, until, ST_OK, NULL);
}

static void another_than_the_operator(void **state)
{
    static const char *const operators[] = {"cleo", "ada", NULL};
    struct approval_case c = new_case(*state, 1);
    c.operators = operators;
    judge(&c, ADA, "ada", PLAN_A, NOW_MS, ST_OK, NULL);
    c.rule.not_operator = true;
    judge(&c, ADA, "ada", PLAN_A, NOW_MS, ST_REFUSED, "another person");
    judge(&c, ADA_TOO, "ada", PLAN_A, NOW_MS, ST_REFUSED, "another person");
    judge(&c, BOB, "bob", PLAN_A, NOW_MS, ST_OK, NULL);
}

static void one_run_alone(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct approval ap;
    struct err err = {0};
    struct buf text = {0};
    struct approval_case c = new_case(k, 1);
    approval_make(PLAN_A, "ada", NOW_MS, signers[ADA], &text);
    assert_int_equal(approval_parse(buf_view(&text), &a, &ap, &err), ST_OK);
    judge_text(&c, buf_cstr(&text), ST_OK, NULL);
    assert_int_equal(nonces_note(k->root, ap.nonce, "run-7", &err), ST_OK);
    judge_text(&c, buf_cstr(&text), ST_REFUSED, "was used by run run-7");
    c.own = "run-7";
    judge_text(&c, buf_cstr(&text), ST_OK, NULL);
    c.own = "run-8";
    judge_text(&c, buf_cstr(&text), ST_REFUSED, "was used by run run-7");
    buf_release(&text);
    arena_release(&a);
}

/* --- what is none ---------------------------------------------------- */

static void seal(const char *type, const char *payload, int key,
                 struct buf *out)
{
    buf_clear(out);
    dsse_seal(type, span_of(payload), signers[key], out);
}

#define GOOD_NONCE "00112233445566778899aabbccddeeff"
#define PAYLOAD(type, plan, person, nonce, until, more)                        \
    "{\"nonce\":\"" nonce "\",\"not_after\":\"" until                          \
    "\",\"person\":\"" person "\",\"plan\":\"" plan "\",\"type\":\"" type      \
    "\"" more "}"

static void payloads_that_are_none(void **state)
{
#define UNTIL "2030-01-01T00:00:00Z"
    static const struct {
        const char *type, *payload, *says;
    } rows[] = {
        {APPROVAL_PAYLOAD,
         PAYLOAD(APPROVAL_TYPE, PLAN_A, "ada", GOOD_NONCE, UNTIL, ""), NULL},
        {"application/vnd.in-toto+json",
         PAYLOAD(APPROVAL_TYPE, PLAN_A, "ada", GOOD_NONCE, UNTIL, ""),
         "payloadType"},
        {APPROVAL_PAYLOAD,
         PAYLOAD("runproof/approval/v2", PLAN_A, "ada", GOOD_NONCE, UNTIL, ""),
         "it is no runproof/approval/v1"},
        {APPROVAL_PAYLOAD,
         PAYLOAD(APPROVAL_TYPE, "*", "ada", GOOD_NONCE, UNTIL, ""), "no hash"},
        {APPROVAL_PAYLOAD,
         PAYLOAD(APPROVAL_TYPE, PLAN_A, "../ada", GOOD_NONCE, UNTIL, ""),
         "no name"},
        {APPROVAL_PAYLOAD,
         PAYLOAD(APPROVAL_TYPE, PLAN_A, "ada", "00", UNTIL, ""), "nonce"},
        {APPROVAL_PAYLOAD,
         PAYLOAD(APPROVAL_TYPE, PLAN_A, "ada",
                 "00112233445566778899AABBCCDDEEFF", UNTIL, ""),
         "nonce"},
        {APPROVAL_PAYLOAD,
         PAYLOAD(APPROVAL_TYPE, PLAN_A, "ada", GOOD_NONCE, "never", ""),
         "not_after is no time"},
        {APPROVAL_PAYLOAD,
         PAYLOAD(APPROVAL_TYPE, PLAN_A, "ada", GOOD_NONCE, "2030-01-01", ""),
         "not written as"},
        {APPROVAL_PAYLOAD,
         PAYLOAD(APPROVAL_TYPE, PLAN_A, "ada", GOOD_NONCE, UNTIL,
                 ",\"unless\":\"x\""),
         "not known here"},
        {APPROVAL_PAYLOAD, "{}", "has no type"},
        {APPROVAL_PAYLOAD, "[]", "has no type"},
        {APPROVAL_PAYLOAD,
         "\x7f"
         "ELF",
         ""},
    };
    struct approval_case c = new_case(*state, 1);
    struct buf text = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        seal(rows[i].type, rows[i].payload, ADA, &text);
        judge_text(&c, buf_cstr(&text), rows[i].says ? ST_INPUT : ST_OK,
                   rows[i].says);
    }
    buf_release(&text);
}

/* A payload put under the signature of another one. */
static void a_swapped_payload(void **state)
{
    struct approval_case c = new_case(*state, 1);
    struct buf one = {0};
    struct buf two = {0};
    struct buf text = {0};
    approval_make(PLAN_B, "ada", NOW_MS, signers[ADA], &one);
    approval_make(PLAN_A, "ada", NOW_MS, signers[EVE], &two);
    struct json *signed_one = kit_json(buf_cstr(&one));
    struct json *forged = kit_json(buf_cstr(&two));
    json_put(forged, "signatures",
             json_copy(json_get(signed_one, "signatures")));
    json_write(forged, &text);
    judge_text(&c, buf_cstr(&text), ST_REFUSED, "no signature in it");
    json_free(signed_one);
    json_free(forged);
    buf_release(&one);
    buf_release(&two);
    buf_release(&text);
}

/* --- beside the plan ------------------------------------------------- */

static void put_approval(const struct kit *k, const char *file, int key,
                         const char *person, const char *plan)
{
    struct buf text = {0};
    approval_make(plan, person, NOW_MS + HOUR_MS, signers[key], &text);
    kit_put(k->root, file, buf_cstr(&text));
    buf_release(&text);
}

/* Whether there are enough, and what is said otherwise. */
static void assert_gathered(const struct kit *k, const struct approval_case *c,
                            size_t n, const char *says)
{
    struct arena a = {0};
    struct approvals all = {0};
    struct err err = {0};
    const char *plan = kit_path(k->root, "plan.json");
    assert_int_equal(approvals_gather(c, plan, &a, &all, &err), ST_OK);
    assert_int_equal(all.n, n);
    enum status st = approvals_enough(c, &all, "plan.json", &err);
    assert_int_equal(st, says ? ST_WAITING : ST_OK);
    if (says && !strstr(err.msg, says))
        fail_msg("\"%s\" does not say \"%s\"", err.msg, says);
    approvals_release(&all);
    arena_release(&a);
}

static void persons_are_counted(void **state)
{
    struct kit *k = *state;
    struct approval_case c = new_case(k, 2);
    kit_put(k->root, "plan.json", "{}");
    assert_gathered(k, &c, 0,
                    "needs the approval of 2 persons, and has: none; missing 2 "
                    "of: ada, bob, cleo (runproof approve plan.json --key K)");
    put_approval(k, "plan.approval-ada.json", ADA, "ada", PLAN_A);
    assert_gathered(k, &c, 1, "has: ada; missing 1 of: bob, cleo");
    /* another key of hers, and another name of the same file: still one */
    put_approval(k, "plan.approval-ada2.json", ADA_TOO, "ada", PLAN_A);
    put_approval(k, "plan.approval-bob.json", ADA, "ada", PLAN_A);
    assert_gathered(k, &c, 1, "has: ada; missing 1 of: bob, cleo");
    put_approval(k, "plan.approval-cleo.json", CLEO, "cleo", PLAN_A);
    assert_gathered(k, &c, 2, NULL);
}

static void one_envelope_is_one_persons(void **state)
{
    struct kit *k = *state;
    struct approval_case c = new_case(k, 2);
    struct buf text = {0};
    approval_make(PLAN_A, "ada", NOW_MS, signers[ADA], &text);
    struct json *j = kit_json(buf_cstr(&text));
    struct json *list = (struct json *)json_get(j, "signatures");
    json_push(list, json_copy(json_first(list)));
    json_push(list, json_copy(json_first(list)));
    buf_clear(&text);
    json_write(j, &text);
    kit_put(k->root, "plan.approval-ada.json", buf_cstr(&text));
    assert_gathered(k, &c, 1, "has: ada; missing 1 of: bob, cleo");
    json_free(j);
    buf_release(&text);
}

static void the_operator_is_not_missing(void **state)
{
    static const char *const operators[] = {"bob", NULL};
    struct kit *k = *state;
    struct approval_case c = new_case(k, 1);
    c.operators = operators;
    c.rule.not_operator = true;
    put_approval(k, "plan.approval-bob.json", BOB, "bob", PLAN_A);
    assert_gathered(k, &c, 0,
                    "missing 1 of: ada, cleo (runproof approve plan.json "
                    "--key K); not counted: plan.approval-bob.json: bob "
                    "operates the run");
}

static void others_files_are_left_alone(void **state)
{
    struct kit *k = *state;
    struct approval_case c = new_case(k, 1);
    put_approval(k, "other.approval-ada.json", ADA, "ada", PLAN_A);
    put_approval(k, "plan.approval-ada.json.old", ADA, "ada", PLAN_A);
    put_approval(k, "plan.approval", ADA, "ada", PLAN_A);
    assert_gathered(k, &c, 0, "has: none");
}

/* Neither stops the others from counting. */
static void huge_and_binary_files(void **state)
{
    struct kit *k = *state;
    struct err err = {0};
    struct approval_case c = new_case(k, 1);
    struct buf huge = {0};
    put_approval(k, "plan.approval-zoe.json", ADA, "ada", PLAN_A);
    struct buf good = {0};
    assert_int_equal(file_read(kit_path(k->root, "plan.approval-zoe.json"),
                               1 << 20, &good, &err),
                     ST_OK);
    buf_span(&huge, buf_view(&good));
    while (huge.n <= APPROVAL_MAX_BYTES)
        buf_char(&huge, ' ');
    kit_put(k->root, "plan.approval-a.json", buf_cstr(&huge));
    assert_int_equal(file_write(kit_path(k->root, "plan.approval-b.json"),
                                (struct span){"\x7f"
                                              "ELF\0\xff\xfe",
                                              7},
                                &err),
                     ST_OK);
    assert_int_equal(
        file_mkdirs(kit_path(k->root, "plan.approval-c.json"), &err), ST_OK);
    kit_put(k->root, "plan.approval-d.json", "");
    assert_gathered(k, &c, 1, NULL);
    c.rule.persons = 2;
    assert_gathered(k, &c, 1, "(and 3 more)");
    buf_release(&huge);
    buf_release(&good);
}

static void too_many_files(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct approvals all = {0};
    struct err err = {0};
    struct approval_case c = new_case(k, 1);
    for (int i = 0; i < 257; i++) {
        char name[64];
        snprintf(name, sizeof name, "plan.approval-%03d.json", i);
        kit_put(k->root, name, "x");
    }
    assert_int_equal(
        approvals_gather(&c, kit_path(k->root, "plan.json"), &a, &all, &err),
        ST_LIMIT);
    approvals_release(&all);
    arena_release(&a);
}

/* --- the record ------------------------------------------------------ */

static struct json *record_of_two(const struct kit *k, bool not_operator)
{
    static const char *const operators[] = {"cleo", NULL};
    struct arena a = {0};
    struct approvals all = {0};
    struct err err = {0};
    struct approval_case c = new_case(k, 2);
    c.operators = operators;
    c.rule.not_operator = not_operator;
    put_approval(k, "plan.approval-ada.json", ADA, "ada", PLAN_A);
    put_approval(k, "plan.approval-bob.json", BOB, "bob", PLAN_A);
    assert_int_equal(
        approvals_gather(&c, kit_path(k->root, "plan.json"), &a, &all, &err),
        ST_OK);
    assert_int_equal(approvals_enough(&c, &all, "plan.json", &err), ST_OK);
    struct json *record = approvals_record(&c, &all);
    approvals_release(&all);
    arena_release(&a);
    return record;
}

static void check(const struct json *record, const char *says)
{
    struct err err = {0};
    enum status st = approvals_check(record, PLAN_A, NOW_MS, NULL, &err);
    assert_int_equal(st, says ? ST_TAMPERED : ST_OK);
    if (says && !strstr(err.msg, says))
        fail_msg("\"%s\" does not say \"%s\"", err.msg, says);
}

static struct json *given(struct json *record, int n)
{
    struct json *g = (struct json *)json_first(json_get(record, "given"));
    while (n--)
        g = (struct json *)json_next(g);
    return g;
}

static void other_plan(struct json *r)
{
    json_put_str(r, "plan", PLAN_B);
}

static void fewer(struct json *r)
{
    json_put(r, "given", json_new(JSON_ARRAY));
}

static void twice(struct json *r)
{
    struct json *g = json_copy(given(r, 0));
    json_put(r, "given", json_new(JSON_ARRAY));
    json_push((struct json *)json_get(r, "given"), g);
    json_push((struct json *)json_get(r, "given"), json_copy(g));
}

static void none_needed(struct json *r)
{
    json_put_int(r, "persons", 0);
}

static void no_number(struct json *r)
{
    json_remove(r, "persons");
}

static void other_person(struct json *r)
{
    json_put_str(given(r, 0), "person", "cleo");
}

static void other_nonce(struct json *r)
{
    json_put_str(given(r, 0), "nonce", GOOD_NONCE);
}

static void other_time(struct json *r)
{
    json_put_str(given(r, 0), "not_after", "2040-01-01T00:00:00Z");
}

static void other_key(struct json *r)
{
    json_put(given(r, 0), "key", json_copy(json_get(given(r, 1), "key")));
}

static void no_envelope(struct json *r)
{
    json_remove(given(r, 0), "envelope");
}

static void by_the_operator(struct json *r)
{
    json_push((struct json *)json_get(r, "operators"), json_new_str("ada"));
}

static void a_record_is_checked_offline(void **state)
{
    static const struct {
        void (*change)(struct json *);
        const char *says;
    } rows[] = {
        {other_plan, "not for the plan"},
        {fewer, "0 of 2 persons"},
        {twice, "it is there twice"},
        {none_needed, "2 of 0 persons"},
        {no_number, "persons had approved"},
        {other_person, "something else than the record"},
        {other_nonce, "something else than the record"},
        {other_time, "something else than the record"},
        {other_key, "not that of its key"},
        {no_envelope, "no signed envelope"},
        {by_the_operator, "its person operated the run"},
    };
    struct json *good = record_of_two(*state, true);
    check(good, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *r = json_copy(good);
        rows[i].change(r);
        check(r, rows[i].says);
        json_free(r);
    }
    json_free(good);
}

static void the_record_held_then(void **state)
{
    struct json *r = record_of_two(*state, false);
    struct err err = {0};
    int64_t until = (NOW_MS + HOUR_MS) / 1000 * 1000;
    assert_int_equal(approvals_check(r, PLAN_A, until, NULL, &err), ST_OK);
    assert_int_equal(approvals_check(r, PLAN_A, until + 1, NULL, &err),
                     ST_TAMPERED);
    json_free(r);
}

static void the_keys_are_those_persons(void **state)
{
    struct json *r = record_of_two(*state, false);
    struct err err = {0};
    struct person_key other = {"ada", *signer_public(signers[ADA])};
    struct persons fewer_keys = {names, 1, &other, 1};
    assert_int_equal(
        approvals_check(r, PLAN_A, NOW_MS, &authority.persons, &err), ST_OK);
    assert_int_equal(approvals_check(r, PLAN_A, NOW_MS, &fewer_keys, &err),
                     ST_TAMPERED);
    assert_non_null(strstr(err.msg, "of bob: its key is not listed"));
    json_free(r);
}

/* What a resume does: those of the record count again, until their time. */
static void a_record_is_kept(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct approvals all = {0};
    struct err err = {0};
    struct json *r = record_of_two(k, false);
    struct approval_case c = new_case(k, 2);
    approvals_keep(&c, r, &a, &all);
    assert_int_equal(all.n, 2);
    assert_int_equal(approvals_enough(&c, &all, "p", &err), ST_OK);
    approvals_release(&all);
    c.now_ms = NOW_MS + 2 * HOUR_MS;
    approvals_keep(&c, r, &a, &all);
    assert_int_equal(all.n, 0);
    assert_int_equal(approvals_enough(&c, &all, "p", &err), ST_WAITING);
    assert_non_null(strstr(err.msg, "approval of ada: it held until"));
    approvals_release(&all);
    json_free(r);
    arena_release(&a);
}

static void file_names(void **state)
{
    (void)state;
    struct arena a = {0};
    assert_string_equal(approval_path("d/deploy.json", "ada", &a),
                        "d/deploy.approval-ada.json");
    assert_string_equal(approval_path("deploy", "ada", &a),
                        "deploy.approval-ada.json");
    arena_release(&a);
}

#define KIT_TEST(f) cmocka_unit_test_setup_teardown(f, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(who_may_approve_what),
        KIT_TEST(until_its_time_and_not_longer),
        KIT_TEST(another_than_the_operator),
        KIT_TEST(one_run_alone),
        KIT_TEST(payloads_that_are_none),
        KIT_TEST(a_swapped_payload),
        KIT_TEST(persons_are_counted),
        KIT_TEST(one_envelope_is_one_persons),
        KIT_TEST(the_operator_is_not_missing),
        KIT_TEST(others_files_are_left_alone),
        KIT_TEST(huge_and_binary_files),
        KIT_TEST(too_many_files),
        KIT_TEST(a_record_is_checked_offline),
        KIT_TEST(the_record_held_then),
        KIT_TEST(the_keys_are_those_persons),
        KIT_TEST(a_record_is_kept),
        cmocka_unit_test(file_names),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
