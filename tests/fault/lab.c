/* Makes scratch repositories, runs the program in them, and looks at them. */
#include "lab.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"
#include "fixture_repo.h"
#include "json.h"

#define FILE_CAP (64u << 20)
#define POLL_US 100

static const char *const env_names[] = {"sandbox", "cloud"};

_Noreturn void lab_fail(const struct lab *l, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s: ", env_names[l->env]);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    struct buf said = lab_output(l);
    size_t from = said.n > 2000 ? said.n - 2000 : 0;
    fprintf(stderr, "\nkept: %s\nits output ends: %s\n", l->dir,
            buf_cstr(&said) + from);
    if (l->cloud > 0)
        kill(l->cloud, SIGKILL);
    exit(1);
}

static const char *in_lab(const struct lab *l, const char *name)
{
    static char room[4][512];
    static int next;
    next = (next + 1) % 4;
    snprintf(room[next], sizeof room[next], "%s/%s", l->dir, name);
    return room[next];
}

/* --- the repository -------------------------------------------------- */

static void must(const struct lab *l, enum status st, const struct err *err)
{
    if (st != ST_OK)
        lab_fail(l, "%s", err->msg);
}

/* text with every `what` replaced. */
static void replace_all(struct buf *text, const char *what, const char *by)
{
    struct buf out = {0};
    struct span all = buf_view(text);
    size_t n = strlen(what);
    for (size_t at = 0; at < all.n;) {
        size_t hit = span_find(all, (struct span){what, n}, at);
        buf_span(&out, span_sub(all, at, hit));
        if (hit < all.n)
            buf_str(&out, by);
        at = hit < all.n ? hit + n : all.n;
    }
    buf_release(text);
    *text = out;
}

static void write_config(const struct lab *l)
{
    struct err err = {0};
    char port[16];
    struct buf text = lab_read(l, "runproof.yaml");
    snprintf(port, sizeof port, "%d", l->port);
    replace_all(&text, "PORT", port);
    must(l, file_write(in_lab(l, "repo/runproof.yaml"), buf_view(&text), &err),
         &err);
    buf_release(&text);
}

static void write_vault(const struct lab *l)
{
    struct err err = {0};
    const char *path = in_lab(l, "repo/vault.env");
    must(l,
         file_write(path,
                    SPAN("FLY_API_TOKEN=sandbox-fly-token-4f1d2a\n"
                         "GITHUB_TOKEN=sandbox-github-token-9c03be\n"),
                    &err),
         &err);
    if (chmod(path, 0600) != 0)
        lab_fail(l, "chmod %s: %s", path, strerror(errno));
}

/* One commit with all there is. */
static void commit(const struct lab *l)
{
    static const char commits[] =
        "[{\"message\":\"all\",\"author\":\"Ines\",\"email\":\"ines@shop."
        "example"
        "\",\"time\":\"2026-11-02T08:15:00Z\",\"add\":[]}]";
    struct json *list = NULL;
    struct json *shas = NULL;
    struct err err = {0};
    must(l, json_parse(span_of(commits), &list, &err), &err);
    must(l, fixture_repo_init(in_lab(l, "repo"), NULL, list, &shas, &err),
         &err);
    json_free(list);
    json_free(shas);
}

/* --- the cloud ------------------------------------------------------- */

void lab_start_cloud(struct lab *l)
{
    const char *const words[] = {"sandbox", "--fixture", "fixture",
                                 "--state", "../state",  NULL};
    l->port = 0;
    l->cloud = lab_spawn(l, words);
    for (int tries = 0; tries < 20000 && !l->port; tries++) {
        struct buf said = lab_output(l);
        size_t at = span_find(buf_view(&said), SPAN("127.0.0.1:"), 0);
        if (at < said.n && said.p[said.n - 1] == '\n')
            l->port = atoi(said.p + at + strlen("127.0.0.1:"));
        buf_release(&said);
        lab_sleep_us(1000);
    }
    if (!l->port)
        lab_fail(l, "the cloud does not start");
}

static int connect_cloud(const struct lab *l)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)l->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
        lab_fail(l, "the cloud does not answer: %s", strerror(errno));
    return fd;
}

struct buf lab_counters(const struct lab *l)
{
    static const char ask[] = "GET /_sandbox/counters HTTP/1.0\r\n"
                              "Host: 127.0.0.1\r\n\r\n";
    struct buf text = {0};
    if (l->env == LAB_SANDBOX)
        return text;
    char chunk[4096];
    int fd = connect_cloud(l);
    ssize_t n = write(fd, ask, sizeof ask - 1);
    while (n > 0) {
        n = read(fd, chunk, sizeof chunk);
        if (n > 0)
            buf_put(&text, chunk, (size_t)n);
    }
    close(fd);
    size_t body = span_find(buf_view(&text), SPAN("\r\n\r\n"), 0);
    struct buf out = {0};
    buf_span(&out, span_sub(buf_view(&text), body + 4, text.n));
    buf_release(&text);
    return out;
}

/* --- opening --------------------------------------------------------- */

void lab_open(struct lab *l, enum lab_env env)
{
    struct err err = {0};
    *l = (struct lab){.env = env, .dir = "/tmp/runproof-lab-XXXXXX"};
    if (!mkdtemp(l->dir))
        lab_fail(l, "mkdtemp: %s", strerror(errno));
    must(l, file_copy_tree("tests/fault/repo", in_lab(l, "repo"), &err), &err);
    must(l,
         file_copy_tree("runbooks/fixtures/shop", in_lab(l, "repo/fixture"),
                        &err),
         &err);
    write_vault(l);
    if (env == LAB_CLOUD)
        lab_start_cloud(l);
    write_config(l);
    commit(l);
}

void lab_close(struct lab *l)
{
    struct err err = {0};
    int code = 0;
    if (l->cloud > 0 && (!lab_kill(l->cloud, SIGTERM, &code) || code != 0))
        lab_fail(l, "the cloud ended with %d", code);
    l->cloud = 0;
    must(l, file_remove_tree(l->dir, &err), &err);
}

/* --- processes ------------------------------------------------------- */

pid_t lab_spawn(const struct lab *l, const char *const *words)
{
    const char *argv[24] = {getenv("RUNPROOF")};
    for (size_t i = 0; words[i] && i < 22; i++)
        argv[i + 1] = words[i];
    const char *repo = in_lab(l, "repo");
    const char *output = in_lab(l, "output");
    /* emptied before the fork: whoever waits for a word must not read the one
     * of the program before */
    int out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    pid_t pid = out < 0 ? -1 : fork();
    if (pid < 0)
        lab_fail(l, "fork: %s", strerror(errno));
    if (pid > 0) {
        close(out);
        return pid;
    }
    int in = open("/dev/null", O_RDONLY);
    if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 ||
        chdir(repo) != 0)
        _exit(126);
    /* Leaks are for other tests to find; here they would cost half the time */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

int lab_wait(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

pid_t lab_spawn_run(const struct lab *l)
{
    const char *const words[] = {
        "run",   "runbooks/kill.md", "--env",      env_names[l->env],
        "--yes", "--answer",         "deploy=yes", NULL};
    return lab_spawn(l, words);
}

pid_t lab_spawn_resume(const struct lab *l)
{
    char bundle[128];
    if (!lab_bundle(l, bundle))
        lab_fail(l, "nothing to resume");
    const char *const words[] = {"resume",     strrchr(bundle, '/') + 1,
                                 "--yes",      "--answer",
                                 "deploy=yes", NULL};
    return lab_spawn(l, words);
}

int lab_verify(const struct lab *l)
{
    const char *const words[] = {"verify", "runbooks/kill.md", NULL};
    return lab_wait(lab_spawn(l, words));
}

int lab_replay(const struct lab *l)
{
    char bundle[128];
    if (!lab_bundle(l, bundle))
        lab_fail(l, "nothing to replay");
    const char *const words[] = {"verify", "--replay", bundle, NULL};
    return lab_wait(lab_spawn(l, words));
}

/* --- moments --------------------------------------------------------- */

void lab_sleep_us(int64_t us)
{
    struct timespec t = {us / 1000000, (us % 1000000) * 1000};
    while (nanosleep(&t, &t) != 0)
        ;
}

static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid;
}

static size_t count_lines(struct span text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    return lines;
}

void lab_await_lines(const struct lab *l, pid_t pid, size_t lines)
{
    char bundle[128] = "";
    char path[256];
    char chunk[65536];
    while (!lab_bundle(l, bundle) && !has_ended(pid))
        lab_sleep_us(POLL_US);
    snprintf(path, sizeof path, "%s/repo/%s/journal.jsonl", l->dir, bundle);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (size_t seen = 0; fd >= 0 && seen < lines && !has_ended(pid);) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        seen += n > 0 ? count_lines((struct span){chunk, (size_t)n}) : 0;
        if (n <= 0)
            lab_sleep_us(POLL_US);
    }
    if (fd >= 0)
        close(fd);
}

bool lab_kill(pid_t pid, int signal, int *code)
{
    bool hit = !has_ended(pid);
    kill(pid, signal);
    *code = lab_wait(pid);
    return hit && (signal != SIGKILL || *code == -SIGKILL);
}

/* --- what there is --------------------------------------------------- */

struct buf lab_read(const struct lab *l, const char *path)
{
    struct buf text = {0};
    struct err ignored = {0};
    char room[300];
    snprintf(room, sizeof room, "%s/repo/%s", l->dir, path);
    if (file_read(room, FILE_CAP, &text, &ignored) != ST_OK)
        buf_clear(&text);
    return text;
}

struct buf lab_output(const struct lab *l)
{
    return lab_read(l, "../output");
}

bool lab_bundle(const struct lab *l, char room[128])
{
    DIR *d = opendir(in_lab(l, "repo/artifacts/fault"));
    size_t found = 0;
    const struct dirent *e = d ? readdir(d) : NULL;
    for (; e; e = readdir(d)) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(room, 128, "artifacts/fault/%.100s", e->d_name);
        found++;
    }
    if (d)
        closedir(d);
    if (found > 1)
        lab_fail(l, "%zu bundles for one run", found);
    return found;
}

static struct buf read_journal(const struct lab *l)
{
    char bundle[128];
    char path[160];
    if (!lab_bundle(l, bundle))
        return (struct buf){0};
    snprintf(path, sizeof path, "%s/journal.jsonl", bundle);
    return lab_read(l, path);
}

size_t lab_journal_lines(const struct lab *l)
{
    struct buf text = read_journal(l);
    size_t lines = count_lines(buf_view(&text));
    buf_release(&text);
    return lines;
}

const char *lab_last_record(const struct lab *l, char room[32])
{
    struct buf text = read_journal(l);
    struct span rest = buf_view(&text);
    snprintf(room, 32, "%s", "");
    while (memchr(rest.p ? rest.p : "", '\n', rest.n)) {
        struct json *rec = NULL;
        struct err err = {0};
        must(l, json_parse(span_cut(&rest, '\n'), &rec, &err), &err);
        snprintf(room, 32, "%s", json_get_str(rec, "type", "?"));
        json_free(rec);
    }
    buf_release(&text);
    return room;
}

struct buf lab_logs(const struct lab *l)
{
    struct buf all = {0};
    struct arena a = {0};
    struct err err = {0};
    char bundle[128];
    char **names = NULL;
    size_t n = 0;
    if (!lab_bundle(l, bundle))
        return all;
    const char *dir = path_join(&a, in_lab(l, "repo"), bundle);
    must(l, file_list(dir, &a, &names, &n, &err), &err);
    for (size_t i = 0; i < n; i++) {
        if (!span_ends(span_of(names[i]), ".log"))
            continue;
        struct buf text = lab_read(l, path_join(&a, bundle, names[i]));
        buf_printf(&all, "%s\n", names[i]);
        buf_span(&all, buf_view(&text));
        buf_release(&text);
    }
    arena_release(&a);
    return all;
}

static void replace_matches(struct buf *text, const char *pattern,
                            const char *by)
{
    regex_t re;
    regmatch_t m;
    struct buf out = {0};
    const char *at = buf_cstr(text);
    if (regcomp(&re, pattern, REG_EXTENDED) != 0)
        abort();
    while (regexec(&re, at, 1, &m, 0) == 0) {
        buf_put(&out, at, (size_t)m.rm_so);
        buf_str(&out, by);
        at += m.rm_eo;
    }
    buf_str(&out, at);
    regfree(&re);
    buf_release(text);
    *text = out;
}

void lab_normalise(const struct lab *l, struct buf *text)
{
    static const char *const varying[][2] = {
        {"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "TIME"},
        {" in ([0-9]+ m )?[0-9.]+ m?s", " in SECONDS"},
        {"127.0.0.1:[0-9]+", "HOST"},
        {" out=[0-9a-f]{16}", " out=DIGEST"},
    };
    char bundle[128];
    if (lab_bundle(l, bundle))
        replace_all(text, strrchr(bundle, '/') + 1, "RUN");
    for (size_t i = 0; i < sizeof varying / sizeof *varying; i++)
        replace_matches(text, varying[i][0], varying[i][1]);
}

static void add_below(const struct lab *l, const char *path, struct hasher *h,
                      struct arena *a)
{
    char **names = NULL;
    size_t n = 0;
    struct err err = {0};
    const char *full = path_join(a, in_lab(l, "repo"), path);
    if (!file_is_dir(full)) {
        struct buf text = lab_read(l, path);
        hasher_add(h, span_of(arena_printf(a, "%s %zu\n", path, text.n)));
        hasher_add(h, buf_view(&text));
        buf_release(&text);
        return;
    }
    must(l, file_list(full, a, &names, &n, &err), &err);
    for (size_t i = 0; i < n; i++)
        add_below(l, path_join(a, path, names[i]), h, a);
}

struct digest lab_digest(const struct lab *l, const char *folder)
{
    struct arena a = {0};
    struct hasher h;
    hasher_init(&h);
    add_below(l, folder, &h, &a);
    arena_release(&a);
    return hasher_end(&h);
}

static size_t count_below(const char *dir, const char *prefix)
{
    size_t found = 0;
    DIR *d = opendir(dir);
    const struct dirent *e = d ? readdir(d) : NULL;
    for (; e; e = readdir(d)) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
            !strcmp(e->d_name, ".git") || !strcmp(e->d_name, ".runproof"))
            continue;
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (!strncmp(e->d_name, prefix, strlen(prefix))) {
            fprintf(stderr, "left over: %s\n", path);
            found++;
        }
        if (e->d_type == DT_DIR)
            found += count_below(path, prefix);
    }
    if (d)
        closedir(d);
    return found;
}

size_t lab_leftovers(const struct lab *l)
{
    return count_below(in_lab(l, "repo"), ".runproof-") +
           count_below(in_lab(l, "repo/artifacts"), ".") +
           count_below(in_lab(l, "repo/.runproof/runs"), "");
}
