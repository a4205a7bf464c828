/* measure ROUNDS command… [-- command…]…: runs each command once a round, in
 * turn, so that a load from elsewhere falls on all alike. A line a command:
 * median CPU µs (user + system, children included), median wall µs, peak KiB,
 * worst exit status. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_ROUNDS 1000
#define MAX_COMMANDS 16

struct command {
    char **argv;
    long cpu_us[MAX_ROUNDS], wall_us[MAX_ROUNDS];
    long peak_kib;
    int status;
};

static struct command commands[MAX_COMMANDS];

static long us(struct timeval t)
{
    return t.tv_sec * 1000000L + t.tv_usec;
}

static long now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void run(struct command *c, int round)
{
    struct rusage use;
    int status = 1;
    long began = now_us();
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execvp(c->argv[0], c->argv);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
        exit(1);
    c->wall_us[round] = now_us() - began;
    c->cpu_us[round] = us(use.ru_utime) + us(use.ru_stime);
    if (use.ru_maxrss > c->peak_kib)
        c->peak_kib = use.ru_maxrss;
    if (status > c->status)
        c->status = status;
}

static int by_size(const void *a, const void *b)
{
    long x = *(const long *)a;
    long y = *(const long *)b;
    return (x > y) - (x < y);
}

static long median(long *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_size);
    return v[n / 2];
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? atoi(argv[1]) : 0;
    int n = 0;
    if (rounds < 1 || rounds > MAX_ROUNDS)
        return 2;
    for (int i = 2; i < argc && n < MAX_COMMANDS; n++) {
        commands[n].argv = &argv[i];
        while (i < argc && strcmp(argv[i], "--") != 0)
            i++;
        if (i < argc)
            argv[i++] = NULL;
    }
    for (int round = 0; round < rounds; round++)
        for (int k = 0; k < n; k++)
            run(&commands[k], round);
    for (int k = 0; k < n; k++)
        printf("%ld %ld %ld %d\n", median(commands[k].cpu_us, rounds),
               median(commands[k].wall_us, rounds), commands[k].peak_kib,
               WEXITSTATUS(commands[k].status));
    return 0;
}
