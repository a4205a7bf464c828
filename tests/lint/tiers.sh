#!/bin/sh
# Includes point to the same tier or a lower one, and never in a circle.
set -eu
find engine -name '*.[ch]' -exec \
    awk -f tests/lint/tiers.awk tests/lint/tiers.txt {} +
