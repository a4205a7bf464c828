/* The canonical form of a document, without anything a run writes, and its
 * hash (rule: DESIGN §3, Insertion rule and The source hash). */
#include "strip.h"

#include "box.h"
#include "front.h"
#include "lines.h"
#include "page.h"
#include "problem.h"
#include "region.h"
#include "splice.h"

enum status strip_known(struct span src, const struct region *regions,
                        size_t n_regions, const struct box *boxes,
                        size_t n_boxes, struct buf *out, struct err *err)
{
    struct arena scratch = {0};
    struct edit *edits =
        arena_array(&scratch, n_regions + n_boxes, sizeof *edits);
    size_t n = 0;
    for (size_t i = 0; i < n_regions; i++)
        edits[n++] = (struct edit){
            .at = regions[i].begin,
            .remove = regions[i].end - regions[i].begin,
        };
    for (size_t i = 0; i < n_boxes; i++)
        if (boxes[i].ticked)
            edits[n++] = (struct edit){boxes[i].mark_at, 1, SPAN(" ")};
    enum status st = splice(src, edits, n, out, err);
    arena_release(&scratch);
    return st;
}

enum status doc_strip(struct span bytes, struct buf *out, struct err *err)
{
    if (bytes.n > DOC_MAX_BYTES)
        return err_set(err, ST_LIMIT, "the document is over %u MiB: split it",
                       DOC_MAX_BYTES >> 20);
    struct arena scratch = {0};
    struct page page;
    struct regions regions;
    struct boxes boxes;
    struct problems broken = {.arena = &scratch};
    struct problems ignored = {.arena = &scratch};
    page_open(&page, bytes, &scratch);
    regions_find(&regions, &page, &scratch, &broken);
    boxes_find(&boxes, &page, &regions, &scratch, &ignored);

    enum status st = broken.n ? problem_err(&broken.list[0], NULL, err)
                              : strip_known(bytes, regions.list, regions.n,
                                            boxes.list, boxes.n, out, err);
    arena_release(&scratch);
    return st;
}

/* --- hash --- */

/* Stamped by `runproof stamp`: not part of what a run does. */
static const char *const stamped[] = {"doc_hash", "last_exercised",
                                      "last_reviewed"};

/* Cuts the value off a stamped key's line. */
static struct span without_stamp(struct span line)
{
    for (size_t i = 0; i < sizeof stamped / sizeof stamped[0]; i++) {
        if (!span_starts(line, stamped[i]))
            continue;
        size_t at = strlen(stamped[i]);
        while (at < line.n && (line.p[at] == ' ' || line.p[at] == '\t'))
            at++;
        if (at < line.n && line.p[at] == ':')
            return span_sub(line, 0, at + 1);
    }
    return line;
}

static struct digest hash_lines(struct span text)
{
    struct front_place front = {0};
    bool has_front = front_find(text, &front);
    struct hasher h;
    hasher_init(&h);
    struct span rest = span_sub(text, bom_length(text), text.n);
    for (int line_no = 1; rest.n; line_no++) {
        const char *at = rest.p;
        struct span line = line_cut(&rest);
        bool has_eol = at + line.n < text.p + text.n;
        if (has_front && line_no < front.lines)
            line = without_stamp(line);
        hasher_add(&h, line);
        if (has_eol)
            hasher_add(&h, SPAN("\n"));
    }
    return hasher_end(&h);
}

enum status doc_source_hash(struct span bytes, struct digest *out,
                            struct err *err)
{
    struct buf plain = {0};
    enum status st = doc_strip(bytes, &plain, err);
    if (st == ST_OK)
        *out = hash_lines(buf_view(&plain));
    buf_release(&plain);
    return st;
}
