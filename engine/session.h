/* One run in the making: everything that is read before the first step, and
 * what the steps share. */
#pragma once

#include <stdint.h>

#include "bundle.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "evidence.h"
#include "history.h"
#include "journal.h"
#include "luafiles.h"
#include "names.h"
#include "params.h"
#include "person.h"
#include "plan.h"
#include "progress.h"
#include "vault.h"
#include "worker.h"
#include "world.h"

#define FEEDBACK_DIR "feedback"
#define READER_DIR "docs/runbooks"

/* What a caller asks for. Borrowed; NULL and 0 are the defaults. */
struct run_options {
    const char *path;        /* the runbook */
    const char *environment; /* default "sandbox" */
    const char *lua_dir;
    struct json *params;  /* {name: text} from -p */
    struct json *answers; /* {id: text} from --answer */
    const char *only;     /* ids, comma-separated */
    const char *from;     /* id */
    const char *out;      /* write the page here instead; once more to a resume
                           * if that is outside of the repository */
    const char *under;    /* file of the plan that the run is held to */
    const char *key;      /* file of the key to sign the statement with */
    const char *command;  /* the command line, for the feedback log */
    bool yes, no_write, touch, quiet;
    bool plan; /* rehearse: nothing is kept */
};

/* How one step stands. Strings live in the session's arena. */
struct step_view {
    enum step_status status;
    int attempts;
    int64_t started_ms, ended_ms;
    const char *error, *reason;
    const char *undone; /* what became of its changes, NULL: nothing to tell */
    int line;           /* of the block's code that failed, from 1; 0: none */
    int counts[EFFECT_COUNT];
    struct json *items;      /* owned */
    struct json *activities; /* owned */
    struct buf output;
    struct buf log;     /* the step's log file, growing by attempt */
    const char *region; /* its evidence as Markdown, NULL: none */
    bool drifted;       /* passed, but expect=match does not hold */
};

/* One that ever failed stays broken. */
#define CHECK_HELD "held"
#define CHECK_BROKEN "broken"

struct session {
    struct arena arena;
    const struct run_options *opt;
    struct config config;
    struct environment env;
    const char *page;  /* its path from the repository's root */
    const char *out;   /* --out from there, NULL: the page itself */
    struct buf source; /* the page's bytes as read */
    struct doc doc;
    struct plan plan;
    struct digest source_hash;
    struct luafile *modules;
    size_t n_modules;
    struct inputs inputs;
    struct json *expected; /* {id: recorded region}, see drift.h; owned */
    struct json *rows;
    const char *run_id, *operator_name, *owner;
    struct clock clock;
    struct vault *vault;
    struct world *world;
    struct bundle bundle;
    struct journal journal;
    struct history history;
    struct person person;
    struct forecast *forecast; /* of a plan in the making */
    struct bound *bound;       /* the plan that the run is held to */
    struct signer *signer;     /* of the statement; NULL: unsigned */
    struct json *approval;     /* of it, for the first record; NULL: none */
    struct door door;
    struct worker *worker;
    struct progress *progress;
    size_t *passed; /* steps whose state the worker holds, in order */
    size_t n_passed;
    struct step_view *steps;
    struct names checks; /* id of a check to CHECK_HELD or CHECK_BROKEN */
    int64_t started_ms;
    const char *work; /* scratch folder of this run below .runproof/ */
    int lock_fd;
    const char *told; /* what became of the escalation's hook; NULL: none */
    bool resumed;     /* opened by session_reopen */
    bool done;        /* all is written: no resume needs its scratch folders */
};

/* Reads the page (opt->path), configuration, environment, fixture, modules;
 * checks parameters. Nothing is written. Always session_close, also after an
 * error. */
MUST_USE enum status
session_read(struct session *s, const struct run_options *opt, struct err *err);
/* The same for an existing bundle: page, modules and parameters are those it
 * holds, opt->path and opt->environment are set from its first record. The
 * history is loaded, the journal opened: locked and for appending unless mode
 * is DOOR_REPLAY. */
MUST_USE enum status session_reopen(struct session *s, struct run_options *opt,
                                    const char *run, enum door_mode mode,
                                    struct err *err);
/* One run at a time per environment and runbook. ST_LOCKED, after a moment for
 * a killed run's last command to end. */
MUST_USE enum status session_lock(struct session *s, struct err *err);
/* Makes the bundle and the journal's first record, starts the world. */
MUST_USE enum status session_start(struct session *s, enum door_mode mode,
                                   struct err *err);
/* Starts the world of a reopened session and restores vault and simulators. */
MUST_USE enum status session_restart(struct session *s, struct err *err);
void session_close(struct session *s);

/* Where the page with its evidence goes, from the repository's root: --out,
 * the bundle's copy, or the page itself. */
const char *session_target(struct session *s);
bool session_copies(const struct session *s); /* into the bundle */

/* Appends a record built with type and fields; takes it. */
MUST_USE enum status session_note(struct session *s, struct json *record,
                                  struct record_at *at, struct err *err);
struct json *session_record(const char *type, const struct step *step);
