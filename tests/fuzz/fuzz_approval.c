/* Any bytes as an approval, a statement, a key file: read or refused; what is
 * read has its parts, and nobody's key signed it. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "approval.h"
#include "keyfile.h"
#include "statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_approval(struct span text, const struct sign_public *key)
{
    struct arena a = {0};
    struct approval ap;
    struct err err = {0};
    if (approval_parse(text, &a, &ap, &err) == ST_OK)
        assert(strlen(ap.plan) == 64 && person_name_fits(span_of(ap.person)) &&
               !dsse_signed_by(&ap.envelope, key));
    else
        assert(*err.msg);
    arena_release(&a);
}

static void try_statement(struct span text)
{
    struct arena a = {0};
    struct dsse envelope;
    struct json *j = NULL;
    struct err err = {0};
    if (statement_parse(text, &a, &j, &envelope, &err) == ST_OK)
        assert(j && envelope.n <= DSSE_MAX_SIGNATURES);
    else
        assert(!j);
    json_free(j);
    arena_release(&a);
}

static void try_key(struct span text)
{
    struct arena a = {0};
    struct keyfile k;
    struct err err = {0};
    if (keyfile_parse(text, &a, &k, &err) == ST_OK)
        assert(k.lock.passes <= SIGN_MAX_PASSES &&
               k.lock.bytes <= SIGN_MAX_BYTES);
    arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sign_public nobodys = {{9}};
    struct span text = {(const char *)data, size};
    try_approval(text, &nobodys);
    try_statement(text);
    try_key(text);
    return 0;
}
