/* JSON: what parses is written canonically, and its canonical text is a fixed
 * point. */
#include <stdint.h>
#include <stdlib.h>

#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct json *parse_or_die(struct span text)
{
    struct err err = {0};
    struct json *j = NULL;
    if (json_parse(text, &j, &err) != ST_OK)
        abort();
    return j;
}

static void check_fixed_point(const struct json *j)
{
    struct buf once = {0};
    struct buf twice = {0};
    struct buf indented = {0};
    json_write(j, &once);
    json_pretty(j, &indented);
    struct json *again = parse_or_die(buf_view(&once));
    struct json *same = parse_or_die(buf_view(&indented));
    json_write(again, &twice);
    if (!span_eq(buf_view(&once), buf_view(&twice)) || !json_equal(same, j))
        abort();
    json_free(again);
    json_free(same);
    buf_release(&once);
    buf_release(&twice);
    buf_release(&indented);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct json *j = NULL;
    enum status st =
        json_parse((struct span){(const char *)data, size}, &j, &err);
    if (st != ST_OK)
        return 0;
    check_fixed_point(j);
    json_free(j);
    return 0;
}
