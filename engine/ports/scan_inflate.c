/* Inflates whole streams (the only user of libdeflate). */
#include <libdeflate.h>

#include "scan_part.h"

static bool run(void *state, struct span in, char *out, size_t n)
{
    size_t used = 0;
    return libdeflate_zlib_decompress_ex(state, in.p, in.n, out, n, &used,
                                         NULL) == LIBDEFLATE_SUCCESS;
}

static uint32_t crc32_of(struct span s)
{
    return libdeflate_crc32(0, s.p, s.n);
}

struct inflater inflater_new(void)
{
    return (struct inflater){run, crc32_of, libdeflate_alloc_decompressor()};
}

void inflater_free(struct inflater *inflate)
{
    libdeflate_free_decompressor(inflate->state);
    inflate->state = NULL;
}
