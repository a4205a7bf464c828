#!/bin/sh
# coverage.sh BUILD: executed lines of each engine file, the least first, and
# in all. Reads what the tests of the cov preset left in BUILD. What runs only in
# a worker reads 0: a confined process can write no counts.
set -eu
find "$1/CMakeFiles/librunproof.dir" -name '*.gcda' -exec gcov -n {} + |
    awk '
        /^File / {
            file = $2
            gsub(/\047/, "", file)
        }
        /^Lines executed:/ && file ~ /engine\/[^\/]*\.c$/ {
            split($0, part, /[:% ]+/)
            printf "%6.2f %% of %5d  %s\n", part[3], part[5], file
            executed += part[3] * part[5] / 100
            lines += part[5]
            file = ""
        }
        END {
            if (!lines)
                exit 1
            printf "%6.2f %% of %5d  in all\n", 100 * executed / lines, lines
        }' | sort -n
