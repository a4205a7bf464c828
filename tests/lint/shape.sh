#!/bin/sh
# Files and functions keep their size, and each file begins with its job.
set -eu
find engine lua scripts tests \( -name node_modules -o -name corpus \) -prune \
    -o \( -name '*.[ch]' -o -name '*.lua' -o -name '*.sh' -o -name '*.awk' \) \
    -exec awk -f tests/lint/shape.awk {} +
