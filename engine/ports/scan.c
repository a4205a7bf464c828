/* The scanner's module: what it exports, and what its parts share. */
#include <stdio.h>

#include "clock.h"
#include "scan_part.h"

void scan_notice(struct scan_result *out, const char *fmt, ...)
{
    struct buf text = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    json_push(out->notices, json_new_bytes(buf_view(&text)));
    buf_release(&text);
}

void oid_hex(const unsigned char *oid, char out[41])
{
    for (size_t i = 0; i < OID; i++)
        snprintf(out + 2 * i, 3, "%02x", oid[i]);
}

bool scan_stopped(const struct scan_request *request)
{
    return (request->stop && *request->stop) ||
           (request->deadline_mono_ms &&
            clock_mono_ms() >= request->deadline_mono_ms);
}

static enum status run(const struct scan_request *request,
                       struct scan_result *out, struct err *err)
{
    struct matcher *matcher = NULL;
    struct repo *repo = NULL;
    enum status st = matcher_new(request->rules, &matcher, err);
    if (st == ST_OK && request->history)
        st = repo_open(request->path, &repo, err);
    if (st == ST_OK && request->history)
        st = scan_history(request, repo, matcher, out, err);
    else if (st == ST_OK)
        st = scan_files(request, matcher, out, err);
    repo_close(repo);
    matcher_free(matcher);
    return st;
}

extern const struct scan_module runproof_scan;
const struct scan_module runproof_scan = {run, inflater_new, inflater_free};
