/* One conversation with a remote: over https and, on loopback, http by our own
 * http port; over ssh and to a path by libgit2. */
#pragma once

#include "git_remotes.h"

struct contact {
    const struct work *w;
    const char *name; /* of the remote */
    bool push;
    struct remote_facts facts;
    git_remote *remote; /* without a name: in memory */
    const char *url;
    struct vault *vault; /* of this conversation: the credentials */
    struct json *login;  /* the handle of its Authorization; NULL: none */
    struct err err;      /* what a callback or transport found: it counts */
    struct buf said;     /* what the other side had to say */
    int logins;          /* keys asked for on this connection */
    git_remote_callbacks callbacks; /* payload: the contact */
};

/* Finds the remote and refuses what cannot be talked to. token is a secret
 * handle or null; it goes to the origin of this remote's URL alone. The caller
 * calls contact_close either way. */
MUST_USE enum status contact_open(struct contact *c, const struct work *w,
                                  const char *name, bool push,
                                  const struct json *token, struct err *err);
void contact_close(struct contact *c);
/* Connects, and lists the remote's references: borrowed, until the next call
 * to the remote. */
MUST_USE enum status contact_refs(struct contact *c,
                                  const git_remote_head ***refs, size_t *n,
                                  struct err *err);
/* The remote's folder on this machine; NULL when it is elsewhere. */
const char *contact_path(const struct contact *c);
/* "cannot push to origin: …" after libgit2 gave code. */
enum status contact_failed(const struct contact *c, int code, struct err *err);
/* Said by the other side in words: one line of it, "" for none. */
const char *contact_said(const struct contact *c);

/* The transport over our http port (git_http.c): a git_transport_cb whose
 * param is the contact. */
int contact_http(git_transport **out, git_remote *owner, void *param);
/* ST_INPUT unless url is https, or http on loopback. */
MUST_USE enum status contact_check_http(const struct contact *c,
                                        struct err *err);
