/* The comments of Lua modules as documentation. */
#include "luadoc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"

static const char module[] =
    "-- Calls of the kitchen.\n"
    "\n"
    "--- A dish\n"
    "--- on the table.\n"
    "--- @class kitchen.dish : thing\n"
    "--- @field name string\n"
    "--- @field size? {w:integer, h:integer} in cm\n"
    "---   without the rim\n"
    "\n"
    "--- @class kitchen calls of it\n"
    "local kitchen = {}\n"
    "\n"
    "--- Not for others.\n"
    "local function hidden(x) end\n"
    "--- Another module's.\n"
    "function other.cook(x) end\n"
    "function kitchen.undocumented() end\n"
    "\n"
    "--- Cooks;\n"
    "--- raises when it burns.\n"
    "--- @param name string\n"
    "--- @param opts? {heat:fun(n:integer):integer, slow?:boolean} how\n"
    "--- @return kitchen.dish\n"
    "--- @return boolean hot or not\n"
    "function kitchen.cook(name, opts)\n"
    "end\n"
    "\n"
    "--- Tidies up.\n"
    "function kitchen.close()\n"
    "end\n"
    "return kitchen";

static const char part[] = "-- The oven.\n"
                           "--- Warms up.\n"
                           "function kitchen.warm() end\n"
                           "--- @class kitchen.oven\n";

/* As `catalogue` of lua/provider.lua gives them. */
static const char rows_text[] =
    "[{\"predict\":true,\"undo\":\"yes\","
    "\"name\":\"kitchen.orders.make\",\"method\":\"POST\","
    "\"path\":\"/{table}/orders\",\"effect\":\"remote\","
    "\"idempotent\":false,\"probe\":true,\"doc\":\"One | two.\","
    "\"link\":\"https://kitchen.example/orders\","
    "\"gives\":\"kitchen.dish|nil\","
    "\"args\":[\"table?: string  default: the environment's\","
    "\"dish: {name:string, size?:integer}\","
    "\"heat: \\\"low\\\"|\\\"high\\\"  of the plate\"]},"
    "{\"name\":\"kitchen.orders.all\",\"method\":\"GET\","
    "\"path\":\"/orders\",\"effect\":\"read\",\"idempotent\":true,"
    "\"page\":\"link\",\"doc\":\"All.\",\"args\":[],"
    "\"undescribed\":\"it is new\"},"
    "{\"name\":\"kitchen.shut\",\"method\":\"POST\",\"path\":\"/shut\","
    "\"effect\":\"remote\",\"idempotent\":false,\"doc\":\"Shuts.\","
    "\"undo\":\"it is dark\"},"
    "{\"name\":\"cellar.list\",\"method\":\"GET\",\"path\":\"/wine\","
    "\"effect\":\"read\",\"idempotent\":true,\"doc\":\"Wine.\"}]";

static const char page_part[] =
    "### kitchen\n"
    "\n"
    "Calls of the kitchen.\n"
    "\n"
    "Functions:\n"
    "\n"
    "- **`kitchen.cook(name: string, opts?: {heat:fun(n:integer):integer, "
    "slow?:boolean}): kitchen.dish, boolean`**\n"
    "  Cooks; raises when it burns.\n"
    "  - `opts` how\n"
    "  - gives `boolean` hot or not\n"
    "- **`kitchen.close()`**\n"
    "  Tidies up.\n"
    "- **`kitchen.warm()`**\n"
    "  Warms up.\n"
    "\n"
    "Calls, each with a table of named arguments "
    "([their requests](PROVIDERS.md#kitchen)):\n"
    "\n"
    "| call | arguments | gives | effect | what it does |\n"
    "| --- | --- | --- | --- | --- |\n"
    "| [`kitchen.orders.make`](https://kitchen.example/orders) "
    "| `table?: string` default: the environment's"
    "<br>`dish: {name:string, size?:integer}`"
    "<br>`heat: \"low\"\\|\"high\"` of the plate "
    "| `kitchen.dish\\|nil` | remote | One \\| two. |\n"
    "| `kitchen.orders.all` | | `table` | read | All. |\n"
    "| `kitchen.shut` | | `table` | remote | Shuts. |\n"
    "\n"
    "Types:\n"
    "\n"
    "- **`kitchen.dish`**, also a `thing`\n"
    "  A dish on the table.\n"
    "  - `name`: `string`\n"
    "  - `size?`: `{w:integer, h:integer}` in cm without the rim\n"
    "- **`kitchen`**: calls of it\n"
    "- **`kitchen.oven`**\n";

static const char definitions_part[] =
    "--- @class kitchen calls of it\n"
    "kitchen = {}\n"
    "\n"
    "kitchen.orders = {}\n"
    "\n"
    "--- One | two.\n"
    "--- - `table` default: the environment's\n"
    "--- - `heat` of the plate\n"
    "---@see https://kitchen.example/orders\n"
    "---@param a {table?: string, dish: {name:string, size?:integer}, "
    "heat: \"low\"|\"high\"}\n"
    "---@return kitchen.dish|nil\n"
    "function kitchen.orders.make(a) end\n"
    "\n"
    "--- All.\n"
    "---@param a? {}\n"
    "---@return table\n"
    "function kitchen.orders.all(a) end\n"
    "\n"
    "--- Shuts.\n"
    "---@param a? table\n"
    "---@return table\n"
    "function kitchen.shut(a) end\n"
    "\n"
    "kitchen.try = {}\n"
    "\n"
    "kitchen.try.orders = {}\n"
    "\n"
    "--- As kitchen.orders.make, but a failure is given, not raised.\n"
    "---@param a {table?: string, dish: {name:string, size?:integer}, "
    "heat: \"low\"|\"high\"}\n"
    "---@return kitchen.dish|nil\n"
    "---@return provider.failure|nil\n"
    "function kitchen.try.orders.make(a) end\n"
    "\n"
    "--- As kitchen.orders.all, but a failure is given, not raised.\n"
    "---@param a? {}\n"
    "---@return table|nil\n"
    "---@return provider.failure|nil\n"
    "function kitchen.try.orders.all(a) end\n"
    "\n"
    "--- As kitchen.shut, but a failure is given, not raised.\n"
    "---@param a? table\n"
    "---@return table|nil\n"
    "---@return provider.failure|nil\n"
    "function kitchen.try.shut(a) end\n"
    "\n"
    "--- Cooks;\n"
    "--- raises when it burns.\n"
    "--- @param name string\n"
    "--- @param opts? {heat:fun(n:integer):integer, slow?:boolean} how\n"
    "--- @return kitchen.dish\n"
    "--- @return boolean hot or not\n"
    "function kitchen.cook(name, opts) end\n"
    "\n"
    "--- Tidies up.\n"
    "function kitchen.close() end\n"
    "\n"
    "--- Warms up.\n"
    "function kitchen.warm() end\n";

static const char providers_part[] =
    "| provider | calls | reads | changes | predicted | checked |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: |\n"
    "| kitchen | 3 | 1 | 2 | 1 | 2 |\n"
    "| cellar | 1 | 1 | 0 | 0 | 1 |\n"
    "| all | 4 | 2 | 2 | 1 | 3 |\n"
    "\n"
    "## kitchen\n"
    "\n"
    "| call | request | effect | idempotent | predicted | undo | pages | "
    "checked |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    "| [`orders.make`](https://kitchen.example/orders) "
    "| `POST /{table}/orders` | remote | no: probe | yes | yes | | yes |\n"
    "| `orders.all` | `GET /orders` | read | yes | | | link | no |\n"
    "| `shut` | `POST /shut` | remote | no: person | no | - | | yes |\n"
    "\n"
    "Not checked:\n"
    "\n"
    "- `orders.all`: it is new\n"
    "\n"
    "## cellar\n";

static const char *const on_page[] = {
    page_part,
    "- **`fs.read(path: string): string`** — read\n",
    "- **`params: table<string,any>`** — none\n",
    "- **`time.now(): number`** — none\n",
    "- **`git.log(opts?: table): git.commit[]`** — read\n",
    "- **`secret.equal(a: secret|string, b: secret|string): boolean`**",
    NULL,
};
static const char *const in_definitions[] = {
    definitions_part,
    "---@param path string\n---@return string\nfunction fs.read(path) end\n",
    "---@type table<string,any>\nparams = {}\n",
    "\nfs = {}\n",
    NULL,
};
static const char *const on_providers[] = {providers_part, NULL};
static const char *const nowhere[] = {
    "door.", "hidden", "other.cook", "undocumented", "pretended", NULL,
};

static void check(const char *text, const char *const *wanted)
{
    for (; *wanted; wanted++)
        if (!strstr(text, *wanted))
            fail_msg("lacks:\n%s\nhas:\n%s", *wanted, text);
    for (const char *const *no = nowhere; *no; no++)
        if (strstr(text, *no))
            fail_msg("has '%s'", *no);
}

static void comments_become_documentation(void **state)
{
    (void)state;
    const struct luafile files[] = {
        {.name = "kitchen", .text = SPAN(module)},
        {.name = "kitchen/oven", .text = SPAN(part)},
        {.name = "cellar", .text = SPAN("-- Bottles.\n")},
        {.name = "sandbox/kitchen", .text = SPAN("--- @class pretended\n")},
    };
    struct arena a = {0};
    struct json *rows = NULL;
    struct err err = {0};
    struct luadoc d;
    struct buf text = {0};
    assert_int_equal(json_parse(SPAN(rows_text), &rows, &err), ST_OK);
    luadoc_read(&d, files, sizeof files / sizeof *files, rows, &a);
    assert_int_equal(d.n, 6);
    luadoc_page(&d, &text);
    check(buf_cstr(&text), on_page);
    buf_clear(&text);
    luadoc_definitions(&d, &text);
    check(buf_cstr(&text), in_definitions);
    buf_clear(&text);
    luadoc_providers(&d, &text);
    check(buf_cstr(&text), on_providers);
    buf_release(&text);
    json_free(rows);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_become_documentation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
