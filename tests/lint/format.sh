#!/bin/sh
# Every C file is laid out as .clang-format says.
set -eu
find engine tests -name node_modules -prune -o -name '*.[ch]' \
    -exec clang-format-14 --dry-run -Werror {} +
