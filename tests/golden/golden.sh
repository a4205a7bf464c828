#!/bin/sh
# The golden cases; see run.
set -eu
exec sh tests/golden/run
