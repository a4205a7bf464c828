/* Makes a fixture's repository: the same files, the same hashes. */
#include "fixture_repo.h"

#include <git2.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "file.h"

#define BRANCH "main"

static enum status fixture_failed(const char *what, struct err *err)
{
    const git_error *e = git_error_last();
    return err_set(err, ST_FAILED, "cannot %s: %s", what,
                   e && e->message ? e->message : "unknown error");
}

/* Nothing outside the fixture has a say in what its commits are. */
static void forget_configuration(void)
{
    static const git_config_level_t levels[] = {
        GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
        GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
}

static git_repository_init_options init_options(void)
{
    return (git_repository_init_options){
        .version = GIT_REPOSITORY_INIT_OPTIONS_VERSION,
        .flags = GIT_REPOSITORY_INIT_NO_REINIT,
        .initial_head = BRANCH,
    };
}

static int add_paths(git_index *index, const char *path)
{
    char *paths[] = {(char *)path};
    git_strarray spec = {paths, path ? 1 : 0};
    return git_index_add_all(index, &spec, GIT_INDEX_ADD_DISABLE_PATHSPEC_MATCH,
                             NULL, NULL);
}

static enum status stage(git_index *index, const struct json *commit,
                         struct err *err)
{
    const struct json *add = json_get(commit, "add");
    for (const struct json *j = json_first(add); j; j = json_next(j)) {
        const char *path = json_str(j);
        size_t before = git_index_entrycount(index);
        int rc = path ? add_paths(index, path) : GIT_EINVALIDSPEC;
        if (rc != 0 || git_index_entrycount(index) == before)
            return err_set(err, ST_INPUT,
                           "the fixture adds %s, which adds no file",
                           path ? path : "something that is no path");
    }
    int rc = json_next(commit) ? 0 : add_paths(index, NULL);
    return rc == 0 ? ST_OK : fixture_failed("add the fixture's files", err);
}

/* The commit on top of the last one, whose hash *tip holds. */
static enum status record(git_repository *repo, git_index *index,
                          const struct json *commit, git_oid *tip,
                          bool has_parent, struct err *err)
{
    git_oid tree_id;
    git_tree *tree = NULL;
    git_commit *parent = NULL;
    git_signature *author = NULL;
    int64_t ms = 0;
    if (json_get(commit, "time") &&
        !time_parse(json_span(json_get(commit, "time")), &ms))
        return err_set(err, ST_INPUT,
                       "the fixture's commits: time must be a text such as "
                       "2026-11-23T13:00:00Z");
    int rc = git_signature_new(
        &author, json_get_str(commit, "author", "Fixture"),
        json_get_str(commit, "email", "fixture@example.com"), ms / 1000, 0);
    if (rc == 0)
        rc = git_index_write_tree(&tree_id, index);
    if (rc == 0)
        rc = git_tree_lookup(&tree, repo, &tree_id);
    if (rc == 0 && has_parent)
        rc = git_commit_lookup(&parent, repo, tip);
    if (rc == 0)
        rc = git_commit_create_v(tip, repo, "HEAD", author, author, NULL,
                                 json_get_str(commit, "message", "fixture"),
                                 tree, has_parent ? 1 : 0, parent);
    git_signature_free(author);
    git_commit_free(parent);
    git_tree_free(tree);
    return rc == 0 ? ST_OK : fixture_failed("commit the fixture", err);
}

static enum status commit_all(git_repository *repo, const struct json *commits,
                              struct json *shas, struct err *err)
{
    git_index *index = NULL;
    git_oid tip;
    const struct json *first = json_first(commits);
    int rc = git_repository_index(&index, repo);
    for (const struct json *c = first; c && rc == 0; c = json_next(c)) {
        if (stage(index, c, err) != ST_OK ||
            record(repo, index, c, &tip, c != first, err) != ST_OK)
            break;
        char hex[GIT_OID_HEXSZ + 1];
        git_oid_tostr(hex, sizeof hex, &tip);
        json_push(shas, json_new_str(hex));
    }
    if (rc == 0 && err->st == ST_OK)
        rc = git_index_write(index);
    if (rc != 0)
        fixture_failed("write the fixture's index", err);
    git_index_free(index);
    return err->st;
}

/* --- the remote it seems to be cloned from --- */

static int origin_fill(git_repository *repo, const char *dir)
{
    git_remote *remote = NULL;
    git_remote_create_options opts;
    char *refs[] = {"refs/heads/" BRANCH};
    git_strarray specs = {refs, 1};
    git_remote_create_options_init(&opts, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    opts.repository = repo;
    opts.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF;
    int rc = git_remote_create_with_opts(&remote, dir, &opts);
    if (rc == 0)
        rc = git_remote_push(remote, &specs, NULL);
    git_remote_free(remote);
    return rc;
}

static int configure(git_repository *repo, const char *const (*rows)[2])
{
    git_config *config = NULL;
    int rc = git_repository_config(&config, repo);
    for (; rc == 0 && (*rows)[0]; rows++)
        rc = git_config_set_string(config, (*rows)[0], (*rows)[1]);
    git_config_free(config);
    return rc;
}

/* What a clone knows of its origin: where it is, and what it had. */
static int origin_known(git_repository *repo, const char *url)
{
    const char *const rows[][2] = {
        {"remote.origin.url", url},
        {"remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"},
        {"branch." BRANCH ".remote", "origin"},
        {"branch." BRANCH ".merge", "refs/heads/" BRANCH},
        {NULL, NULL}};
    git_oid tip;
    git_reference *seen = NULL;
    int rc = configure(repo, rows);
    if (rc == 0)
        rc = git_reference_name_to_id(&tip, repo, "HEAD");
    if (rc == 0)
        rc = git_reference_create(&seen, repo, "refs/remotes/origin/" BRANCH,
                                  &tip, 0, NULL);
    git_reference_free(seen);
    return rc;
}

static enum status origin_refs(git_repository *bare, const struct json *refs,
                               struct err *err)
{
    for (const struct json *r = json_first(refs); r; r = json_next(r)) {
        const char *name = json_key(r), *rev = json_str(r);
        git_object *commit = NULL;
        git_reference *made = NULL;
        int rc = name && rev ? git_revparse_single(&commit, bare, rev) : -1;
        if (rc == 0)
            rc = git_reference_create(&made, bare, name, git_object_id(commit),
                                      0, NULL);
        git_reference_free(made);
        git_object_free(commit);
        if (rc != 0)
            return err_set(err, ST_INPUT,
                           "the fixture's origin cannot have %s at %s",
                           name ? name : "a list", rev ? rev : "no text");
    }
    return ST_OK;
}

static enum status origin_make(git_repository *repo, const char *tree_dir,
                               const struct fixture_origin *origin,
                               struct err *err)
{
    struct arena arena = {0};
    git_repository *bare = NULL;
    git_repository_init_options opts = init_options();
    opts.flags |= GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
    int rc = git_repository_init_ext(&bare, origin->dir, &opts);
    if (rc == 0)
        rc = origin_fill(repo, origin->dir);
    if (rc == 0)
        rc = origin_known(repo, path_relative(&arena, tree_dir, origin->dir));
    if (rc != 0)
        fixture_failed("make the fixture's origin", err);
    else
        origin_refs(bare, origin->refs, err);
    git_repository_free(bare);
    arena_release(&arena);
    return err->st;
}

/* Who commits in it: there is no other configuration. */
static int name_user(git_repository *repo)
{
    static const char *const rows[][2] = {{"user.name", "sandbox"},
                                          {"user.email", "sandbox@example.com"},
                                          {NULL, NULL}};
    return configure(repo, rows);
}

/* libgit2 stays initialised, lest the configuration come back. */
fixture_repo_fn runproof_git_fixture;
enum status runproof_git_fixture(const char *tree_dir,
                                 const struct fixture_origin *origin,
                                 const struct json *commits, struct json **shas,
                                 struct err *err)
{
    git_repository *repo = NULL;
    git_repository_init_options opts = init_options();
    if (json_type(commits) != JSON_ARRAY || json_size(commits) == 0)
        return err_set(err, ST_INPUT,
                       "a fixture's repository needs a list of commits");
    git_libgit2_init();
    forget_configuration();
    if (git_repository_init_ext(&repo, tree_dir, &opts) != 0 ||
        name_user(repo) != 0)
        return fixture_failed("make the fixture's repository", err);
    struct json *list = json_new(JSON_ARRAY);
    if (commit_all(repo, commits, list, err) == ST_OK &&
        (!origin || origin_make(repo, tree_dir, origin, err) == ST_OK))
        *shas = list;
    else
        json_free(list);
    git_repository_free(repo);
    return err->st;
}
