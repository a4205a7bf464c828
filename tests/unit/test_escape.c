/* A command that tries to get out, by class: this program is the command, too.
 * Each row is a way out; whether it is open in a class stands in the table, and
 * what was tried is counted. */
#include "ways_out.h"

#include <sys/wait.h>

#include "arena.h"
#include "limit.h"

#define ATTEMPT "attempt" /* the argument that makes this the command */

/* --- in the command ----------------------------------------------------------
 */

/* A word for each row: yes, no, or what killed it. */
static int attempt_all(void)
{
    outside = getenv("OUTSIDE");
    scratch = getenv("TMPDIR");
    engine = (pid_t)atoi(getenv("ENGINE"));
    port = atoi(getenv("PORT"));
    prctl(PR_SET_DUMPABLE, 1);
    for (size_t i = 0; i < ROWS; i++) {
        int how = 0;
        pid_t pid = fork();
        if (pid == 0)
            _exit(rows[i].attempt() == 0 ? 1 : 0);
        if (waitpid(pid, &how, 0) != pid)
            return 1;
        printf("%s\n", how == 1 << 8 ? "yes" : "no");
    }
    return 0;
}

/* --- in the test
 * --------------------------------------------------------------- */

static size_t tried;

/* What there is to be reached. */
struct bait {
    int unix_socket, tcp;
    int port;
};

static struct bait bait_open(const struct kit *k)
{
    struct bait b;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    snprintf(name.sun_path, sizeof name.sun_path, "%s/socket", k->outside);
    b.unix_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    b.tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(b.unix_socket, (struct sockaddr *)&name, sizeof name),
                     0);
    assert_int_equal(bind(b.tcp, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(b.tcp, 8), 0);
    assert_int_equal(getsockname(b.tcp, (struct sockaddr *)&at, &n), 0);
    b.port = ntohs(at.sin_port);
    kit_put(k->outside, "victim", "untouched");
    return b;
}

static void bait_close(const struct kit *k, struct bait *b)
{
    close(b->unix_socket);
    close(b->tcp);
    unlink(kit_path(k->outside, "socket"));
}

static void send_in(struct kit *k, enum effect effect, bool network, int at)
{
    char self[300] = {0};
    assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    struct json *args = kit_json("{\"argv\":[],\"opts\":{\"env\":{}}}");
    struct json *argv = (struct json *)json_get(args, "argv");
    struct json *opts = (struct json *)json_get(args, "opts");
    struct json *env = (struct json *)json_get(opts, "env");
    char number[32];
    json_push(argv, json_new_str(self));
    json_push(argv, json_new_str(ATTEMPT));
    json_put_str(env, "OUTSIDE", k->outside);
    json_put_str(env, "ASAN_OPTIONS", "detect_leaks=0");
    snprintf(number, sizeof number, "%d", (int)getpid());
    json_put_str(env, "ENGINE", number);
    snprintf(number, sizeof number, "%d", at);
    json_put_str(env, "PORT", number);
    if (network)
        json_put_bool(opts, "network", true);
    k->effect = effect;
    kit_perform(k, "sh.run", args);
    if (k->err.st != ST_OK)
        fail_msg("%s", k->err.msg);
}

/* except: rows that nothing closes without Landlock. */
static void compare(const struct kit *k, enum effect effect, bool network,
                    bool landlock)
{
    struct span rest = span_of(json_get_str(k->value, "stdout", ""));
    for (size_t i = 0; i < ROWS; i++) {
        struct span word = span_cut(&rest, '\n');
        bool may =
            rows[i].open & 1u << effect || (network && rows[i].open & NETWORK);
        bool got = span_is(word, "yes");
        tried++;
        if ((got && !may && landlock) || (!got && !span_is(word, "no")) ||
            (!got && may && !(rows[i].open & MAYBE)))
            fail_msg("%s, class %s%s: %.*s", rows[i].name, effect_name(effect),
                     network ? " with the network" : "", SPAN_ARG(word));
    }
}

static void assert_untouched(const struct kit *k, enum effect effect)
{
    struct arena a = {0};
    struct err err = {0};
    char **names;
    size_t n;
    assert_file(k->outside, "victim", "untouched");
    assert_int_equal(file_list(k->outside, &a, &names, &n, &err), ST_OK);
    if (n != 2) /* and the socket */
        fail_msg("class %s left %zu names outside", effect_name(effect), n);
    arena_release(&a);
}

static void no_class_gets_out(void **state)
{
    struct kit *k = *state;
    struct bait b = bait_open(k);
    for (int e = EFFECT_NONE; e <= EFFECT_REMOTE; e++)
        for (int network = 0; network < (e == EFFECT_REMOTE ? 1 : 2);
             network++) {
            unlink(kit_path(k->root, "made"));
            unlink(kit_path(k->scratch, "made"));
            send_in(k, (enum effect)e, network, b.port);
            compare(k, (enum effect)e, network, limit_landlock_abi() > 0);
            if (limit_landlock_abi() > 0)
                assert_untouched(k, (enum effect)e);
        }
    bait_close(k, &b);
    print_message("%zu ways out tried\n", tried);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_class_gets_out, kit_enter,
                                        kit_leave),
    };
    if (argc == 2 && strcmp(argv[1], ATTEMPT) == 0)
        return attempt_all();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
