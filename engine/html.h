/* Text and addresses inside HTML that we write. Nothing passes through: every
 * foreign byte is escaped, and what cannot be seen is shown. */
#pragma once

#include <stdbool.h>

#include "str.h"

/* Escapes & < > " ' for text and quoted attributes. */
void html_escape(struct span s, struct buf *out);
/* The same for text that a person reads: control bytes and hidden characters
 * become visible; zero-width spaces (see md_escape) are dropped. */
void html_text(struct span s, struct buf *out);
/* `<a href="…">` when url is http, https, mailto or relative, else `<span>`;
 * returns the closing tag. */
const char *html_open_link(struct span url, struct buf *out);
/* `<span class="CLASS">TEXT</span>` */
void html_span(const char *class, const char *text, struct buf *out);
