#!/bin/sh
# Every relative link and anchor of the repository's pages leads somewhere.
set -eu
find . \( -path ./build -o -path ./.git -o -path ./tests -o -path ./artifacts \
    -o -name node_modules \) -prune -o -name '*.md' -print |
    sed 's|^\./||' | sort | xargs lua5.4 tests/docs/links.lua

# The test can fail.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
printf '# A b\n[x](#a-b) [y](#c) [z](gone.md)\n' >"$scratch/page.md"
if lua5.4 tests/docs/links.lua "$scratch/page.md" 2>"$scratch/found"; then
    exit 1
fi
[ "$(grep -c page.md: "$scratch/found")" -eq 2 ]
