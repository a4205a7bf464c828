/* A plan for people: its changes like a diff, and two plans against each
 * other. */
#pragma once

#include "json.h"
#include "str.h"

/* The head line "~ POST https://… (acme.machines.update) 3f9c2a1b77de" and
 * below it what becomes of the object, "- config.image: …", "+ config.image:
 * …". Safe to show; each line ends in a newline and begins with indent. */
void rehearse_show(const struct json *change, const char *indent,
                   struct buf *out);
/* What of one plan the other has not, of what is hashed. Appends nothing when
 * they are the same plan. */
void rehearse_differ(const struct json *then, const struct json *now,
                     struct buf *out);
