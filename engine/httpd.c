/* Loads the HTTP server's module and passes calls on to it. */
#include "httpd.h"

#include <stddef.h>

#include "port.h"

/* Set by httpd_open, without which there is no server to pass. */
static const struct httpd_module *module;

enum status httpd_open(int port, httpd_handler *handler, void *ctx,
                       struct httpd **out, struct err *err)
{
    void *symbol = NULL;
    if (port_symbol("httpd", HTTPD_SYMBOL, &symbol, err) != ST_OK)
        return err->st;
    module = symbol;
    return module->open(port, handler, ctx, out, err);
}

int httpd_port(const struct httpd *h)
{
    return module->port(h);
}

enum status httpd_run(struct httpd *h, const volatile sig_atomic_t *stop,
                      struct err *err)
{
    return module->run(h, stop, err);
}

void httpd_close(struct httpd *h)
{
    if (h)
        module->close(h);
}
