/* Commands on a kernel that cannot confine them, and those that declare the
 * network: what the policy makes of it. */
#include "stage.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "limit.h"

/* From here on this process finds no Landlock. */
static void hide_landlock(void)
{
    struct sock_filter code[] = {
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_landlock_create_ruleset},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    };
    const struct sock_fprog program = {4, code};
    assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
    assert_int_equal(limit_landlock_abi(), 0);
}

static size_t times(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        n++;
    return n;
}

/* stderr goes to a file meanwhile. */
static void warns_once(struct kit *k)
{
    struct stage *s = stage_open(k, "effect=local");
    struct buf said = {0};
    int saved = dup(2);
    assert_non_null(freopen(kit_path(k->dir, "said"), "w", stderr));
    for (int i = 0; i < 3; i++) {
        stage_do(s, "sh.run", "{\"argv\":[\"true\"]}");
        assert_answered(s);
    }
    fflush(stderr);
    dup2(saved, 2);
    close(saved);
    assert_records(s, "attempt warning intent result/local intent "
                      "result/local intent result/local");
    if (file_read(kit_path(k->dir, "said"), 4096, &said, &s->err) != ST_OK)
        fail_msg("%s", s->err.msg);
    assert_int_equal(times(buf_cstr(&said), "warning: "), 1);
    assert_non_null(strstr(buf_cstr(&said), "no Landlock"));
    buf_release(&said);
    stage_close(s);
}

static void refuses_where_required(struct kit *k)
{
    static const char *const classes[] = {"effect=read", "effect=local",
                                          "effect=remote"};
    for (size_t i = 0; i < 3; i++) {
        struct stage *s = stage_open(k, classes[i]);
        s->env.policy.confinement = CONFINEMENT_REQUIRED;
        stage_do(s, "sh.run", "{\"argv\":[\"sh\",\"-c\",\"echo x >%s/ran\"]}",
                 k->scratch);
        assert_raised(s, "refused", "confine: required");
        assert_true(s->p.stopped);
        assert_true(s->p.refused);
        assert_true(s->p.policy_refused);
        assert_false(file_exists(kit_path(k->scratch, "ran")));
        stage_do(s, "fs.exists", "{\"path\":\"f\"}"); /* no command */
        assert_answered(s);
        stage_close(s);
    }
}

static void without_landlock(void **state)
{
    int how;
    pid_t pid = fork();
    if (pid == 0) {
        hide_landlock();
        refuses_where_required(*state);
        warns_once(*state);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_int_equal(how, 0);
}

static void with_landlock_nothing_is_said(void **state)
{
    struct stage *s = stage_open(*state, "effect=read");
    bool can = limit_landlock_abi() > 0;
    s->env.policy.confinement = CONFINEMENT_REQUIRED;
    stage_do(s, "sh.run", "{\"argv\":[\"true\"]}");
    assert_int_equal(json_get_bool(s->answer, "ok", false), can);
    assert_records(s, "attempt result/read");
    stage_close(s);
}

/* What declares the network is decided on as a remote change, and stays of its
 * class. */
static void the_network_is_asked_for(void **state)
{
    static const struct {
        enum verdict remote;
        bool yes;
        const char *opts, *says; /* NULL: it runs */
    } rows[] = {
        {VERDICT_ALLOW, false, "{\"network\":true}", NULL},
        {VERDICT_ASK, true, "{\"network\":true}", NULL},
        {VERDICT_DENY, false, "{\"network\":true}",
         "a command with the network in staging: the policy denies it"},
        {VERDICT_DENY, false, "{\"network\":false}", NULL},
        {VERDICT_DENY, false, "{}", NULL},
        {VERDICT_ALLOW, false, "{\"network\":\"yes\"}", "true or false"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage *s = stage_open(*state, "effect=read");
        s->env.policy.by_class[EFFECT_REMOTE] = rows[i].remote;
        s->person.yes = rows[i].yes;
        stage_do(s, "sh.run", "{\"argv\":[\"true\"],\"opts\":%s}",
                 rows[i].opts);
        if (!rows[i].says) {
            assert_answered(s);
            assert_int_equal(s->p.counts[EFFECT_READ], 1);
        } else {
            assert_raised(s, i == 5 ? "activity" : "refused", rows[i].says);
        }
        stage_close(s);
    }
}

/* Nobody is there to say yes. */
static void the_network_waits_for_a_word(void **state)
{
    struct stage *s = stage_open(*state, "effect=read");
    s->env.policy.by_class[EFFECT_REMOTE] = VERDICT_ASK;
    stage_do(s, "sh.run", "{\"argv\":[\"true\"],\"opts\":{\"network\":true}}");
    assert_int_equal(s->st, ST_WAITING);
    assert_non_null(strstr(s->err.msg, "uses the network in staging"));
    stage_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        door_test(without_landlock),
        door_test(with_landlock_nothing_is_said),
        door_test(the_network_is_asked_for),
        door_test(the_network_waits_for_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
