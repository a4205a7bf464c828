/* Which globals a compiled chunk reads and sets, told from its bytecode: Lua
 * has resolved every scope there. */
#include "lib.h"

#include "json.h"

/* lua_dump's format of Lua 5.4, on this machine. */
#define HEADER_BYTES 31 /* signature to LUAC_NUM */
enum { OP_GETTABUP = 11, OP_SETTABUP = 15 };
enum {
    CONST_INTEGER = 0x03,
    CONST_FLOAT = 0x13,
    CONST_SHORT = 0x04,
    CONST_LONG = 0x14
};
#define ABSOLUTE_LINE (-128)
#define NUMBER_BYTES 8
#define CODE_BYTES 4
#define UPVALUE_BYTES 3

#define MAX_CONSTANTS 256 /* what an instruction can name */
#define MAX_DEPTH 200

/* Past the end, or with a sign that this is another format, `bad` is set and
 * everything reads as empty. */
struct dump {
    const unsigned char *p, *end;
    bool bad;
    int first_line;
    lua_State *L; /* the globals on top of its stack */
    struct json *reads, *sets;
};

static const unsigned char *take(struct dump *d, size_t n)
{
    if (d->bad || (size_t)(d->end - d->p) < n) {
        d->bad = true;
        return NULL;
    }
    d->p += n;
    return d->p - n;
}

static int byte(struct dump *d)
{
    const unsigned char *p = take(d, 1);
    return p ? *p : 0;
}

/* Seven bits a byte, the highest first; the last byte is marked. */
static size_t size(struct dump *d)
{
    size_t v = 0;
    int b = 0;
    do {
        b = byte(d);
        v = v << 7 | (size_t)(b & 0x7f);
    } while (!d->bad && !(b & 0x80));
    return d->bad ? 0 : v;
}

static struct span string(struct dump *d)
{
    size_t n = size(d);
    const unsigned char *p = n ? take(d, n - 1) : NULL;
    return (struct span){(const char *)p, p ? n - 1 : 0};
}

/* The parts of one function that are of interest here. */
struct proto {
    int line; /* where it is defined */
    const unsigned char *code;
    size_t n_code;
    struct span name[MAX_CONSTANTS]; /* constants that are strings */
    const unsigned char *delta;      /* of lines, one an instruction */
    size_t n_delta;
    struct dump absolute; /* a reader of the (pc, line) pairs */
    size_t env;           /* upvalue named _ENV, or more than any */
};

static void read_constants(struct dump *d, struct proto *f)
{
    size_t n = size(d);
    for (size_t i = 0; i < n && !d->bad; i++) {
        int type = byte(d);
        struct span s = {0};
        if (type == CONST_INTEGER || type == CONST_FLOAT)
            take(d, NUMBER_BYTES);
        else if (type == CONST_SHORT || type == CONST_LONG)
            s = string(d);
        if (i < MAX_CONSTANTS)
            f->name[i] = s;
    }
}

static void read_debug(struct dump *d, struct proto *f)
{
    f->n_delta = size(d);
    f->delta = take(d, f->n_delta);
    size_t n = size(d);
    f->absolute = *d;
    for (size_t i = 0; i < n && !d->bad; i++) {
        size(d);
        size(d);
    }
    n = size(d);
    for (size_t i = 0; i < n && !d->bad; i++) {
        string(d);
        size(d);
        size(d);
    }
    n = size(d);
    f->env = SIZE_MAX;
    for (size_t i = 0; i < n && !d->bad; i++)
        if (span_is(string(d), "_ENV"))
            f->env = i;
}

/* Each name once, where it stands first. */
static void note(struct dump *d, struct json *list, struct span name, int line)
{
    for (const struct json *j = json_first(list); j; j = json_next(j))
        if (span_eq(json_span(json_get(j, "name")), name))
            return;
    struct json *found = json_push(list, json_new(JSON_OBJECT));
    json_put(found, "name", json_new_bytes(name));
    json_put_int(found, "line", d->first_line + line - 1);
}

static bool is_defined(struct dump *d, struct span name)
{
    lua_pushlstring(d->L, name.p, name.n);
    bool defined = lua_rawget(d->L, -2) != LUA_TNIL;
    lua_pop(d->L, 1);
    return defined;
}

static void find_names(struct dump *d, struct proto *f)
{
    int line = f->line;
    for (size_t pc = 0; pc < f->n_code && pc < f->n_delta; pc++) {
        const unsigned char *c = f->code + pc * CODE_BYTES;
        unsigned op = c[0] & 0x7f;
        unsigned a = (unsigned)(c[0] >> 7 | c[1] << 1) & 0xff;
        int step = f->delta[pc] < 128 ? f->delta[pc] : f->delta[pc] - 256;
        if (step == ABSOLUTE_LINE) {
            size(&f->absolute);
            line = (int)size(&f->absolute);
        } else {
            line += step;
        }
        if (op == OP_GETTABUP && c[2] == f->env &&
            !is_defined(d, f->name[c[3]]))
            note(d, d->reads, f->name[c[3]], line);
        if (op == OP_SETTABUP && a == f->env)
            note(d, d->sets, f->name[c[2]], line);
    }
}

static void read_function(struct dump *d, int depth)
{
    struct proto f = {0};
    string(d); /* source */
    f.line = (int)size(d);
    size(d);    /* last line */
    take(d, 3); /* parameters, vararg, stack */
    f.n_code = size(d);
    f.code = take(d, f.n_code * CODE_BYTES);
    read_constants(d, &f);
    take(d, size(d) * UPVALUE_BYTES);
    size_t n = size(d);
    d->bad |= depth > MAX_DEPTH;
    for (size_t i = 0; i < n && !d->bad; i++)
        read_function(d, depth + 1);
    read_debug(d, &f);
    if (!d->bad)
        find_names(d, &f);
}

static int append(lua_State *L, const void *p, size_t n, void *out)
{
    (void)L;
    buf_put(out, p, n);
    return 0;
}

void vm_names(lua_State *L, int first_line, struct json *out)
{
    struct buf bytes = {0};
    lua_dump(L, append, &bytes, 0);
    lua_pushglobaltable(L);
    struct dump d = {
        .p = (const unsigned char *)buf_view(&bytes).p,
        .end = (const unsigned char *)buf_view(&bytes).p + bytes.n,
        .first_line = first_line,
        .L = L,
        .reads = json_put(out, "reads", json_new(JSON_ARRAY)),
        .sets = json_put(out, "sets", json_new(JSON_ARRAY)),
    };
    take(&d, HEADER_BYTES);
    byte(&d); /* upvalues of the chunk */
    read_function(&d, 0);
    lua_pop(L, 1);
    buf_release(&bytes);
}
