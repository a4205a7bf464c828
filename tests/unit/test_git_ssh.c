/* git.fetch and git.push over ssh, with the keys of an agent. */
#include "fixture_repo.h"

#include "git_server.h"

/* libgit2 1.5 does not give back what it read of known_hosts. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libssh2.so\nleak:libgit2.so\n";
}

static pid_t agent, sshd;
static char log_path[96];

/* A home with keys for the host and for two people. */
static const char make_keys[] =
    "set -e; mkdir -m 700 .ssh\n"
    "for key in host other ada bob; do\n"
    "    ssh-keygen -q -t ed25519 -N '' -C $key -f $key; done\n";

static int in_folder(const char *dir, const char *script)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir(dir) == 0)
            execlp("sh", "sh", "-c", script, (char *)NULL);
        _exit(127);
    }
    return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

static void start_agent(const struct kit *k)
{
    const char *socket_path = kit_path(k->dir, "agent");
    setenv("SSH_AUTH_SOCK", socket_path, 1);
    agent = fork();
    if (agent == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 1);
        execlp("ssh-agent", "ssh-agent", "-D", "-a", socket_path, (char *)NULL);
        _exit(127);
    }
    while (!file_exists(socket_path) && waitpid(agent, NULL, WNOHANG) == 0)
        usleep(1000);
}

static void add_key(const struct kit *k, const char *name)
{
    struct buf script = {0};
    buf_printf(&script, "ssh-add -q %s", name);
    assert_int_equal(in_folder(k->dir, buf_cstr(&script)), 0);
    buf_release(&script);
}

/* Lets Ada in; its port. */
static int serve_ssh(const struct kit *k)
{
    int out[2], in[2], port = 0;
    char room[16] = "", host[128], letin[128];
    snprintf(log_path, sizeof log_path, "%s/ssh.log", k->dir);
    snprintf(host, sizeof host, "%s/host", k->dir);
    snprintf(letin, sizeof letin, "%s/ada.pub", k->dir);
    kit_put(k->dir, "ssh.log", "");
    assert_int_equal(pipe(out) | pipe(in), 0);
    sshd = fork();
    if (sshd == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in[0], 0);
        dup2(out[1], 1);
        execlp("node", "node", "tests/unit/ssh_server.mjs", host, letin,
               log_path, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    close(in[0]);
    if (read(out[0], room, sizeof room - 1) > 0)
        port = (int)strtol(room, NULL, 10);
    close(out[0]);
    assert_int_not_equal(port, 0);
    return port;
}

/* What ssh would have noted when it connected before. */
static void know(const struct kit *k, int port, const char *name)
{
    struct buf key = {0}, line = {0};
    struct err err = {0};
    char file[32];
    snprintf(file, sizeof file, "%s.pub", name);
    assert_int_equal(file_read(kit_path(k->dir, file), 4096, &key, &err),
                     ST_OK);
    buf_printf(&line, "[127.0.0.1]:%d %s", port, buf_cstr(&key));
    kit_put(k->dir, ".ssh/known_hosts", buf_cstr(&line));
    buf_release(&line);
    buf_release(&key);
}

static int port;

static int enter(void **state)
{
    struct buf url = {0};
    struct err err = {0};
    struct json *shas = NULL;
    struct json *commits =
        kit_json("[{\"message\":\"one\",\"time\":\"2023-11-14T22:13:20Z\"}]");
    if (kit_enter(state) != 0)
        return -1;
    struct kit *k = *state;
    k->effect = EFFECT_REMOTE;
    kit_put(k->root, "a.txt", "1\n");
    const struct fixture_origin there = {kit_path(k->dir, "origin.git"), NULL};
    if (fixture_repo_init(k->root, &there, commits, &shas, &err) != ST_OK)
        fail_msg("%s", err.msg);
    json_free(commits);
    json_free(shas);
    setenv("HOME", k->dir, 1);
    if (in_folder(k->dir, make_keys) != 0)
        return -1;
    port = serve_ssh(k);
    start_agent(k);
    buf_printf(&url, "ssh://git@127.0.0.1:%d%s", port,
               kit_path(k->dir, "origin.git"));
    git(k->root, "config", "remote.origin.url", buf_cstr(&url), NULL);
    buf_release(&url);
    return 0;
}

static void end(pid_t *pid)
{
    if (*pid > 0) {
        kill(*pid, SIGKILL);
        waitpid(*pid, NULL, 0);
    }
    *pid = 0;
}

static int leave_ssh(void **state)
{
    end(&sshd);
    end(&agent);
    unsetenv("SSH_AUTH_SOCK");
    return leave(state);
}

static const char *noted(void)
{
    const struct server *s = &servers[0];
    snprintf(servers[0].log, sizeof servers[0].log, "%s", log_path);
    return asked(s);
}

/* --------------------------------------------------------------------- */

static void fetches_and_pushes(void **state)
{
    struct kit *k = *state;
    know(k, port, "host");
    add_key(k, "ada");
    kit_call(k, "git.fetch", "{}");
    assert_string_equal(k->err.msg, "");
    kit_put(k->root, "a.txt", "2\n");
    kit_call(k, "git.commit", "{\"opts\":{\"message\":\"two\",\"all\":true}}");
    assert_string_equal(k->err.msg, "");
    char sha[64];
    snprintf(sha, sizeof sha, "%s", json_get_str(k->value, "sha", ""));
    kit_call(k, "git.push", "{\"opts\":{\"refs\":[\"main:next\"]}}");
    assert_string_equal(k->err.msg, "");
    assert_string_equal(
        json_get_str(json_first(json_get(k->value, "refs")), "sha", ""), sha);
    git(kit_path(k->dir, "origin.git"), "cat-file", "-e", sha, NULL);
    assert_non_null(strstr(noted(), "git publickey\ngit-upload-pack\n"));
    assert_non_null(strstr(noted(), "git-receive-pack\n"));
}

static void keys_that_do_not_open(void **state)
{
    struct kit *k = *state;
    static const char *const ops[] = {"git.fetch", "git.push"};
    know(k, port, "host");
    for (int keys = 0; keys < 2; keys++) {
        for (size_t i = 0; i < 2; i++) {
            kit_call(k, ops[i], "{\"opts\":{%s}}",
                     i ? "\"refs\":[\"main\"]" : "");
            assert_error(k, ST_FAILED,
                         "origin does not take a key of your ssh agent "
                         "(ssh-add -l)");
        }
        add_key(k, "bob");
    }
    assert_null(strstr(noted(), "-pack"));
}

/* Neither is offered a key. */
static void hosts_that_are_not_known(void **state)
{
    struct kit *k = *state;
    add_key(k, "ada");
    kit_call(k, "git.fetch", "{}");
    assert_error(k, ST_FAILED,
                 "cannot fetch from origin: its host key is not known: connect "
                 "once with ssh, and look at the key");
    know(k, port, "other");
    kit_call(k, "git.push", "{\"opts\":{\"refs\":[\"main\"]}}");
    assert_error(k, ST_FAILED, "cannot push to origin: its host key");
    assert_string_equal(noted(), "");
}

#define SSH_TEST(f) cmocka_unit_test_setup_teardown(f, enter, leave_ssh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SSH_TEST(fetches_and_pushes),
        SSH_TEST(keys_that_do_not_open),
        SSH_TEST(hosts_that_are_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
