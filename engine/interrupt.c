/* Catches the signals that ask a process to stop. */
#include "interrupt.h"

#include <stddef.h>
#include <time.h>

volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

void interrupt_catch(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    sigaction(SIGHUP, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool interrupt_sleep(int64_t ms)
{
    struct timespec t = {ms / 1000, (ms % 1000) * 1000000};
    while (!interrupted && nanosleep(&t, &t) != 0)
        ;
    return !interrupted;
}
