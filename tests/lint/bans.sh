#!/bin/sh
# No file holds what tests/lint/bans.txt forbids there.
set -eu
# shellcheck disable=SC2185
find * .[!.]* \( -name .git -o -name build -o -name node_modules \) -prune \
    -o -type f -exec awk -f tests/lint/bans.awk tests/lint/bans.txt {} +
