/* Runs a fuzz target once over each file of a folder, without libFuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "err.h"
#include "file.h"
#include "str.h"

#define INPUT_MAX_BYTES (16u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status replay_file(const char *path, struct err *err)
{
    struct buf bytes = {0};
    enum status st = file_read(path, INPUT_MAX_BYTES, &bytes, err);
    if (st == ST_OK)
        LLVMFuzzerTestOneInput((const uint8_t *)buf_cstr(&bytes), bytes.n);
    buf_release(&bytes);
    return st;
}

static enum status replay_folder(struct arena *a, const char *dir,
                                 size_t *count, struct err *err)
{
    char **names;
    enum status st = file_list(dir, a, &names, count, err);
    for (size_t i = 0; st == ST_OK && i < *count; i++)
        st = replay_file(path_join(a, dir, names[i]), err);
    if (st == ST_OK && *count == 0)
        st = err_set(err, ST_INPUT, "%s is empty: add a seed", dir);
    return st;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
        return 2;
    }
    struct arena a = {0};
    struct err err = {0};
    size_t count = 0;
    enum status st = replay_folder(&a, argv[1], &count, &err);
    if (st == ST_OK)
        printf("%zu inputs replayed\n", count);
    else
        fprintf(stderr, "%s\n", err.msg);
    arena_release(&a);
    return st == ST_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
