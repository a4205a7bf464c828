/* Finds out whom to trust. */
#include "trust.h"

#include <string.h>

#include "file.h"
#include "keyfile.h"

#define MAX_BYTES 4096

static enum status from_persons(struct arena *a, struct trust *out,
                                struct err *err)
{
    struct config config;
    struct authority au;
    enum status st = config_load(".", a, &config, err);
    if (st == ST_OK)
        st = authority_read(&config, a, &au, err);
    if (st != ST_OK)
        return st;
    *out = (struct trust){au.persons, true};
    return ST_OK;
}

/* In a file: a key as text in its first line, or a secret key's public one. */
static enum status from_file(const char *path, struct arena *a,
                             struct person_key *key, struct err *err)
{
    struct buf text = {0};
    struct keyfile k;
    enum status st = file_read(path, MAX_BYTES, &text, err);
    struct span rest = buf_view(&text);
    if (st == ST_OK &&
        !sign_public_parse(span_trim(span_cut(&rest, '\n')), &key->key)) {
        st = keyfile_parse(buf_view(&text), a, &k, err);
        key->key = k.public;
        key->person = k.person ? k.person : key->person;
    }
    buf_release(&text);
    return st == ST_OK ? ST_OK : err_place(err, path, 0);
}

enum status trust_read(const char *text, struct arena *a, struct trust *out,
                       struct err *err)
{
    *out = (struct trust){0};
    if (strcmp(text, "persons") == 0)
        return from_persons(a, out, err);
    struct person_key *key = arena_alloc(a, sizeof *key);
    key->person = text;
    out->persons.keys = key;
    out->persons.n_keys = 1;
    if (sign_public_parse(span_of(text), &key->key))
        return ST_OK;
    if (strncmp(text, "ed25519:", 8) == 0)
        return err_set(err, ST_INPUT,
                       "--trust takes persons, ed25519:BASE64 or a key's "
                       "file, not '%s'",
                       text);
    return from_file(text, a, key, err);
}

const char *trust_signer(const struct trust *t, const struct dsse *envelope)
{
    for (size_t i = 0; i < t->persons.n_keys; i++)
        if (dsse_signed_by(envelope, &t->persons.keys[i].key))
            return t->persons.keys[i].person;
    return NULL;
}
