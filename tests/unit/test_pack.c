/* Packs: what is read out of sound ones, and what hostile ones cannot do. */
#include "pack_kit.h"

#include <stdio.h>

#include "delta.h"

#define DELTA(lit) ((struct span){(lit), sizeof(lit) - 1})

/* --- who looks ------------------------------------------------------- */

struct seen {
    const struct pack *pack;
    struct buf text; /* "name=bytes;" of each object, "name!fault;" */
    int told;        /* what was told and not yet forgotten */
    int limit;       /* stop after so many; 0: never */
    int n;
};

static void *on_object(void *ctx, const struct pack_object *o)
{
    struct seen *s = ctx;
    buf_printf(&s->text, "%c=", *pack_name(s->pack, o->entry));
    buf_span(&s->text, o->bytes);
    buf_char(&s->text, ';');
    assert_true((o->base != NULL) == (o->delta.n > 0));
    s->told++;
    s->n++;
    return s;
}

static void on_forget(void *ctx, void *told)
{
    assert_ptr_equal(ctx, told);
    ((struct seen *)ctx)->told--;
}

static void on_fault(void *ctx, uint32_t entry, enum pack_fault fault)
{
    struct seen *s = ctx;
    buf_printf(&s->text, "%c!%d;", *pack_name(s->pack, entry), (int)fault);
}

static bool on_stop(void *ctx)
{
    const struct seen *s = ctx;
    return s->limit && s->n >= s->limit;
}

static void walk_all(struct pack_kit *k, const struct pack *p, struct seen *s,
                     size_t ceiling, size_t held)
{
    struct pack_room room = {0};
    const struct pack_visitor v = {.object = on_object,
                                   .forget = on_forget,
                                   .fault = on_fault,
                                   .stop = on_stop,
                                   .ctx = s,
                                   .ceiling = ceiling,
                                   .held = held};
    s->pack = p;
    for (uint32_t i = 0; i < p->n; i++)
        if (!p->entries[i].delta && p->entries[i].type == PACK_BLOB)
            pack_walk(p, i, &k->inflate, &room, &v);
    assert_int_equal(s->told, 0);
    assert_int_equal(room.held, 0);
    pack_room_release(&room);
}

/* Seals, reads and walks; what was seen must be `want`. */
static void expect_seen(struct pack_kit *k, const char *want)
{
    struct pack p;
    struct err err = {0};
    struct seen s = {0};
    kit_seal(k);
    if (kit_read(k, &p, &err) != ST_OK)
        fail_msg("%s", err.msg);
    walk_all(k, &p, &s, 1 << 20, 1 << 20);
    assert_string_equal(buf_cstr(&s.text), want);
    buf_release(&s.text);
    pack_release(&p);
    kit_close(k);
}

/* base "hello": copy 4 from 0, insert "p!" */
#define HELP DELTA("\5\6\x90\4\2p!")
/* base "hellp!": copy 2 from 4, insert "x" */
#define PX DELTA("\6\3\x91\4\2\1x")

/* --- sound ones ------------------------------------------------------ */

static void a_tree_of_deltas(void **state)
{
    (void)state;
    struct pack_kit k;
    kit_open(&k);
    uint64_t a = kit_whole(&k, PACK_BLOB, "hello", 'a');
    kit_whole(&k, PACK_TREE, "a tree is not asked for", 't');
    uint64_t b = kit_ofs(&k, a, HELP, 'b');
    kit_ofs(&k, b, PX, 'c');
    kit_ref(&k, 'a', DELTA("\5\5\x90\5"), 'd');
    kit_whole(&k, PACK_BLOB, "", 'e');
    expect_seen(&k, "a=hello;b=hellp!;c=p!x;d=hello;e=;");
}

/* A delta may stand before its base when it names it. */
static void a_base_behind(void **state)
{
    (void)state;
    struct pack_kit k;
    kit_open(&k);
    kit_ref(&k, 'z', HELP, 'a');
    kit_whole(&k, PACK_BLOB, "hello", 'z');
    expect_seen(&k, "z=hello;a=hellp!;");
}

static void indexes_of_each_kind(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct pack_kit k;
        kit_open(&k);
        k.old = kind == 1;
        k.far = kind == 2;
        kit_whole(&k, PACK_BLOB, "one", 'o');
        kit_whole(&k, PACK_BLOB, "two", 't');
        expect_seen(&k, "o=one;t=two;");
    }
}

static void an_empty_pack(void **state)
{
    (void)state;
    struct pack_kit k;
    kit_open(&k);
    expect_seen(&k, "");
}

static void names_are_found(void **state)
{
    (void)state;
    struct pack_kit k;
    struct pack p;
    struct err err = {0};
    unsigned char oid[PACK_OID];
    kit_open(&k);
    for (int i = 0; i < 20; i++)
        kit_whole(&k, PACK_BLOB, "x", (unsigned char)(i * 11));
    kit_seal(&k);
    assert_int_equal(kit_read(&k, &p, &err), ST_OK);
    for (int i = 0; i < 256; i++) {
        memset(oid, i, PACK_OID);
        uint32_t at = pack_find(&p, oid);
        assert_int_equal(at != PACK_NONE, i % 11 == 0 && i < 220);
        if (at != PACK_NONE)
            assert_memory_equal(pack_name(&p, at), oid, PACK_OID);
    }
    pack_release(&p);
    kit_close(&k);
}

static void stops_when_told(void **state)
{
    (void)state;
    struct pack_kit k;
    struct pack p;
    struct err err = {0};
    struct seen s = {.limit = 2};
    kit_open(&k);
    uint64_t a = kit_whole(&k, PACK_BLOB, "hello", 'a');
    uint64_t b = kit_ofs(&k, a, HELP, 'b');
    kit_ofs(&k, b, PX, 'c');
    kit_seal(&k);
    assert_int_equal(kit_read(&k, &p, &err), ST_OK);
    walk_all(&k, &p, &s, 1 << 20, 1 << 20);
    assert_string_equal(buf_cstr(&s.text), "a=hello;b=hellp!;");
    buf_release(&s.text);
    pack_release(&p);
    kit_close(&k);
}

/* --- objects that lie ------------------------------------------------ */

static void loops_are_not_followed(void **state)
{
    (void)state;
    struct pack_kit k;
    struct pack p;
    struct err err = {0};
    struct seen s = {0};
    kit_open(&k);
    kit_ref(&k, 'b', HELP, 'a');
    kit_ref(&k, 'a', HELP, 'b');
    kit_ref(&k, 'c', HELP, 'c');
    kit_ref(&k, 'a', HELP, 'd');
    kit_whole(&k, PACK_BLOB, "sound", 's');
    kit_seal(&k);
    assert_int_equal(kit_read(&k, &p, &err), ST_OK);
    assert_int_equal(p.faults[PACK_LOOP], 4);
    walk_all(&k, &p, &s, 1 << 20, 1 << 20);
    assert_string_equal(buf_cstr(&s.text), "s=sound;");
    buf_release(&s.text);
    pack_release(&p);
    kit_close(&k);
}

static void a_base_that_is_elsewhere(void **state)
{
    (void)state;
    struct pack_kit k;
    struct pack p;
    struct err err = {0};
    kit_open(&k);
    kit_ref(&k, 'x', HELP, 'a');
    kit_ref(&k, 'a', PX, 'b');
    kit_seal(&k);
    assert_int_equal(kit_read(&k, &p, &err), ST_OK);
    assert_int_equal(p.faults[PACK_OUTSIDE], 2);
    assert_int_equal(p.faults[PACK_LOOP], 0);
    pack_release(&p);
    kit_close(&k);
}

static void sizes_that_lie(void **state)
{
    (void)state;
    struct pack_kit k;
    kit_open(&k);
    kit_begin(&k, PACK_BLOB, 4, 'a'); /* has five bytes */
    kit_end(&k, SPAN("hello"));
    kit_begin(&k, PACK_BLOB, 6, 'b');
    kit_end(&k, SPAN("hello"));
    kit_begin(&k, PACK_BLOB, (uint64_t)1 << 50, 'c'); /* gets no memory */
    kit_end(&k, SPAN("hello"));
    expect_seen(&k, "a!3;b!3;c!3;");
}

static void deltas_that_lie(void **state)
{
    (void)state;
    static const struct {
        struct span delta;
        int fault;
    } rows[] = {
        {{"\4\6\x90\4\2p!", 7}, PACK_DELTA}, /* another base */
        {{"\5\7\x90\4\2p!", 7}, PACK_DELTA}, /* makes less */
        {{"\5\5\x90\4\2p!", 7}, PACK_DELTA}, /* makes more */
        {{"\5\6\x90\6", 4}, PACK_DELTA},     /* copies behind the end */
        {{"\5\6\x91\4\6", 5}, PACK_DELTA},   /* begins in it */
        {{"\5\6\x90\4\3p!", 7}, PACK_DELTA}, /* inserts what is not there */
        {{"\5\6\x90\4\0p!", 7}, PACK_DELTA}, /* an operation that is none */
        {{"\5\6\xff\1", 4}, PACK_DELTA},     /* cut off */
        {{"\5", 1}, PACK_DELTA},             /* cut off */
        {{"", 0}, PACK_DELTA},               /* nothing */
        {{"\5\xff\xff\xff\x7f\x90\4", 7}, PACK_BIG},
        {{"\5\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10}, PACK_DELTA},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char want[32];
        struct pack_kit k;
        kit_open(&k);
        uint64_t a = kit_whole(&k, PACK_BLOB, "hello", 'a');
        uint64_t b = kit_ofs(&k, a, rows[i].delta, 'b');
        kit_ofs(&k, b, PX, 'c'); /* what is made of it */
        snprintf(want, sizeof want, "a=hello;b!%d;c!%d;", rows[i].fault,
                 rows[i].fault == PACK_BIG ? PACK_BIG : PACK_OUTSIDE);
        expect_seen(&k, want);
    }
}

static void bases_that_are_none(void **state)
{
    (void)state;
    struct pack_kit k;
    struct pack p;
    struct err err = {0};
    kit_open(&k);
    uint64_t a = kit_whole(&k, PACK_BLOB, "hello", 'a');
    kit_ofs(&k, a + 1, HELP, 'b'); /* the middle of an object */
    kit_begin(&k, PACK_OFS_DELTA, 7, 'c');
    buf_char(&k.pack, 0); /* itself */
    kit_end(&k, HELP);
    kit_begin(&k, PACK_OFS_DELTA, 7, 'd');
    buf_put(&k.pack, "\377\377\377\377\377\377\377\377\377\377\1", 11);
    kit_end(&k, HELP);
    kit_begin(&k, 5, 7, 'e'); /* no such type */
    kit_end(&k, HELP);
    kit_seal(&k);
    assert_int_equal(kit_read(&k, &p, &err), ST_OK);
    assert_int_equal(p.faults[PACK_HEADER], 4);
    assert_int_equal(p.faults[PACK_SOUND], 1);
    pack_release(&p);
    kit_close(&k);
}

static void a_flipped_byte(void **state)
{
    (void)state;
    struct pack_kit k;
    struct pack p;
    struct err err = {0};
    kit_open(&k);
    uint64_t a = kit_whole(&k, PACK_BLOB, "hello", 'a');
    kit_whole(&k, PACK_BLOB, "sound", 's');
    kit_ofs(&k, a, HELP, 'b');
    kit_seal(&k);
    k.pack.p[a] ^= 0x10; /* a tree now, says its header */
    assert_int_equal(kit_read(&k, &p, &err), ST_OK);
    assert_int_equal(p.faults[PACK_CRC], 1);
    assert_int_equal(p.faults[PACK_OUTSIDE], 1); /* what is made of it */
    pack_release(&p);
    kit_close(&k);
}

static void ceilings_hold(void **state)
{
    (void)state;
    struct pack_kit k;
    struct pack p;
    struct err err = {0};
    struct seen s = {0};
    kit_open(&k);
    uint64_t a = kit_whole(&k, PACK_BLOB, "hello", 'a');
    uint64_t b = kit_ofs(&k, a, HELP, 'b');
    kit_ofs(&k, b, PX, 'c');
    kit_seal(&k);
    assert_int_equal(kit_read(&k, &p, &err), ST_OK);
    walk_all(&k, &p, &s, 5, 1 << 20); /* "hellp!" has six */
    walk_all(&k, &p, &s, 4, 1 << 20);
    walk_all(&k, &p, &s, 100, 10); /* all that is held at once */
    assert_string_equal(buf_cstr(&s.text), "a=hello;b!7;c!7;"
                                           "a!7;b!7;c!7;"
                                           "a=hello;b!7;c!7;");
    buf_release(&s.text);
    pack_release(&p);
    kit_close(&k);
}

/* --- packs that lie as a whole ---------------------------------------- */

static struct pack_kit some(void)
{
    struct pack_kit k;
    kit_open(&k);
    uint64_t a = kit_whole(&k, PACK_BLOB, "hello", 'a');
    kit_ofs(&k, a, HELP, 'b');
    return k;
}

static void expect_refused(struct pack_kit *k, enum status st, const char *why)
{
    struct pack p;
    struct err err = {0};
    assert_int_equal(kit_read(k, &p, &err), st);
    if (!strstr(err.msg, why))
        fail_msg("'%s' does not say '%s'", err.msg, why);
    pack_release(&p);
    kit_close(k);
}

static void outsides_that_lie(void **state)
{
    (void)state;
    struct pack_kit k = some();
    kit_seal(&k);
    k.pack.n -= 1;
    expect_refused(&k, ST_IO, "do not belong together");
    k = some();
    kit_seal(&k);
    k.pack.p[11] = 3; /* objects */
    expect_refused(&k, ST_IO, "do not belong together");
    k = some();
    kit_seal(&k);
    k.pack.p[7] = 9; /* version */
    expect_refused(&k, ST_INPUT, "version");
    k = some();
    kit_seal(&k);
    k.idx.p[7] = 3;
    expect_refused(&k, ST_INPUT, "version");
    k = some();
    kit_seal(&k);
    k.idx.p[8] = 1; /* fan-out that falls */
    expect_refused(&k, ST_IO, "index is damaged");
    k = some();
    k.far = true;
    k.far_lies = (uint64_t)5 << 32;
    kit_seal(&k);
    expect_refused(&k, ST_IO, "leads out of the pack");
    k = some();
    kit_seal(&k);
    k.objects[0].offset = 0;
    memcpy(k.idx.p + 8 + 1024 + 2 * 24, "\xff\xff\xff\xff", 4); /* far row */
    expect_refused(&k, ST_IO, "leads out of the pack");
    k = some();
    k.objects[1].offset = k.objects[0].offset;
    kit_seal(&k);
    expect_refused(&k, ST_IO, "twice");
}

/* However much of either file is there, nothing is read beyond it. */
static void files_cut_anywhere(void **state)
{
    (void)state;
    struct pack_kit k = some();
    kit_seal(&k);
    for (size_t n = 0; n < k.idx.n; n += n < 1030 ? 97 : 1) {
        struct pack p;
        struct err err = {0};
        char *copy = mem_alloc(n);
        memcpy(copy, k.idx.p, n);
        assert_int_not_equal(pack_read(&p, (struct span){copy, n},
                                       buf_view(&k.pack), &k.inflate, &err),
                             ST_OK);
        pack_release(&p);
        mem_free(copy);
    }
    for (size_t n = 0; n < k.pack.n; n++) {
        struct pack p;
        struct err err = {0};
        char *copy = mem_alloc(n);
        memcpy(copy, k.pack.p, n);
        assert_int_not_equal(pack_read(&p, buf_view(&k.idx),
                                       (struct span){copy, n}, &k.inflate,
                                       &err),
                             ST_OK);
        pack_release(&p);
        mem_free(copy);
    }
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_of_deltas),
        cmocka_unit_test(a_base_behind),
        cmocka_unit_test(indexes_of_each_kind),
        cmocka_unit_test(an_empty_pack),
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(stops_when_told),
        cmocka_unit_test(loops_are_not_followed),
        cmocka_unit_test(a_base_that_is_elsewhere),
        cmocka_unit_test(sizes_that_lie),
        cmocka_unit_test(deltas_that_lie),
        cmocka_unit_test(bases_that_are_none),
        cmocka_unit_test(a_flipped_byte),
        cmocka_unit_test(ceilings_hold),
        cmocka_unit_test(outsides_that_lie),
        cmocka_unit_test(files_cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
