/* YAML to JSON values with line numbers (the only user of libyaml). Scalars
 * follow the core schema; anchors and aliases are bounded by node count;
 * duplicate keys are an error. */
#pragma once

#include "err.h"
#include "json.h"

/* max_nodes bounds the tree after aliases are expanded. The caller frees *out.
 * ST_INPUT / ST_LIMIT with err->line (1-based in text). Empty text: {}. */
MUST_USE enum status yaml_parse(struct span text, size_t max_nodes,
                                struct json **out, struct err *err);
