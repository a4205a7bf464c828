/* Loads the scanner's module and passes calls on to it. */
#include "scan.h"

#include "port.h"

/* Set by load, without which nobody has anything to pass. */
static const struct scan_module *module;

static enum status load(struct err *err)
{
    void *symbol = NULL;
    if (!module && port_symbol("scan", SCAN_SYMBOL, &symbol, err) == ST_OK)
        module = symbol;
    return err->st;
}

enum status scan(const struct scan_request *request, struct scan_result *out,
                 struct err *err)
{
    *out = (struct scan_result){.rows = json_new(JSON_ARRAY),
                                .notices = json_new(JSON_ARRAY)};
    return load(err) == ST_OK ? module->scan(request, out, err) : err->st;
}

void scan_release(struct scan_result *r)
{
    json_free(r->rows);
    json_free(r->notices);
    *r = (struct scan_result){0};
}

enum status scan_inflater(struct inflater *out, struct err *err)
{
    if (load(err) == ST_OK)
        *out = module->inflater();
    return err->st;
}

void scan_inflater_free(struct inflater *inflate)
{
    if (inflate->state)
        module->inflater_free(inflate);
    *inflate = (struct inflater){0};
}
