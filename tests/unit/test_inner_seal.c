/* secret.seal through the door: boxes differ, and are found again. */
#include "stage.h"

#include <sodium.h>

#include "hash.h"

/* A valid pair: the private key is the bytes 1 to 32. */
#define KEY "B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9/AsrhtHHw="
#define BOX_SIZE 76 /* base64 of 9 + 48 bytes */

/* The box of the secret "tok-12345"; borrowed from the stage's answer. */
static struct span box_of(struct stage *s, const char *key)
{
    struct json *handle = NULL;
    assert_int_equal(
        vault_put(s->k->vault, "S", SPAN("tok-12345"), &handle, &s->err),
        ST_OK);
    struct json *args = json_new(JSON_OBJECT);
    json_put_str(args, "key", key);
    json_put(args, "s", handle);
    assert_int_equal(stage_ask(s, "secret.seal", args), ST_OK);
    return json_span(json_get(s->answer, "value"));
}

static void assert_box(struct stage *s, const char *want)
{
    struct span box = box_of(s, KEY);
    if (!span_is(box, want))
        fail_msg("%.*s is not %s", SPAN_ARG(box), want);
}

static void keep(struct span box, char out[BOX_SIZE + 1])
{
    assert_int_equal(box.n, BOX_SIZE);
    memcpy(out, box.p, BOX_SIZE);
    out[BOX_SIZE] = '\0';
}

static void a_box_opens_with_the_private_key(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=remote");
    unsigned char public_key[crypto_box_PUBLICKEYBYTES];
    unsigned char private_key[crypto_box_SECRETKEYBYTES];
    unsigned char text[32] = {0};
    struct buf raw = {0};
    for (size_t i = 0; i < sizeof private_key; i++)
        private_key[i] = (unsigned char)(i + 1);
    assert_int_equal(crypto_scalarmult_base(public_key, private_key), 0);
    assert_true(base64_decode(box_of(s, KEY), &raw));
    assert_int_equal(crypto_box_seal_open(text, (const unsigned char *)raw.p,
                                          raw.n, public_key, private_key),
                     0);
    assert_string_equal((const char *)text, "tok-12345");
    buf_release(&raw);
    stage_close(s);
}

static void boxes_differ_but_for_a_new_attempt(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=remote");
    char first[BOX_SIZE + 1];
    char second[BOX_SIZE + 1];
    keep(box_of(s, KEY), first);
    keep(box_of(s, KEY), second);
    assert_string_not_equal(first, second);
    stage_attempt(s); /* asks the first alone */
    assert_box(s, first);
    stage_attempt(s);
    assert_box(s, first);
    assert_box(s, second);
    assert_false(span_is(box_of(s, KEY), second));
    stage_close(s);
}

static void a_crash_keeps_the_box(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=remote");
    char first[BOX_SIZE + 1];
    keep(box_of(s, KEY), first);
    stage_crash(s, 0);
    assert_box(s, first); /* the killed attempt, replayed */
    stage_attempt(s);
    assert_box(s, first);
    stage_close(s);
}

static void what_is_no_key_stops(void **state)
{
    struct kit *k = *state;
    static const char *const keys[] = {"", "B6N8vBQg", "not base64"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct stage *s = stage_open(k, "");
        assert_int_equal(box_of(s, keys[i]).n, 0);
        const char *says = json_get_str(s->answer, "error", "");
        assert_non_null(strstr(says, "no X25519 public key, 32 bytes"));
        assert_true(s->p.stopped);
        stage_close(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        door_test(a_box_opens_with_the_private_key),
        door_test(boxes_differ_but_for_a_new_attempt),
        door_test(a_crash_keeps_the_box),
        door_test(what_is_no_key_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
