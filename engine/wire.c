/* Frames over a stream socket, for both ends of the door. */
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

/* A frame that has begun must arrive whole within this: its sender writes it
 * in one go, so only a broken or hostile one is slower. */
#define FRAME_GRACE_MS 10000

#define HEAD_BYTES 5 /* length, type */

static enum status send_all(int fd, const char *p, size_t n, struct err *err)
{
    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return err_set(err, ST_IO, "the other end does not read");
        if (k < 0)
            return err_set(err, ST_IO, "the other end is gone");
        p += k;
        n -= (size_t)k;
    }
    return ST_OK;
}

void wire_put(struct buf *out, enum wire_type type, struct span payload)
{
    size_t n = payload.n + 1;
    const char head[HEAD_BYTES] = {(char)(n & 0xff), (char)(n >> 8 & 0xff),
                                   (char)(n >> 16 & 0xff),
                                   (char)(n >> 24 & 0xff), (char)type};
    buf_put(out, head, sizeof head);
    buf_span(out, payload);
}

enum status wire_flush(int fd, struct buf *out, struct err *err)
{
    struct span all = buf_view(out);
    enum status st = all.n ? send_all(fd, all.p, all.n, err) : ST_OK;
    buf_clear(out);
    return st;
}

enum status wire_send(int fd, enum wire_type type, struct span payload,
                      struct err *err)
{
    if (payload.n >= WIRE_MAX_BYTES)
        return err_set(err, ST_IO, "a message of %zu bytes is over %u",
                       payload.n, WIRE_MAX_BYTES);
    struct buf frame = {0};
    wire_put(&frame, type, payload);
    enum status st = wire_flush(fd, &frame, err);
    buf_release(&frame);
    return st;
}

/* Waits for a byte to read. No call at all without a deadline: a confined
 * worker may neither poll nor look at a clock. */
static enum status await(int fd, int64_t deadline, struct err *err)
{
    while (deadline >= 0) {
        int64_t left = deadline - clock_mono_ms();
        if (left < 0)
            left = 0;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int k = poll(&p, 1, left > 60000 ? 60000 : (int)left);
        if (k > 0)
            return ST_OK;
        if (k < 0 && errno != EINTR)
            return err_set(err, ST_IO, "cannot wait for the other end");
        if (clock_mono_ms() >= deadline)
            return err_set(err, ST_TIMEOUT, "no message in time");
    }
    return ST_OK;
}

/* What the socket has by now, as much as fits. */
static enum status read_ahead(struct wire_in *in, int64_t deadline,
                              struct err *err)
{
    enum status st = await(in->fd, deadline, err);
    ssize_t k = -1;
    errno = EINTR;
    while (st == ST_OK && k < 0 && errno == EINTR)
        k = read(in->fd, in->ahead, sizeof in->ahead);
    if (st != ST_OK)
        return st;
    if (k <= 0)
        return err_set(err, ST_IO, "the other end is gone");
    in->from = 0;
    in->to = (size_t)k;
    return ST_OK;
}

static enum status recv_all(struct wire_in *in, int64_t deadline, char *p,
                            size_t n, struct err *err)
{
    for (;;) {
        size_t k = in->to - in->from < n ? in->to - in->from : n;
        memcpy(p, in->ahead + in->from, k);
        in->from += k;
        p += k;
        n -= k;
        if (!n)
            return ST_OK;
        enum status st = read_ahead(in, deadline, err);
        if (st != ST_OK)
            return st;
    }
}

/* The rest of a frame whose first byte is here. */
static enum status recv_frame(struct wire_in *in, int64_t deadline,
                              enum wire_type *type, struct buf *payload,
                              struct err *err)
{
    unsigned char head[HEAD_BYTES];
    enum status st = recv_all(in, deadline, (char *)head, sizeof head, err);
    if (st != ST_OK)
        return st;
    size_t n = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 |
               (size_t)head[3] << 24;
    if (n == 0 || n > WIRE_MAX_BYTES)
        return err_set(err, ST_IO, "a frame of %zu bytes is not allowed", n);
    *type = (enum wire_type)head[4];
    buf_clear(payload);
    char slice[sizeof in->ahead];
    for (size_t left = n - 1; left > 0;) {
        size_t k = left < sizeof slice ? left : sizeof slice;
        st = recv_all(in, deadline, slice, k, err);
        if (st != ST_OK)
            return st;
        buf_put(payload, slice, k);
        left -= k;
    }
    return ST_OK;
}

enum status wire_recv(struct wire_in *in, int64_t deadline_mono_ms,
                      enum wire_type *type, struct buf *payload,
                      struct err *err)
{
    if (deadline_mono_ms < 0)
        return recv_frame(in, -1, type, payload, err);
    bool here = in->from < in->to;
    enum status st = here ? ST_OK : await(in->fd, deadline_mono_ms, err);
    if (st != ST_OK)
        return st;
    int64_t grace = clock_mono_ms() + FRAME_GRACE_MS;
    if (grace < deadline_mono_ms)
        grace = deadline_mono_ms;
    st = recv_frame(in, grace, type, payload, err);
    if (st != ST_TIMEOUT)
        return st;
    err_clear(err);
    return err_set(err, ST_IO, "the other end stopped inside a message");
}
