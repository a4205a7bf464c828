#!/bin/sh
# The helpers of lua/ over the simulated cloud, in plain Lua.
set -eu
failed=0
for test in tests/lua/*_test.lua; do
    # contract/shapes runs it, and tells when it cannot
    [ "$test" != tests/lua/contract_test.lua ] || continue
    echo "== $test"
    lua5.4 "$test" || failed=1
done
exit $failed
