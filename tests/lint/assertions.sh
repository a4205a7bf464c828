#!/bin/sh
# Every test in C can fail: it reaches an assertion.
set -eu
find tests -name 'test_*.c' -exec awk -f tests/lint/assertions.awk {} +
