/* Front matter: reading it ends, and its end is where lines say it is. */
#include <stdint.h>
#include <stdlib.h>

#include "front.h"
#include "lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span src = {(const char *)data, size};
    struct arena a = {0};
    struct front f;
    struct err err = {0};
    enum status st = front_parse(src, &a, &f, &err);
    require(st == err.st);
    if (st != ST_OK)
        require(err.line > 0 && err.msg[0]);
    if (f.present) {
        struct lines lines;
        lines_read(&lines, src, &a);
        require(f.end == lines.start[f.lines]);
    }
    arena_release(&a);
    return 0;
}
