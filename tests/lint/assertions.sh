#!/bin/sh
# Every unit test can fail: it reaches an assertion.
set -eu
find tests/unit -name 'test_*.c' -exec awk -f tests/lint/assertions.awk {} +
