/* What a block showed as evidence (tables, JSON, text, links, metrics, files,
 * checks), as the Markdown parts of its region. */
#pragma once

#include "json.h"
#include "mdtext.h"

#define EXHIBIT_MAX_ITEMS 100
#define EXHIBIT_MAX_COLUMNS 50
#define EXHIBIT_MAX_BYTES (256u << 10)
#define EXHIBIT_CELL_BYTES 500

/* items: array as in struct step_result. Neighbouring checks share a table,
 * neighbouring metrics a line. What is over a ceiling is left out, and a line
 * says how much. */
void exhibit_items(const struct json *items, struct md_parts *parts);

enum excerpt_end { EXCERPT_HEAD, EXCERPT_TAIL };
/* A fence with at most EVIDENCE_OUTPUT_LINES and _BYTES of text from that end;
 * what was left out is told in a part of its own, naming `where`. */
void exhibit_excerpt(const char *lang, struct span text, enum excerpt_end end,
                     const char *where, struct md_parts *parts);
