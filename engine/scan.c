/* Loads the scanner's module and passes calls on to it. */
#include "scan.h"

#include "port.h"

static enum status load(const struct scan_module **out, struct err *err)
{
    void *symbol = NULL;
    if (port_symbol("scan", SCAN_SYMBOL, &symbol, err) != ST_OK)
        return err->st;
    *out = symbol;
    return ST_OK;
}

enum status scan(const struct scan_request *request, struct scan_result *out,
                 struct err *err)
{
    const struct scan_module *module = NULL;
    *out = (struct scan_result){.rows = json_new(JSON_ARRAY),
                                .notices = json_new(JSON_ARRAY)};
    if (load(&module, err) != ST_OK)
        return err->st;
    return module->scan(request, out, err);
}

void scan_release(struct scan_result *r)
{
    json_free(r->rows);
    json_free(r->notices);
    *r = (struct scan_result){0};
}

enum status scan_inflater(struct inflater *out, struct err *err)
{
    const struct scan_module *module = NULL;
    if (load(&module, err) != ST_OK)
        return err->st;
    *out = module->inflater();
    return ST_OK;
}

void scan_inflater_free(struct inflater *inflate)
{
    const struct scan_module *module = NULL;
    struct err ignored = {0};
    if (inflate->state && load(&module, &ignored) == ST_OK)
        module->inflater_free(inflate);
    *inflate = (struct inflater){0};
}
