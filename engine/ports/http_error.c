/* Errors of requests: what went wrong, and what to do, in one line. No text of
 * a server or of a URL goes into them but the host's name. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "http_part.h"

const char *job_server(const struct job *x)
{
    return x->url_is_secret ? "the server" : x->origin.host;
}

void job_fail(struct job *x, enum status st, const char *fmt, ...)
{
    struct buf text = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    if (x->tries > 1)
        buf_printf(&text, " (%d tries)", x->tries);
    if (x->from)
        buf_printf(&text, " (%s redirects there%s)", x->from,
                   x->dropped_secrets ? ", where its credentials do not go"
                                      : "");
    err_set(&x->err, st, "%s", buf_cstr(&text));
    buf_release(&text);
}

void job_timed_out(struct job *x)
{
    char span[32] = "the time left";
    const char *did = "accept a connection";
    int64_t now = clock_mono_ms();
    bool is_over = now >= x->call.deadline_mono_ms;
    enum status st = is_over ? ST_TIMEOUT : ST_FAILED;
    if (!is_over && x->timeout_ms && now >= x->give_up_mono_ms)
        duration_text(x->timeout_ms, span);
    else if (!is_over)
        duration_text(CONNECT_TIMEOUT_MS, span);
    if (x->sent || is_over)
        did = "answer";
    if (x->easy)
        job_fail(x, st, "%s did not %s in %s", job_server(x), did, span);
    else
        job_fail(x, st, "%s: this request's turn did not come in %s",
                 job_server(x), span);
}

/* --- certificates --- */

/* By OpenSSL's number of it (X509_V_ERR_…), which libcurl hands on. */
static const char *distrust(const struct job *x)
{
    static const struct {
        long number;
        const char *text;
    } rows[] = {
        {9, "its certificate is not valid yet: check this machine's clock"},
        {10, "its certificate has expired: have it renewed"},
        {18, "its certificate is self-signed: name its file in SSL_CERT_FILE "
             "if you trust it"},
        {19, "the issuer of its certificate is unknown here: name its CA's "
             "file in SSL_CERT_FILE"},
        {20, "the issuer of its certificate is unknown here: name its CA's "
             "file in SSL_CERT_FILE"},
        {21, "the issuer of its certificate is unknown here: name its CA's "
             "file in SSL_CERT_FILE"},
        {23, "its certificate was revoked: have it renewed"},
        {62, "its certificate is for another name: check the URL"},
        {64, "its certificate is for another name: check the URL"},
    };
    long number = 0;
    if (strstr(x->why, "subject name")) /* libcurl's own check */
        return "its certificate is for another name: check the URL";
    curl_easy_getinfo(x->easy, CURLINFO_SSL_VERIFYRESULT, &number);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == number)
            return rows[i].text;
    return "its certificate is not trusted";
}

static const char *no_handshake(const struct job *x)
{
    if (strstr(x->why, "wrong version number") ||
        strstr(x->why, "packet length too long"))
        return "it speaks no TLS there: check the port, or ask by http";
    return "no TLS connection came about: it speaks another TLS or hung up";
}

/* --- proxies --- */

/* Where a connection failed that went to a proxy, libcurl names the proxy. */
static const char *no_connection(const struct job *x)
{
    if (x->http->has_proxy && *x->why && !strstr(x->why, x->origin.host))
        return "the proxy on the way to it accepts no connection: check "
               "http_proxy, https_proxy and no_proxy";
    return "it accepts no connection";
}

long proxy_status(const struct job *x)
{
    long status = 0;
    curl_easy_getinfo(x->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status >= 300 ? status : 0;
}

/* --- all others --- */

static const char *cause(const struct job *x, CURLcode code)
{
    static const char not_http[] = "its answer is not HTTP: check the port";
    static const struct {
        CURLcode code;
        const char *text;
    } rows[] = {
        {CURLE_COULDNT_RESOLVE_HOST, "no such host: check the URL"},
        {CURLE_COULDNT_RESOLVE_PROXY,
         "the host of the proxy on the way to it is unknown: check http_proxy, "
         "https_proxy and no_proxy"},
        {CURLE_PROXY, "the proxy on the way to it refuses the connection"},
        {CURLE_GOT_NOTHING, "it hung up without an answer"},
        {CURLE_RECV_ERROR, "the connection broke"},
        {CURLE_SEND_ERROR, "the connection broke"},
        {CURLE_HTTP2, "the connection broke"},
        {CURLE_HTTP2_STREAM, "the connection broke"},
        {CURLE_ABORTED_BY_CALLBACK, "it hung up without an answer"},
        {CURLE_PARTIAL_FILE, "its answer was cut short"},
        {CURLE_UNSUPPORTED_PROTOCOL, not_http},
        {CURLE_WEIRD_SERVER_REPLY, not_http},
        {CURLE_BAD_CONTENT_ENCODING,
         "its answer is not compressed as it says it is"},
        {CURLE_SSL_CACERT_BADFILE,
         "the trusted certificates cannot be read: check SSL_CERT_FILE, "
         "SSL_CERT_DIR and CURL_CA_BUNDLE"},
        {CURLE_OUT_OF_MEMORY, "a header of its answer is over 100 KiB"},
#if LIBCURL_VERSION_NUM >= 0x080600
        {CURLE_TOO_LARGE, "a header of its answer is over 100 KiB"},
#endif
    };
    if (code == CURLE_COULDNT_CONNECT)
        return no_connection(x);
    if (code == CURLE_RECV_ERROR && strstr(x->why, "chunked-encoding"))
        return not_http;
    if (code == CURLE_SSL_CONNECT_ERROR)
        return no_handshake(x);
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        return distrust(x);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code)
            return rows[i].text;
    return curl_easy_strerror(code);
}

void job_send_failed(struct job *x, CURLcode code)
{
    const char *who = job_server(x);
    if (code == CURLE_OPERATION_TIMEDOUT)
        job_timed_out(x);
    else if (x->answer.over || code == CURLE_FILESIZE_EXCEEDED)
        job_fail(x, ST_FAILED, "%s: its answer is over %zu bytes", who,
                 x->cap_bytes);
    else if (x->field_bytes > HEADERS_CAP || x->n_fields > HEADERS_MOST)
        job_fail(x, ST_FAILED,
                 "%s: the headers of its answer are over %u KiB or %d lines",
                 who, HEADERS_CAP >> 10, HEADERS_MOST);
    else if (proxy_status(x))
        job_fail(x, ST_FAILED,
                 "%s: the proxy on the way to it answered %ld: check "
                 "https_proxy and no_proxy",
                 who, proxy_status(x));
    else
        job_fail(x, ST_FAILED, "%s: %s", who, cause(x, code));
}
