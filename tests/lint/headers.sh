#!/bin/sh
# Every header of the engine compiles alone, and includes nothing it lacks.
set -eu
failed=0
for header in engine/*.h; do
    # shellcheck disable=SC2046 # flags are words
    ${CC:-cc} $(pkg-config --cflags lua5.4) -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only \
        -Iengine -include "$header" -x c /dev/null || failed=1
done
exit "$failed"
