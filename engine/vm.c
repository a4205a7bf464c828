/* Owns a Lua state: its memory ceiling and its line to the engine. */
#include "lib.h"

#include <stdio.h>
#include <unistd.h>

#include "arena.h"
#include "json.h"

#define PRINT_BYTES ((size_t)64 << 10)
#define OUT_BYTES ((size_t)64 << 10) /* kept back at most */

void vm_die(struct vm *vm, const char *why)
{
    vm_send(vm, WIRE_DEATH, span_of(why));
    _exit(1);
}

_Noreturn static void die_of_memory(struct vm *vm)
{
    char text[64];
    snprintf(text, sizeof text, "memory ceiling of %zu MiB", vm->ceiling >> 20);
    vm_die(vm, text);
}

/* Lua asks a second time after collecting its garbage; only then is the
 * ceiling reached for good. Buffers of the string library ask once and raise
 * an error instead: vm_check_memory finds these. */
static void *allocate(void *ud, void *p, size_t old, size_t want)
{
    struct vm *vm = ud;
    size_t have = p ? old : 0;
    if (want == 0) {
        mem_free(p);
        vm->used -= have;
        return NULL;
    }
    if (want > have && want - have > vm->ceiling - vm->used) {
        if (vm->denied == want)
            die_of_memory(vm);
        vm->denied = want;
        return NULL;
    }
    if (vm->denied == want)
        vm->denied = 0;
    vm->used += want - have;
    return mem_resize(p, want);
}

void vm_check_memory(struct vm *vm)
{
    if (vm->denied)
        die_of_memory(vm);
}

/* Only a bug of ours comes here: everything is called protected. */
static int panic(lua_State *L)
{
    const char *why = lua_tostring(L, -1);
    vm_die(vm_of(L), why ? why : "unprotected Lua error");
}

struct vm *vm_new(int fd, size_t memory_bytes)
{
    struct vm *vm = mem_alloc(sizeof *vm);
    vm->in.fd = fd;
    vm->ceiling = memory_bytes;
    vm->L = lua_newstate(allocate, vm);
    if (!vm->L)
        die_of_memory(vm);
    *(struct vm **)lua_getextraspace(vm->L) = vm;
    lua_atpanic(vm->L, panic);
    lib_base(vm->L);
    lib_table(vm->L);
    lib_string(vm->L);
    lib_json(vm->L);
    lib_hash(vm->L);
    return vm;
}

void vm_free(struct vm *vm)
{
    if (!vm)
        return;
    lua_close(vm->L);
    buf_release(&vm->printed);
    buf_release(&vm->out);
    json_free(vm->single);
    json_free(vm->batch);
    mem_free(vm->path);
    mem_free(vm);
}

static void put_printed(struct vm *vm)
{
    if (vm->printed.n)
        wire_put(&vm->out, WIRE_PRINT, buf_view(&vm->printed));
    buf_clear(&vm->printed);
}

/* Sends what is ready; a broken socket ends the process. */
static void flush_or_end(struct vm *vm)
{
    struct err err = {0};
    if (wire_flush(vm->in.fd, &vm->out, &err) != ST_OK)
        _exit(0);
}

void vm_flush(struct vm *vm)
{
    put_printed(vm);
    flush_or_end(vm);
}

void vm_print(struct vm *vm, struct span text)
{
    while (text.n) {
        size_t room = PRINT_BYTES - vm->printed.n;
        size_t k = text.n < room ? text.n : room;
        buf_put(&vm->printed, text.p, k);
        text = span_sub(text, k, text.n);
        if (vm->printed.n == PRINT_BYTES)
            vm_flush(vm);
    }
}

void vm_send(struct vm *vm, enum wire_type type, struct span payload)
{
    put_printed(vm);
    wire_put(&vm->out, type, payload);
    flush_or_end(vm);
}

bool vm_put_json(struct vm *vm, enum wire_type type, const struct json *j)
{
    struct buf text = {0};
    json_write(j, &text);
    bool fits = text.n < WIRE_MAX_BYTES;
    if (fits) {
        put_printed(vm);
        wire_put(&vm->out, type, buf_view(&text));
    }
    buf_release(&text);
    if (vm->out.n > OUT_BYTES)
        flush_or_end(vm);
    return fits;
}

bool vm_send_json(struct vm *vm, enum wire_type type, const struct json *j)
{
    bool fits = vm_put_json(vm, type, j);
    if (fits)
        flush_or_end(vm);
    return fits;
}

enum wire_type vm_recv(struct vm *vm, struct buf *payload)
{
    struct err err = {0};
    enum wire_type type;
    if (wire_recv(&vm->in, -1, &type, payload, &err) != ST_OK)
        _exit(0);
    return type;
}
