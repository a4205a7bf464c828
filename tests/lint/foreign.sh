#!/bin/sh
# A foreign library's header appears in its one wrapper only.
set -eu
find engine -name '*.[ch]' -exec \
    awk -f tests/lint/foreign.awk tests/lint/foreign.txt {} +
