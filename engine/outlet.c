/* Redacts what leaves for the terminal. */
#include "outlet.h"

#include <sys/types.h>
#include <unistd.h>

#include "file.h"

/* One each a process, like the descriptors. */
struct outlet {
    int fd;
    bool failed;
    FILE *stream;
    struct redact_stream held;
};
static struct outlet outlets[] = {{.fd = STDOUT_FILENO}, {.fd = STDERR_FILENO}};
static struct redact *shapes_alone;
static const struct redact *net;

static bool pass(struct outlet *o, struct span bytes, bool is_end)
{
    struct buf safe = {0};
    redact_stream(net, &o->held, bytes, is_end, &safe);
    if (safe.n && !file_write_all(o->fd, buf_view(&safe)))
        o->failed = true;
    buf_release(&safe);
    return !o->failed;
}

static ssize_t on_write(void *ctx, const char *p, size_t n)
{
    return pass(ctx, (struct span){p, n}, false) ? (ssize_t)n : 0;
}

static FILE *divert(struct outlet *o, int buffering)
{
    o->stream = fopencookie(o, "w", (cookie_io_functions_t){.write = on_write});
    if (o->stream)
        setvbuf(o->stream, NULL, buffering, BUFSIZ);
    return o->stream;
}

void outlet_open(void)
{
    if (net)
        return;
    shapes_alone = redact_new();
    redact_shapes(shapes_alone, true);
    net = shapes_alone;
    fflush(stdout);
    FILE *out = divert(&outlets[0], isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF);
    FILE *error = divert(&outlets[1], _IONBF);
    stdout = out ? out : stdout;
    stderr = error ? error : stderr;
}

void outlet_know(const struct redact *known)
{
    if (!net)
        return;
    fflush(stdout); /* what was written while the other was known */
    net = known ? known : shapes_alone;
}

const struct redact *outlet_net(void)
{
    return net;
}

bool outlet_end(void)
{
    fflush(stdout);
    fflush(stderr);
    for (size_t i = 0; net && i < sizeof outlets / sizeof *outlets; i++)
        (void)pass(&outlets[i], (struct span){"", 0}, true);
    return !outlets[0].failed;
}

bool outlet_raw(struct span bytes)
{
    return outlet_end() && file_write_all(STDOUT_FILENO, bytes);
}

int outlet_fd(FILE *stream)
{
    for (size_t i = 0; i < sizeof outlets / sizeof *outlets; i++)
        if (outlets[i].stream == stream)
            return outlets[i].fd;
    return fileno(stream);
}
