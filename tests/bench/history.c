/* Writes a history for git fast-import to standard output, of the size and
 * shape of a C project of fifteen years: COMMITS commits, each with a few
 * lines changed in a few files, most of them in a few that everybody edits. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES 1200
#define DIRS 24
#define LINE 96

struct file {
    char path[64];
    char (*lines)[LINE];
    int n, cap;
};

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint32_t below(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 33) % n;
}

static const char *word(void)
{
    static const char *const words[] = {
        "client",  "server", "key",    "value",  "dict",  "list",  "reply",
        "command", "config", "token",  "secret", "argv",  "argc",  "buf",
        "len",     "size",   "index",  "entry",  "node",  "next",  "prev",
        "table",   "hash",   "expire", "time",   "event", "loop",  "fd",
        "read",    "write",  "flags",  "master", "slave", "slot",  "cluster",
        "stream",  "group",  "object", "string", "zset",  "score", "range",
    };
    return words[below(sizeof words / sizeof *words)];
}

static void write_line(char *line)
{
    int depth = (int)below(4) * 4;
    switch (below(7)) {
    case 0:
        snprintf(line, LINE, "%*sif (%s->%s == NULL) return %u;\n", depth, "",
                 word(), word(), below(10000));
        break;
    case 1:
        snprintf(line, LINE, "%*s/* The %s of a %s is its %s, see %s. */\n",
                 depth, "", word(), word(), word(), word());
        break;
    case 2:
        snprintf(line, LINE, "%*s%s = %s(%s,%s_%s+%u);\n", depth, "", word(),
                 word(), word(), word(), word(), below(100000));
        break;
    case 3:
        snprintf(line, LINE, "\n");
        break;
    case 4:
        snprintf(line, LINE, "%*s%sLog(\"http://%s.io/%s: %u\");\n", depth, "",
                 word(), word(), word(), below(1000000));
        break;
    default:
        snprintf(line, LINE, "%*s%s_%s(%s, %s->%s);\n", depth, "", word(),
                 word(), word(), word(), word());
    }
}

static void insert(struct file *f, int at)
{
    if (f->n == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 64;
        f->lines = realloc(f->lines, (size_t)f->cap * LINE);
        if (!f->lines)
            abort();
    }
    memmove(f->lines + at + 1, f->lines + at, (size_t)(f->n - at) * LINE);
    write_line(f->lines[at]);
    f->n++;
}

static void edit(struct file *f)
{
    int at = (int)below((uint32_t)f->n);
    int lines = 1 + (int)below(6);
    for (int i = 0; i < lines; i++) {
        if (below(3) == 0)
            insert(f, at);
        else
            write_line(f->lines[(at + i) % f->n]);
    }
}

static void put_file(const struct file *f)
{
    size_t size = 0;
    for (int i = 0; i < f->n; i++)
        size += strlen(f->lines[i]);
    printf("M 100644 inline %s\ndata %zu\n", f->path, size);
    for (int i = 0; i < f->n; i++)
        fputs(f->lines[i], stdout);
    putchar('\n');
}

int main(int argc, char **argv)
{
    static struct file files[FILES];
    long commits = argc > 1 ? strtol(argv[1], NULL, 10) : 12000;
    for (int i = 0; i < FILES; i++) {
        struct file *f = &files[i];
        snprintf(f->path, sizeof f->path, "d%02d/%s_%d.c", i % DIRS, word(), i);
        int lines = 20 + (int)below(i < 40 ? 4000 : i < 300 ? 800 : 120);
        for (int k = 0; k < lines; k++)
            insert(f, k);
    }
    for (long c = 0; c < commits; c++) {
        char message[64];
        int n = snprintf(message, sizeof message, "%s: %s the %s\n", word(),
                         word(), word());
        printf("commit refs/heads/main\ncommitter A <a@example.com> %ld +0000\n"
               "data %d\n%s",
               1200000000 + c * 40000, n, message);
        int edits = c ? 1 + (int)below(5) : FILES;
        for (int e = 0; e < edits; e++) {
            uint32_t few = below(10) < 6 ? 40 : below(10) < 8 ? 300 : FILES;
            struct file *f = c ? &files[below(few)] : &files[e];
            if (c)
                edit(f);
            put_file(f);
        }
        putchar('\n');
    }
    return 0;
}
