#!/bin/sh
# Every shell script passes shellcheck.
set -eu
find .ci scripts tests/golden/run -type f -exec shellcheck -x {} +
find tests -name node_modules -prune -o -name '*.sh' -exec shellcheck -x {} +
shellcheck -s bash completions/runproof.bash
