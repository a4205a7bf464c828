/* Asks the git module for a fixture's repository. */
#include "fixture_repo.h"

#include "port.h"

enum status fixture_repo_init(const char *tree_dir,
                              const struct fixture_origin *origin,
                              const struct json *commits, struct json **shas,
                              struct err *err)
{
    union {
        void *symbol;
        fixture_repo_fn *call;
    } module;
    if (port_symbol("git", FIXTURE_REPO_SYMBOL, &module.symbol, err) != ST_OK)
        return err->st;
    return module.call(tree_dir, origin, commits, shas, err);
}
