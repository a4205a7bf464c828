/* Runs a command under a supervisor that outlives none of its descendants.
 *
 *   engine ── supervisor ── command ── …
 *      │  stop ▸    │ ◂ report  │ ▸ out, err
 *
 * The supervisor is a fork of the engine that only waits: for the command's
 * end, or for the stop pipe to close, which the engine's death does too. Then
 * it kills every descendant, also those that left the session.
 *
 * Where it may, it is the first process of a PID namespace of its own. The
 * kernel kills the others when that one ends, however many they are and
 * however fast they fork; and none of them can name a process outside. A
 * user namespace, which makes that possible without being root, shows the
 * files of others as nobody's: so it is made only where Landlock does not keep
 * signals in, and not for a command that may use the network (ssh looks at
 * whose its settings are). Elsewhere the supervisor is a subreaper: what it
 * has to kill becomes its child as parents die.
 *
 * Between fork and exec only async-signal-safe functions are used. */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "family.h"
#include "limit.h"

#define GRACE_MS 5000 /* for the supervisor to end everything */
#define MOST_PASSES 64
#define TICK_MS 200 /* between two looks at is_stopped */

enum { READ_END, WRITE_END };

/* What comes over the report pipe. */
struct report {
    enum report_kind {
        REPORT_END,     /* value: a wait status */
        REPORT_CONFINE, /* value: errno; the command was not started */
        REPORT_START
    } kind;
    int value;
};

struct pipes {
    int input;
    int out[2], err[2], stop[2], report[2];
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void pipes_close(struct pipes *p)
{
    close_fd(&p->input);
    for (int end = 0; end < 2; end++) {
        close_fd(&p->out[end]);
        close_fd(&p->err[end]);
        close_fd(&p->stop[end]);
        close_fd(&p->report[end]);
    }
}

/* --- in the command, between fork and exec --- */

static _Noreturn void give_up(int report, enum report_kind kind)
{
    struct report r = {kind, errno};
    ssize_t n = write(report, &r, sizeof r);
    _exit(n == sizeof r ? 127 : 126);
}

static void signals_default(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void command(const struct proc_spec *spec,
                              const struct pipes *p)
{
    int report = p->report[WRITE_END];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    signals_default();
    if (fchdir(spec->cwd) != 0 || dup2(p->input, STDIN_FILENO) < 0 ||
        dup2(p->out[WRITE_END], STDOUT_FILENO) < 0 ||
        dup2(p->err[WRITE_END], STDERR_FILENO) < 0)
        give_up(report, REPORT_START);
    if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) !=
            0 ||
        !limit_enter(spec->limit))
        give_up(report, REPORT_CONFINE);
    execve(spec->program, spec->argv, spec->envp);
    give_up(report, REPORT_START);
}

/* --- in the supervisor --- */

/* SIGKILLs each descendant. They are stopped first, until no pass finds more of
 * them: what forks as fast as it is killed would never end. False when the
 * kernel does not list children. */
static bool kill_family(void)
{
    static pid_t all[2 * LIMIT_PROCESSES];
    pid_t self = getpid();
    size_t n = 0;
    size_t before = SIZE_MAX;
    for (int pass = 0; n != before && pass < MOST_PASSES; pass++) {
        before = n;
        n = family_list(self, all, sizeof all / sizeof *all);
        for (size_t i = 0; i < n; i++)
            kill(all[i], SIGSTOP);
    }
    for (size_t i = 0; i < n; i++)
        kill(all[i], SIGKILL);
    return access("/proc/thread-self/children", R_OK) == 0;
}

/* Until there is no descendant left. In a namespace of its own nothing else can
 * be meant by -1; there the ids that the kernel lists are those of outside. */
static void kill_descendants(pid_t first, bool apart, int *status)
{
    const struct timespec moment = {0, 1000000};
    for (;;) {
        bool listed = apart ? kill(-1, SIGKILL) == 0 : kill_family();
        if (!listed && !apart)
            kill(-first, SIGKILL);
        int s;
        pid_t pid = waitpid(-1, &s, WNOHANG);
        for (; pid > 0; pid = waitpid(-1, &s, WNOHANG))
            if (pid == first)
                *status = s;
        if (pid < 0 || !listed)
            return;
        nanosleep(&moment, NULL);
    }
}

/* Reaps what has ended; true when the command is among it. */
static bool reap(pid_t first, int *status)
{
    bool ended = false;
    for (;;) {
        int s;
        pid_t pid = waitpid(-1, &s, WNOHANG);
        if (pid <= 0)
            return ended;
        if (pid == first) {
            *status = s;
            ended = true;
        }
    }
}

enum { STOP, REPORT }; /* the two descriptors that the supervisor keeps */

/* Until the command ends: true, or the engine asks for its end. */
static bool watch_command(pid_t first, int *status)
{
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    struct pollfd watch[] = {{STOP, POLLIN, 0},
                             {signalfd(-1, &children, 0), POLLIN, 0}};
    for (;;) {
        poll(watch, 2, -1);
        if (watch[0].revents)
            return false;
        struct signalfd_siginfo info;
        if (read(watch[1].fd, &info, sizeof info) == sizeof info &&
            reap(first, status))
            return true;
    }
}

static _Noreturn void supervise(const struct proc_spec *spec,
                                const struct pipes *p, bool apart)
{
    sigset_t all;
    sigfillset(&all);
    signals_default(); /* SIGCHLD might be ignored */
    sigprocmask(SIG_SETMASK, &all, NULL);
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t first = fork();
    if (first < 0)
        give_up(p->report[WRITE_END], REPORT_START);
    if (first == 0)
        command(spec, p);
    dup2(p->stop[READ_END], STOP);
    dup2(p->report[WRITE_END], REPORT);
    syscall(SYS_close_range, REPORT + 1, ~0u, 0);

    int status = 0;
    bool ended = watch_command(first, &status);
    kill_descendants(first, apart, ended ? &(int){0} : &status);
    struct report r = {REPORT_END, status};
    ssize_t n = write(REPORT, &r, sizeof r);
    _exit(n == sizeof r ? 0 : 1);
}

/* --- becoming the supervisor --- */

static bool write_text(const char *path, const char *text)
{
    size_t n = strlen(text);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, text, n) == (ssize_t)n;
    if (fd >= 0)
        close(fd);
    return done;
}

/* "1000 1000 1": in a user namespace everybody is who he was. */
static bool keep_id(const char *map, unsigned id)
{
    char digits[16];
    char text[64] = "";
    char *p = digits + sizeof digits - 1;
    *p = '\0';
    do
        *--p = (char)('0' + id % 10);
    while (id /= 10);
    strcat(strcat(strcat(strcat(text, p), " "), p), " 1");
    return write_text(map, text);
}

/* Without, the command goes on as one who owns nothing. */
static void keep_ids(unsigned uid, unsigned gid)
{
    prctl(PR_SET_DUMPABLE, 1); /* else the files are root's */
    if (keep_id("/proc/self/uid_map", uid) &&
        write_text("/proc/self/setgroups", "deny"))
        (void)keep_id("/proc/self/gid_map", gid);
}

/* As fork(); 0 in the supervisor. *apart: with a PID namespace of its own. */
static pid_t fork_supervisor(const struct proc_spec *spec, bool *apart)
{
    unsigned uid = geteuid();
    unsigned gid = getegid();
    *apart = true;
    long pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
    if (pid < 0 && spec->user_namespace) {
        pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, 0, 0,
                      0, 0);
        if (pid == 0)
            keep_ids(uid, gid);
    }
    if (pid >= 0)
        return (pid_t)pid;
    *apart = false;
    return fork();
}

/* --- in the engine --- */

/* Standard input as a file in memory: no pipe to feed, no SIGPIPE. */
static int input_open(struct span bytes)
{
    if (!bytes.n)
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    int fd = memfd_create("stdin", MFD_CLOEXEC);
    while (fd >= 0 && bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n > 0)
            bytes = span_sub(bytes, (size_t)n, bytes.n);
        else if (errno != EINTR)
            close_fd(&fd);
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

static bool pipes_open(struct pipes *p, struct span input)
{
    p->input = input_open(input);
    return p->input >= 0 && pipe2(p->out, O_CLOEXEC) == 0 &&
           pipe2(p->err, O_CLOEXEC) == 0 && pipe2(p->stop, O_CLOEXEC) == 0 &&
           pipe2(p->report, O_CLOEXEC) == 0;
}

/* What the engine learns from the pipes. */
struct watch {
    const struct proc_spec *spec;
    struct pipes *p;
    struct proc_result *result;
    pid_t supervisor;
    struct report report; /* the first one */
    bool reported;
    int64_t look_ms;    /* when to look at what the command takes */
    int64_t give_up_ms; /* the deadline, then the end of the grace */
};

/* Asks the supervisor to end everything. */
static void stop(struct watch *w, enum proc_end why)
{
    if (w->p->stop[WRITE_END] < 0)
        return;
    close_fd(&w->p->stop[WRITE_END]);
    w->result->end = why;
    w->give_up_ms = clock_mono_ms() + GRACE_MS;
}

static void take_output(struct watch *w, int *fd, struct buf *into)
{
    char room[65536];
    ssize_t n = read(*fd, room, sizeof room);
    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0) {
        close_fd(fd);
        return;
    }
    size_t left = into->cap - into->n;
    buf_put(into, room, (size_t)n < left ? (size_t)n : left);
    if ((size_t)n > left)
        stop(w, PROC_FLOODED);
}

static void take_report(struct watch *w)
{
    struct report r;
    ssize_t n = read(w->p->report[READ_END], &r, sizeof r);
    if (n < 0 && errno == EINTR)
        return;
    if (n == sizeof r && !w->reported) {
        w->report = r;
        w->reported = true;
    } else if (n != sizeof r) {
        close_fd(&w->p->report[READ_END]);
    }
}

/* What no limit of the kernel's bounds for all processes together. */
static void look(struct watch *w)
{
    const struct proc_spec *spec = w->spec;
    int64_t now = clock_mono_ms();
    if (now < w->look_ms)
        return;
    w->look_ms = now + TICK_MS;
    struct family f = family_count(w->supervisor, spec->most_processes + 1);
    if (f.n > spec->most_processes)
        stop(w, PROC_CROWDED);
    else if (f.bytes > spec->most_memory)
        stop(w, PROC_SWOLLEN);
    else if (spec->is_full && spec->is_full(spec->ctx))
        stop(w, PROC_FULL);
}

/* Reads until every pipe is closed, which is when everything has ended. */
static void pump(struct watch *w)
{
    struct pipes *p = w->p;
    for (;;) {
        struct pollfd fds[] = {{p->out[READ_END], POLLIN, 0},
                               {p->err[READ_END], POLLIN, 0},
                               {p->report[READ_END], POLLIN, 0}};
        if (fds[0].fd < 0 && fds[1].fd < 0 && fds[2].fd < 0)
            return;
        int64_t left = w->give_up_ms - clock_mono_ms();
        if (left <= 0 && p->stop[WRITE_END] < 0)
            return;
        if (left <= 0)
            stop(w, PROC_TIMEOUT);
        else if (w->spec->is_stopped && w->spec->is_stopped(w->spec->ctx))
            stop(w, PROC_STOPPED);
        look(w);
        poll(fds, 3, left > TICK_MS ? TICK_MS : left > 0 ? (int)left : 0);
        if (fds[0].revents)
            take_output(w, &p->out[READ_END], &w->result->out);
        if (fds[1].revents)
            take_output(w, &p->err[READ_END], &w->result->err);
        if (fds[2].revents)
            take_report(w);
    }
}

static enum status conclude(const struct watch *w, const char *program,
                            struct err *err)
{
    struct proc_result *r = w->result;
    int value = w->report.value;
    if (!w->reported)
        return err_set(err, ST_FAILED, "lost track of the command %s", program);
    if (w->report.kind == REPORT_START)
        return err_set(err, ST_FAILED, "cannot start %s: %s", program,
                       strerror(value));
    if (w->report.kind == REPORT_CONFINE)
        return err_set(err, ST_REFUSED, "cannot confine %s: %s", program,
                       strerror(value));
    r->signal = WIFSIGNALED(value) ? WTERMSIG(value) : 0;
    r->code = r->signal ? 128 + r->signal : WEXITSTATUS(value);
    if (r->end == PROC_EXITED && r->signal)
        r->end = PROC_KILLED;
    return ST_OK;
}

enum status proc_run(const struct proc_spec *spec, struct proc_result *out,
                     struct err *err)
{
    struct pipes p = {-1, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    *out = (struct proc_result){.out.cap = spec->cap_bytes,
                                .err.cap = spec->cap_bytes};
    pid_t supervisor = -1;
    bool apart = false;
    if (pipes_open(&p, spec->input))
        supervisor = fork_supervisor(spec, &apart);
    if (supervisor == 0)
        supervise(spec, &p, apart);
    if (supervisor < 0) {
        err_set(err, ST_FAILED, "cannot start %s: %s", spec->program,
                strerror(errno));
        pipes_close(&p);
        return err->st;
    }
    close_fd(&p.input);
    close_fd(&p.out[WRITE_END]);
    close_fd(&p.err[WRITE_END]);
    close_fd(&p.stop[READ_END]);
    close_fd(&p.report[WRITE_END]);
    struct watch w = {.spec = spec,
                      .p = &p,
                      .result = out,
                      .supervisor = supervisor,
                      .look_ms = clock_mono_ms() + TICK_MS,
                      .give_up_ms = spec->deadline_mono_ms};
    pump(&w);
    pipes_close(&p);
    /* Its namespace ends with it; without one it goes on killing. */
    if (!w.reported && apart)
        kill(supervisor, SIGKILL);
    int how = w.reported || apart ? 0 : WNOHANG;
    while (waitpid(supervisor, NULL, how) < 0 && errno == EINTR)
        continue;
    return conclude(&w, spec->program, err);
}
