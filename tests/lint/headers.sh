#!/bin/sh
# Every header of the engine compiles alone, and includes nothing it lacks.
set -eu
failed=0
for header in engine/*.h; do
    ${CC:-cc} -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only \
        -Iengine -include "$header" -x c /dev/null || failed=1
done
exit "$failed"
