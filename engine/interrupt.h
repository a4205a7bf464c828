/* Whether somebody asked this process to stop: SIGINT, SIGTERM or SIGHUP. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* How often: counted by the signals, or by whoever wants the same. */
extern volatile sig_atomic_t interrupted;

/* From now on these signals count, and a broken pipe is an error of write(2)
 * instead of the end. */
void interrupt_catch(void);

/* Who is told again and again that something takes its time; tick may be
 * NULL. */
struct waiting {
    void (*tick)(void *ctx);
    void *ctx;
};
void waiting_tick(const struct waiting *w);

/* Sleeps; false as soon as the process is to stop. */
bool interrupt_sleep(int64_t ms, const struct waiting *w);
