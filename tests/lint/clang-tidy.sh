#!/bin/sh
# The engine compiles under clang and clang-tidy, and the tests under clang,
# without a warning.
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cmake --preset tidy >"$log"
cmake --build --preset tidy -- -k 0 >"$log" 2>&1 || {
    # Each error with its line; not the path the analyzer took to it.
    grep -A 2 -e 'error:' -e 'undefined reference' "$log" || cat "$log"
    exit 1
}
