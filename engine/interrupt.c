/* Catches the signals that ask a process to stop. */
#include "interrupt.h"

#include <stddef.h>
#include <time.h>

#include "clock.h"

#define TICK_MS 100

volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = interrupted + 1;
}

void interrupt_catch(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    sigaction(SIGHUP, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
}

void waiting_tick(const struct waiting *w)
{
    if (w->tick)
        w->tick(w->ctx);
}

bool interrupt_sleep(int64_t ms, const struct waiting *w)
{
    int64_t end = clock_mono_ms() + ms;
    for (int64_t left = ms; left > 0 && !interrupted;
         left = end - clock_mono_ms()) {
        struct timespec t = {0, (left < TICK_MS ? left : TICK_MS) * 1000000};
        nanosleep(&t, NULL);
        waiting_tick(w);
    }
    return !interrupted;
}
