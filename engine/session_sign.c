/* Opens the key that a run's statement is signed with. */
#include "keyfile.h"
#include "session_part.h"

enum status session_signer(struct session *s, struct err *err)
{
    struct keyfile k;
    if (!s->opt->key || s->opt->plan || s->signer)
        return ST_OK;
    return keyfile_open(s->opt->key, &s->arena, &k, &s->signer, err);
}
