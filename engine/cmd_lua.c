/* The command that shows the Lua side: its files and what they offer. */
#include "cmd_lua.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "boot.h"
#include "luadoc.h"
#include "outlet.h"

/* clang-format off */
static const struct option lua_options[] = {
    {"--docs", NULL, NULL, OPTION_FLAG, "print what blocks can call, as Markdown"},
    {"--annotations", NULL, NULL, OPTION_FLAG, "print it as definitions for editors"},
    {"--providers", NULL, NULL, OPTION_FLAG, "print the providers' requests, as Markdown"},
    {"--lua-dir", NULL, "DIR", OPTION_TEXT, "Lua files that replace or add to the embedded ones"},
    {0},
};
/* clang-format on */

struct files {
    struct luafile *v;
    size_t n;
};

static enum status list_files(const struct files *f)
{
    for (size_t i = 0; i < f->n; i++)
        printf("%.16s  %6zu  %-8s %s\n", f->v[i].sha256.hex, f->v[i].text.n,
               f->v[i].embedded ? "embedded" : "folder", f->v[i].name);
    return ST_OK;
}

static enum status print_file(const struct files *f, const char *name,
                              struct err *err)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].name, name) == 0) {
            if (outlet_raw(f->v[i].text))
                return ST_OK;
            return err_set(err, ST_UNWRITTEN,
                           "cannot write to standard output");
        }
    return err_set(err, ST_INPUT, "no Lua file '%s'; `runproof lua` lists them",
                   name);
}

typedef void (*writer)(const struct luadoc *d, struct buf *out);

/* The providers' rows are known once the modules have run. */
static enum status print_docs(const struct files *f, writer write,
                              struct arena *a, struct err *err)
{
    struct worker *worker = NULL;
    struct json *payload = json_adopt(a, json_new(JSON_OBJECT));
    struct json *booted = NULL;
    enum status st =
        boot_worker(BOOT_DESCRIBE, f->v, f->n, payload, &worker, &booted, err);
    if (st != ST_OK)
        return st;
    struct luadoc docs;
    struct buf text = {0};
    luadoc_read(&docs, f->v, f->n, json_get(booted, "rows"), a);
    write(&docs, &text);
    fwrite(text.p, 1, text.n, stdout);
    buf_release(&text);
    json_free(booted);
    worker_close(worker);
    return ST_OK;
}

static int cmd_lua(const struct call *c)
{
    struct arena a = {0};
    struct err err = {0};
    struct files f = {0};
    enum status st =
        luafiles_load(call_text(c, "lua-dir"), &a, &f.v, &f.n, &err);
    if (st == ST_OK && call_flag(c, "docs"))
        st = print_docs(&f, luadoc_page, &a, &err);
    else if (st == ST_OK && call_flag(c, "annotations"))
        st = print_docs(&f, luadoc_definitions, &a, &err);
    else if (st == ST_OK && call_flag(c, "providers"))
        st = print_docs(&f, luadoc_providers, &a, &err);
    else if (st == ST_OK && c->n_words)
        st = print_file(&f, c->words[0], &err);
    else if (st == ST_OK)
        st = list_files(&f);
    arena_release(&a);
    return st == ST_OK ? 0 : cmd_fail(&err);
}

const struct command command_lua = {
    .name = "lua",
    .args = "[MODULE]",
    .max_words = 1,
    .summary = "List the Lua files inside, print one, or what blocks can call.",
    .options = lua_options,
    .lua = true,
    .fn = cmd_lua,
};
