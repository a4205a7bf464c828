/* A Lua state that can touch nothing but one socket, and the loop that serves
 * the engine on it: the inside of a worker (rule: DESIGN §1, §7). */
#pragma once

#include <stddef.h>

struct vm;

/* A state with our libraries, its memory bounded by memory_bytes. Over the
 * ceiling it says WIRE_DEATH on fd and ends the process: no pcall sees it. */
struct vm *vm_new(int fd, size_t memory_bytes);
/* Answers messages on fd until it closes. */
void vm_serve(struct vm *vm);
void vm_free(struct vm *vm);
