/* Inside the worker: what the files that face Lua share. lua.h comes in here
 * and nowhere else. */
#pragma once

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdint.h>

#include "str.h"
#include "vm.h"
#include "wire.h"

struct json;

/* What the state is doing decides which activities it may ask for. */
enum vm_mode {
    VM_IDLE, /* loading modules, evaluating an if=: none */
    VM_STEP, /* running a block: all */
    VM_SIM   /* being the simulated cloud: none */
};

/* Why a block failed, as WIRE_DONE tells it. */
enum vm_kind {
    KIND_ERROR,
    KIND_COMPILE,
    KIND_EXPECT,
    KIND_FAIL,
    KIND_FINAL, /* no further attempt mends it */
    KIND_ACTIVITY
};

struct vm {
    lua_State *L;
    struct wire_in in;    /* the socket to the engine */
    struct buf out;       /* frames not yet sent */
    size_t used, ceiling; /* Lua's memory in bytes */
    size_t denied;        /* the allocation refused last, 0: none */
    enum vm_mode mode;
    struct buf printed;        /* not yet sent */
    char *path;                /* the document, for messages */
    int64_t asked;             /* number of the last activity of this step */
    int64_t steps;             /* blocks run so far */
    size_t loaded;             /* modules, since the engine was told */
    const char *task;          /* path of the task that runs, NULL: none */
    struct json *single;       /* the answer to who waited alone */
    struct json *batch;        /* those to tasks, an array, … */
    const struct json *answer; /* … of which this one is to be taken */
    bool refused;              /* the engine refused one of them; the reason is
                                  kept under &vm->refused */
    int refused_line;
    int line;            /* of the document, where the last error rose */
    enum vm_kind caught; /* kind of that error */
    enum vm_kind kind;   /* of the error text kept under &vm->kind */
};

static inline struct vm *vm_of(lua_State *L)
{
    return *(struct vm **)lua_getextraspace(L);
}

/* --- vm.c: memory, messages --- */
/* Sends what was printed, then the message. A broken socket ends the process:
 * there is nobody left to run for. */
void vm_send(struct vm *vm, enum wire_type type, struct span payload);
/* False, and nothing is sent, when j is too large for one message. */
bool vm_send_json(struct vm *vm, enum wire_type type, const struct json *j);
/* The same, but it may go out with the next message only. */
bool vm_put_json(struct vm *vm, enum wire_type type, const struct json *j);
void vm_print(struct vm *vm, struct span text);
void vm_flush(struct vm *vm);
/* Waits for the next message; ends the process when the engine is gone. */
enum wire_type vm_recv(struct vm *vm, struct buf *payload);
/* Tells the engine why, and ends the process. */
_Noreturn void vm_die(struct vm *vm, const char *why);
/* After a caught error: ends the process if it was for want of memory. */
void vm_check_memory(struct vm *vm);

/* --- vm_error.c: errors and their places --- */
/* A block's chunk is named "=\x1e<L>", L its first line in the document;
 * vm_place turns "\x1e<L>:<n>:" in a message into "path:<L+n-1>:". Replaces
 * the string on top of the stack; other values stay. */
void vm_place(lua_State *L);
/* Pushes "path:line: " of the nearest calling block, or of the caller. */
void vm_where(lua_State *L);
/* The line in the document of the nearest calling block, 0 when none. */
int vm_line(lua_State *L);
/* The same for a syntax error, whose text may name further lines; takes its
 * place off into vm->line. first_line as in vm_load. */
void vm_place_syntax(lua_State *L, int first_line);
/* Raises "path:line: message" as an error of that kind. */
int vm_raise(lua_State *L, enum vm_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with a place known from before: what vm_resume told. */
int vm_raise_at(lua_State *L, enum vm_kind kind, int line, const char *text);
/* Resumes co with the nargs values on top of it; its nresults are on top of
 * it then. False: it failed, and the message is on top of L; vm->line and
 * *kind tell more. */
bool vm_resume(lua_State *co, lua_State *L, int nargs, int *nresults,
               enum vm_kind *kind);
/* Calls the function below its nargs arguments. False: one string, the
 * message, is on the stack; vm->line and *kind tell more. */
bool vm_call(lua_State *L, int nargs, int nresults, enum vm_kind *kind);

/* --- vm_load.c: source to functions --- */
/* Pushes the chunk as a function; its upvalue _ENV is the table at env (0: the
 * globals). line: the document's line of the first line of code, 0 for a
 * module called name. False: pushes the message, sets vm->line. */
bool vm_load(lua_State *L, struct span code, const char *name, int line,
             int env);
/* Calls the function vm_load pushed, with nargs further arguments behind it.
 * Hands the chunk its length operator first. */
bool vm_run(lua_State *L, int nargs, int nresults, enum vm_kind *kind);

/* --- vm_names.c --- */
/* For the chunk on top of the stack, puts into out what WIRE_COMPILE answers
 * beside its verdict: reads (globals that do not exist now) and sets, arrays
 * of {name, line}, in no order that matters. */
void vm_names(lua_State *L, int first_line, struct json *out);

/* --- vm_boot.c: modules --- */
/* Answers WIRE_BOOT. */
void vm_boot(struct vm *vm, const struct json *message);
/* Answers WIRE_ASK_SIM: the handler that sandbox/init gave. */
void vm_simulate(struct vm *vm, const struct json *message);

/* --- libraries: each opens into the globals --- */
void lib_base(lua_State *L);
void lib_table(lua_State *L);
void lib_string(lua_State *L);
void lib_json(lua_State *L);
void lib_hash(lua_State *L);
/* Pushes `sys`: activities, evidence, errors; what lua/prelude.lua builds the
 * API from. */
void lib_push_sys(lua_State *L);
/* act(op, args, probe) in Lua: the answer's value, or an error. */
int lib_act(lua_State *L);
/* Waits for a message of that type, which replaces *holder. */
void vm_receive_answer(struct vm *vm, enum wire_type type,
                       struct json **holder);
/* Adds what lua/tasks.lua needs to the table on top of the stack. */
void lib_add_tasks(lua_State *L);
/* Pushes {["fs.read"]=function, …} (lib_rows.c). late: the rows with "_" in
 * their names, at which the preludes of earlier bundles would fail. */
void lib_push_rows(lua_State *L, bool late);

/* --- shared by libraries --- */
/* Pushes a table with only these (NULL-ended) fields of a standard library. */
void lib_open(lua_State *L, lua_CFunction open, const char *name,
              const char *const *keep);
/* Pushes v[idx] as text without any address; __tostring is honoured. */
const char *lib_tostring(lua_State *L, int idx, size_t *len);
/* The length of v[idx]: __len, bytes of a string, or the border of a table
 * that its content alone decides. */
lua_Integer lib_length(lua_State *L, int idx);
void lib_push_length_operator(lua_State *L);
/* The globals pairs and next (lib_pairs.c). */
int lib_pairs(lua_State *L);
int lib_next(lua_State *L);
