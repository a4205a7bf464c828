/* Starting a worker with its modules and globals: the WIRE_BOOT exchange. */
#pragma once

#include "err.h"
#include "json.h"
#include "luafiles.h"
#include "worker.h"

/* BOOT_DESCRIBE: as BOOT_RUNBOOK, but rows tell people everything, which takes
 * longer than a run's start should. BOOT_OVERLAY: as BOOT_RUNBOOK, with
 * lua/provider/overlay.lua as what answers WIRE_ASK_SIM. */
enum boot_kind { BOOT_RUNBOOK, BOOT_SIM, BOOT_DESCRIBE, BOOT_OVERLAY };

/* Opens a worker and boots it. payload is {globals:…} or {fixture:…}
 * (borrowed; kind and modules are added to it). booted may be NULL, else the
 * caller frees what WIRE_BOOTED told: {rows, loaded}. ST_INPUT when a module
 * does not load, with its line. */
MUST_USE enum status boot_worker(enum boot_kind kind,
                                 const struct luafile *modules, size_t n,
                                 struct json *payload, struct worker **out,
                                 struct json **booted, struct err *err);
