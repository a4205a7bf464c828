#!/bin/sh
# No file holds what tests/lint/bans.txt forbids there.
set -eu
find . \( -name .git -o -name build -o -name node_modules \) -prune \
    -o -type f -exec awk -f tests/lint/bans.awk tests/lint/bans.txt {} +
