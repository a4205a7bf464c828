/* Makes, reads and checks signed envelopes. */
#include "dsse.h"

#include "json.h"

/* --- making ---------------------------------------------------------- */

void dsse_pae(const char *type, struct span payload, struct buf *out)
{
    buf_printf(out, "DSSEv1 %zu %s %zu ", strlen(type), type, payload.n);
    buf_span(out, payload);
}

static void put_base64(struct json *o, const char *key, struct span bytes)
{
    struct buf text = {0};
    base64_encode(bytes, &text);
    json_put_str(o, key, buf_cstr(&text));
    buf_release(&text);
}

void dsse_seal(const char *type, struct span payload, const struct signer *s,
               struct buf *out)
{
    unsigned char raw[SIGNATURE_BYTES];
    struct buf pae = {0};
    dsse_pae(type, payload, &pae);
    signer_sign(s, buf_view(&pae), raw);
    buf_release(&pae);
    struct json *o = json_new(JSON_OBJECT);
    put_base64(o, "payload", payload);
    json_put_str(o, "payloadType", type);
    struct json *all = json_put(o, "signatures", json_new(JSON_ARRAY));
    struct json *one = json_push(all, json_new(JSON_OBJECT));
    json_put_str(one, "keyid", sign_keyid(signer_public(s)).hex);
    put_base64(one, "sig", (struct span){(const char *)raw, sizeof raw});
    json_write(o, out);
    buf_char(out, '\n');
    json_free(o);
}

/* --- reading --------------------------------------------------------- */

/* Standard or URL-safe: a verifier takes both (rule: DSSE, envelope). */
static bool read_base64(const struct json *j, struct arena *a, struct span *out)
{
    struct buf text = {0};
    struct buf raw = {0};
    bool ok = json_type(j) == JSON_STRING;
    buf_span(&text, json_span(j));
    for (size_t i = 0; i < text.n; i++)
        text.p[i] = text.p[i] == '-' ? '+' : text.p[i] == '_' ? '/' : text.p[i];
    ok = ok && base64_decode(buf_view(&text), &raw);
    if (ok)
        *out = (struct span){span_dup(a, buf_view(&raw)), raw.n};
    buf_release(&text);
    buf_release(&raw);
    return ok;
}

bool dsse_is(const struct json *j)
{
    return json_get(j, "payload") && json_get(j, "payloadType");
}

enum status dsse_read(const struct json *envelope, struct arena *a,
                      struct dsse *out, struct err *err)
{
    const struct json *list = json_get(envelope, "signatures");
    const char *type = json_str(json_get(envelope, "payloadType"));
    *out = (struct dsse){0};
    if (!type || json_type(list) != JSON_ARRAY ||
        !read_base64(json_get(envelope, "payload"), a, &out->payload))
        return err_set(err, ST_INPUT,
                       "no signed envelope: it lacks payload, payloadType or "
                       "signatures");
    if (json_size(list) > DSSE_MAX_SIGNATURES)
        return err_set(err, ST_LIMIT, "more than %d signatures",
                       DSSE_MAX_SIGNATURES);
    out->type = arena_strdup(a, type);
    out->signatures = arena_array(a, json_size(list), sizeof *out->signatures);
    const struct json *s = json_first(list);
    for (; s; s = json_next(s), out->n++)
        if (!read_base64(json_get(s, "sig"), a, &out->signatures[out->n]))
            return err_set(err, ST_INPUT,
                           "signature %zu of the envelope is no base64",
                           out->n + 1);
    return ST_OK;
}

enum status dsse_parse(struct span text, struct arena *a, struct dsse *out,
                       struct err *err)
{
    struct json *j = NULL;
    *out = (struct dsse){0};
    enum status st = json_parse(text, &j, err);
    if (st == ST_OK)
        st = dsse_read(j, a, out, err);
    json_free(j);
    return st;
}

bool dsse_signed_by(const struct dsse *d, const struct sign_public *key)
{
    struct buf pae = {0};
    bool yes = false;
    if (!d->n)
        return false;
    dsse_pae(d->type, d->payload, &pae);
    for (size_t i = 0; i < d->n && !yes; i++)
        yes = sign_check(key, buf_view(&pae), d->signatures[i]);
    buf_release(&pae);
    return yes;
}
