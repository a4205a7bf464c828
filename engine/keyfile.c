/* Writes and reads key files:
 *
 *   -----BEGIN RUNPROOF SECRET KEY-----
 *   version: 1
 *   person: ada
 *   public: ed25519:BASE64
 *   kdf: argon2id passes=3 bytes=268435456 salt=BASE64
 *   cipher: xsalsa20poly1305 nonce=BASE64
 *   box: BASE64
 *   -----END RUNPROOF SECRET KEY-----
 *
 * The lines stand in this order; that of person may be missing. */
#include "keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "passphrase.h"
#include "persons.h"

#define BEGIN "-----BEGIN RUNPROOF SECRET KEY-----"
#define END "-----END RUNPROOF SECRET KEY-----"
#define KEYFILE_MAX_BYTES 4096

/* --- writing --------------------------------------------------------- */

static void put_bytes(struct buf *out, const char *before, const void *p,
                      size_t n)
{
    buf_str(out, before);
    base64_encode((struct span){p, n}, out);
}

enum status keyfile_text(const struct signer *s, const char *person,
                         struct span passphrase, const struct sign_lock *how,
                         struct buf *out, struct err *err)
{
    unsigned char box[SIGN_BOX_BYTES];
    if (!signer_lock(s, passphrase, how, box))
        return err_set(err, ST_LIMIT,
                       "no memory to lock a key with: it takes %" PRIu64
                       " MiB for a moment",
                       how->bytes >> 20);
    buf_str(out, BEGIN "\nversion: 1\n");
    if (person)
        buf_printf(out, "person: %s\n", person);
    buf_str(out, "public: ");
    sign_public_text(signer_public(s), out);
    buf_printf(out, "\nkdf: argon2id passes=%" PRIu64 " bytes=%" PRIu64,
               how->passes, how->bytes);
    put_bytes(out, " salt=", how->salt, sizeof how->salt);
    put_bytes(out, "\ncipher: xsalsa20poly1305 nonce=", how->nonce,
              sizeof how->nonce);
    put_bytes(out, "\nbox: ", box, sizeof box);
    buf_str(out, "\n" END "\n");
    return ST_OK;
}

enum status keyfile_create(const char *path, struct span text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return err_set(err, ST_INPUT,
                       "%s is there already: a key is never written over; "
                       "name another file",
                       path);
    if (fd < 0)
        return err_set(err, ST_IO, "cannot make %s: %s", path, strerror(errno));
    bool ok =
        fchmod(fd, 0600) == 0 && file_write_all(fd, text) && fsync(fd) == 0;
    int why = errno;
    close(fd);
    if (ok)
        return ST_OK;
    unlink(path);
    return err_set(err, ST_IO, "cannot write %s: %s", path, strerror(why));
}

/* --- reading --------------------------------------------------------- */

/* What follows `before` on the next line. */
static bool take_line(struct span *rest, const char *before, struct span *out)
{
    struct span all = *rest;
    struct span line = span_cut(&all, '\n');
    if (!span_starts(line, before))
        return false;
    *rest = all;
    *out = span_sub(line, strlen(before), line.n);
    return true;
}

/* The value of NAME=VALUE, up to the next blank. */
static bool take_value(struct span *rest, const char *before, struct span *out)
{
    if (!span_starts(*rest, before))
        return false;
    *rest = span_sub(*rest, strlen(before), rest->n);
    *out = span_cut(rest, ' ');
    return true;
}

static bool read_bytes(struct span text, void *out, size_t n)
{
    struct buf raw = {0};
    bool ok = base64_decode(text, &raw) && raw.n == n;
    if (ok)
        memcpy(out, raw.p, n);
    buf_release(&raw);
    return ok;
}

static bool read_number(struct span text, uint64_t *out)
{
    if (!text.n || text.n > 12)
        return false;
    *out = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(text.p[i] - '0');
    }
    return true;
}

static bool read_kdf(struct span line, struct sign_lock *out)
{
    struct span passes, bytes, salt;
    return take_value(&line, "passes=", &passes) &&
           take_value(&line, "bytes=", &bytes) &&
           take_value(&line, "salt=", &salt) && line.n == 0 &&
           read_number(passes, &out->passes) &&
           read_number(bytes, &out->bytes) &&
           read_bytes(salt, out->salt, sizeof out->salt);
}

static enum status foreign(struct err *err)
{
    return err_set(err, ST_INPUT,
                   "no key file of runproof, or cut short: make one by "
                   "`runproof keygen`");
}

static enum status check_cost(const struct sign_lock *how, struct err *err)
{
    if (how->passes <= SIGN_MAX_PASSES && how->bytes <= SIGN_MAX_BYTES)
        return ST_OK;
    return err_set(err, ST_LIMIT,
                   "asks for more than %d passes over %u MiB of Argon2id",
                   SIGN_MAX_PASSES, (unsigned)(SIGN_MAX_BYTES >> 20));
}

enum status keyfile_parse(struct span text, struct arena *a,
                          struct keyfile *out, struct err *err)
{
    struct span line, box;
    *out = (struct keyfile){0};
    if (!take_line(&text, BEGIN, &line) || line.n)
        return foreign(err);
    if (!take_line(&text, "version: ", &line))
        return foreign(err);
    if (!span_is(line, "1"))
        return err_set(err, ST_INPUT,
                       "a key file of a version that is not known here");
    if (take_line(&text, "person: ", &line)) {
        if (!person_name_fits(line))
            return foreign(err);
        out->person = span_dup(a, line);
    }
    bool ok = take_line(&text, "public: ", &line) &&
              sign_public_parse(line, &out->public) &&
              take_line(&text, "kdf: argon2id ", &line) &&
              read_kdf(line, &out->lock) &&
              take_line(&text, "cipher: xsalsa20poly1305 nonce=", &line) &&
              read_bytes(line, out->lock.nonce, sizeof out->lock.nonce) &&
              take_line(&text, "box: ", &box) &&
              read_bytes(box, out->box, sizeof out->box) &&
              take_line(&text, END, &line) && line.n == 0 && text.n == 0;
    return ok ? check_cost(&out->lock, err) : foreign(err);
}

/* What is a key, others may not read: a copy would be as good as it. */
static enum status check_mode(const char *path, struct err *err)
{
    struct stat s;
    if (stat(path, &s) != 0)
        return err_set(err, ST_IO, "cannot read %s: %s", path, strerror(errno));
    if ((s.st_mode & 077) == 0)
        return ST_OK;
    return err_set(err, ST_INPUT,
                   "others may read the key %s: chmod 600 it, and make a new "
                   "key if they did",
                   path);
}

enum status keyfile_read(const char *path, struct arena *a, struct keyfile *out,
                         struct err *err)
{
    struct buf text = {0};
    enum status st = check_mode(path, err);
    if (st == ST_OK)
        st = file_read(path, KEYFILE_MAX_BYTES, &text, err);
    if (st == ST_LIMIT) {
        err_clear(err);
        st = foreign(err);
    }
    if (st == ST_OK)
        st = keyfile_parse(buf_view(&text), a, out, err);
    buf_release(&text);
    return st == ST_OK ? ST_OK : err_place(err, path, 0);
}

struct signer *keyfile_unlock(const struct keyfile *k, struct span passphrase,
                              const char *path, struct err *err)
{
    struct signer *s = signer_unlock(k->box, passphrase, &k->lock);
    if (s && sign_public_same(signer_public(s), &k->public))
        return s;
    (void)err_at(err, ST_INPUT, path, 0,
                 s ? "its public key is not that of its secret one: the file "
                     "was changed"
                   : "wrong passphrase, or the file was changed");
    signer_free(s);
    return NULL;
}

enum status keyfile_open(const char *path, struct arena *a, struct keyfile *k,
                         struct signer **out, struct err *err)
{
    struct passphrase *p = NULL;
    *out = NULL;
    enum status st = keyfile_read(path, a, k, err);
    if (st == ST_OK)
        st = passphrase_get(path, PASSPHRASE_KNOWN, &p, err);
    if (st == ST_OK)
        *out = keyfile_unlock(k, passphrase_view(p), path, err);
    passphrase_free(p);
    return *out ? ST_OK : err->st;
}
