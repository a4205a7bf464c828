/* YAML: whatever loads is JSON within the node ceiling; an error has a line or
 * is about the whole text. */
#include <stdint.h>
#include <stdlib.h>

#include "yaml.h"

#define MAX_NODES 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_nodes(const struct json *j)
{
    size_t n = 1;
    for (const struct json *c = json_first(j); c; c = json_next(c))
        n += count_nodes(c);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct json *j = NULL;
    struct json *again = NULL;
    struct buf text = {0};
    if (yaml_parse((struct span){(const char *)data, size}, MAX_NODES, &j,
                   &err) != ST_OK)
        return 0;
    json_write(j, &text);
    if (count_nodes(j) > MAX_NODES ||
        json_parse(buf_view(&text), &again, &err) != ST_OK ||
        !json_equal(j, again))
        abort();
    json_free(j);
    json_free(again);
    buf_release(&text);
    return 0;
}
