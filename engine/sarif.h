/* Findings as SARIF 2.1.0 (OASIS), for the code scanning of a forge. */
#pragma once

#include "finding.h"

/* A new object. What is allowed is there as suppressed, with its reason. */
struct json *sarif_json(const struct findings *f,
                        const struct leak_rules *rules,
                        const struct json *notices, bool complete);
