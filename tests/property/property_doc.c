/* The laws of writing evidence, on the CommonMark examples, real runbooks and
 * made-up documents: at least REGIONS_MIN regions, none of which may disturb
 * the page around it. */
#include <stdio.h>
#include <stdlib.h>

#include "file.h"
#include "generate.h"
#include "laws.h"
#include "lines.h"
#include "runnable.h"

#define REGIONS_MIN 11796
#define PAGES_MIN 600 /* made up, however many regions there are */
#define FENCE "````````````````````````````````"

struct session {
    struct tally tally;
    unsigned seed;
};

static bool try_text(struct session *s, const char *name, struct span text,
                     enum dressing how)
{
    char label[300];
    struct buf dressed = {0};
    struct buf src = {0};
    struct err err = {0};
    snprintf(label, sizeof label, "%s, dress %d", name, (int)how);
    dress(text, how, &dressed);
    bool ok = true;
    if (runnable(buf_view(&dressed), &src, &err) == ST_OK)
        ok = laws_hold(label, buf_view(&src), s->seed++, &s->tally);
    else
        s->tally.unreadable++;
    buf_release(&dressed);
    buf_release(&src);
    return ok;
}

static void report(const char *what, size_t sources, struct tally *before,
                   const struct tally *now)
{
    printf("%s: %zu, %zu documents, %zu regions, %zu not usable\n", what,
           sources, now->documents - before->documents,
           now->regions - before->regions,
           now->unreadable - before->unreadable);
    *before = *now;
}

/* --- the CommonMark specification --- */

static bool try_example(struct session *s, size_t number, struct span example)
{
    static const enum dressing containers[] = {DRESS_QUOTED, DRESS_LISTED,
                                               DRESS_LOOSE};
    static const enum dressing eols[] = {DRESS_CRLF, DRESS_CR, DRESS_CUT};
    char name[40];
    struct buf text = {0};
    snprintf(name, sizeof name, "example %zu", number);
    buf_str(&text, "```lua\nbefore\n```\n");
    for (size_t i = 0; i < example.n; i++)
        if (span_starts(span_sub(example, i, example.n), "→")) {
            buf_char(&text, '\t');
            i += strlen("→") - 1;
        } else {
            buf_char(&text, example.p[i]);
        }
    size_t end = text.n;
    buf_str(&text, "```lua\nafter\n```\n");
    struct span all = buf_view(&text);
    struct span alone = span_sub(all, strlen("```lua\nbefore\n```\n"), end);
    bool ok = try_text(s, name, all, DRESS_PLAIN) &&
              try_text(s, name, alone, DRESS_PLAIN) &&
              try_text(s, name, all, containers[number % 3]) &&
              try_text(s, name, all, eols[number % 3]);
    buf_release(&text);
    return ok;
}

/* An example stands between lines of 32 backticks; a line `.` parts it from
 * its HTML. */
static size_t try_examples(struct session *s, struct span spec)
{
    size_t n = 0;
    while (spec.n) {
        if (!span_is(line_cut(&spec), FENCE " example"))
            continue;
        const char *begin = spec.p;
        const char *end = spec.p;
        while (spec.n && !span_is(line_cut(&spec), "."))
            end = spec.p;
        n++;
        if (!try_example(s, n, (struct span){begin, (size_t)(end - begin)}))
            return 0;
    }
    return n;
}

static bool try_spec(struct session *s, struct tally *before)
{
    const char *path = getenv("RUNPROOF_SPEC");
    if (!path)
        path = "tests/node_modules/commonmark-spec/spec.txt";
    struct buf spec = {0};
    struct err err = {0};
    if (file_read(path, 16u << 20, &spec, &err) != ST_OK) {
        fprintf(stderr, "%s: run `npm install --prefix tests`\n", err.msg);
        return false;
    }
    size_t n = try_examples(s, buf_view(&spec));
    report("CommonMark examples", n, before, &s->tally);
    buf_release(&spec);
    return n > 600 && !s->tally.unreadable;
}

/* --- real runbooks --- */

static bool try_folder(struct session *s, struct arena *a, const char *dir,
                       size_t *n);

static bool try_file(struct session *s, const char *path, size_t *n)
{
    static const enum dressing how[] = {
        DRESS_PLAIN, DRESS_CRLF,   DRESS_MIXED,
        DRESS_BOM,   DRESS_QUOTED, DRESS_LISTED,
    };
    struct buf text = {0};
    struct err err = {0};
    bool ok = file_read(path, 16u << 20, &text, &err) == ST_OK;
    if (!ok)
        fprintf(stderr, "%s\n", err.msg);
    for (size_t i = 0; ok && i < sizeof how / sizeof how[0]; i++)
        ok = try_text(s, path, buf_view(&text), how[i]);
    buf_release(&text);
    ++*n;
    return ok;
}

static bool try_folder(struct session *s, struct arena *a, const char *dir,
                       size_t *n)
{
    char **names;
    size_t count;
    struct err err = {0};
    if (file_list(dir, a, &names, &count, &err) != ST_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        char *path = path_join(a, dir, names[i]);
        if (file_is_dir(path))
            ok = try_folder(s, a, path, n);
        else if (span_ends(span_of(path), ".md"))
            ok = try_file(s, path, n);
    }
    return ok;
}

/* A user's clone has no corpus: then more documents are made up. */
static bool try_runbooks(struct session *s, struct tally *before, bool *present)
{
    struct arena a = {0};
    const char *shared = getenv("RUNPROOF_SHARED");
    char *dir = path_join(&a, shared ? shared : "../shared", "corpus");
    size_t n = 0;
    *present = file_is_dir(dir);
    /* beside them lies a template whose front matter is no YAML */
    bool ok =
        !*present || (try_folder(s, &a, path_join(&a, dir, "content"), &n) &&
                      try_file(s, path_join(&a, dir, "README.md"), &n));
    if (*present)
        report("runbooks of the corpus", n, before, &s->tally);
    arena_release(&a);
    return ok && !s->tally.unreadable;
}

/* --- made-up documents --- */

static bool try_made_up(struct session *s, uint64_t seed)
{
    struct buf text = {0};
    char name[40];
    bool scraps = seed % 4 == 3;
    snprintf(name, sizeof name, "%s %llu", scraps ? "scraps" : "page",
             (unsigned long long)seed);
    if (scraps)
        generate_scraps(seed, &text);
    else
        generate_page(seed, &text);
    bool ok = try_text(s, name, buf_view(&text),
                       (enum dressing)(seed / 4 % DRESS_COUNT));
    buf_release(&text);
    return ok;
}

static bool try_all_made_up(struct session *s, struct tally *before,
                            bool corpus)
{
    size_t n = 0;
    while (n < PAGES_MIN || s->tally.regions < REGIONS_MIN)
        if (!try_made_up(s, n++))
            return false;
    if (!corpus)
        printf("corpus: not present, more generated documents instead\n");
    report("generated documents", n, before, &s->tally);
    return true;
}

int main(void)
{
    struct session s = {0};
    struct tally before = {0};
    bool corpus;
    bool ok = try_spec(&s, &before) && try_runbooks(&s, &before, &corpus) &&
              try_all_made_up(&s, &before, corpus);
    printf("unsafe payloads: %zu harmless, %zu refused\n", s.tally.written,
           s.tally.refused);
    printf("%zu regions in %zu documents\n", s.tally.regions,
           s.tally.documents);
    return ok && s.tally.regions >= REGIONS_MIN ? EXIT_SUCCESS : EXIT_FAILURE;
}
