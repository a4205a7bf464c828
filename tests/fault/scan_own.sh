#!/bin/sh
# runproof scan over this repository finds nothing, in its files and, where it
# is a clone, in its history: a finding here is a secret, or a rule that is not
# precise enough.
set -eu
"$RUNPROOF" scan
[ ! -e .git ] || "$RUNPROOF" scan --history
