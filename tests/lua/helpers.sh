#!/bin/sh
# The helpers of lua/ over the simulated cloud, in plain Lua.
set -eu
failed=0
for test in tests/lua/*_test.lua; do
    echo "== $test"
    lua5.4 "$test" || failed=1
done
exit $failed
