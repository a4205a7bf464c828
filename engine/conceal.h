/* Secrets that answers bring: what a provider's row marks as secret becomes a
 * handle before anybody sees it (rule: DESIGN §5, Secrets). */
#pragma once

#include "vault.h"

/* value: an answer of http.request, {status, headers, body}. Members of the
 * body named in fields (an array of strings) that hold text become handles
 * called "<row>.<member>"; the body, JSON text, becomes the value it stands
 * for. A body that is no JSON is hidden as a whole, but for that of a refusal.
 */
void conceal_answer(struct vault *v, const char *row, const struct json *fields,
                    struct json *value);

/* Whether an answer holds a handle. */
bool conceal_holds(const struct json *value);

/* Makes the handles of recorded, an answer of an earlier process, known again
 * from live, the answer to the same request now. ST_WAITING when that is
 * another answer. */
MUST_USE enum status conceal_again(struct vault *v, const struct json *recorded,
                                   const struct json *live, struct err *err);
