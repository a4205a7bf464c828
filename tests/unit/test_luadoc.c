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

static const char page_part[] =
    "### kitchen\n"
    "\n"
    "Calls of the kitchen.\n"
    "\n"
    "Calls, each with a table of named arguments:\n"
    "\n"
    "| call | request | effect | what |\n"
    "| --- | --- | --- | --- |\n"
    "| `kitchen.order` | `POST /orders` | remote | One \\| two. |\n"
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
    "\n"
    "Types:\n"
    "\n"
    "- **`kitchen.dish`**, also a `thing`\n"
    "  A dish on the table.\n"
    "  - `name`: `string`\n"
    "  - `size?`: `{w:integer, h:integer}` in cm without the rim\n"
    "- **`kitchen`**: calls of it\n";

static const char definitions_part[] =
    "--- @class kitchen calls of it\n"
    "kitchen = {}\n"
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
    "function kitchen.close() end\n";

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
static const char *const nowhere[] = {
    "door.", "hidden", "other.cook", "undocumented", "simulated", NULL,
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
        {.name = "sandbox/kitchen", .text = SPAN("--- @class simulated\n")},
    };
    struct arena a = {0};
    struct json *rows = NULL;
    struct err err = {0};
    struct luadoc d;
    struct buf text = {0};
    assert_int_equal(
        json_parse(SPAN("[{\"name\":\"kitchen.order\",\"method\":\"POST\","
                        "\"path\":\"/orders\",\"effect\":\"remote\","
                        "\"doc\":\"One | two.\"}]"),
                   &rows, &err),
        ST_OK);
    luadoc_read(&d, files, 2, rows, &a);
    assert_int_equal(d.n, 4);
    luadoc_page(&d, &text);
    check(buf_cstr(&text), on_page);
    buf_clear(&text);
    luadoc_definitions(&d, &text);
    check(buf_cstr(&text), in_definitions);
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
