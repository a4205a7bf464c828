#!/bin/sh
# The help and the manual page tell of the same commands and options.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The first word of each indented line of the help.
words() {
    sed -n 's/^  \([a-z-]*\).*/\1/p'
}

"$RUNPROOF" help >"$scratch/help"
words <"$scratch/help" | grep -vx -e '--.*' -e help >"$scratch/commands"
while read -r command; do
    "$RUNPROOF" help "$command" >"$scratch/help"
    "$RUNPROOF" "$command" --help | diff "$scratch/help" - >&2
    echo "$command"
    words <"$scratch/help" | sed -n "s/^--/$command &/p"
done <"$scratch/commands" >"$scratch/told"

# In the page a command is a .SS heading, an option a line below it that sets a
# word in bold and begins with two minuses.
awk '
    /^\.SH/ {
        command = ""
    }
    /^\.SS/ {
        command = $2
        gsub(/"/, "", command)
        print command
    }
    command != "" && /^\.BI? "?\\-\\-/ {
        gsub(/\\-/, "-")
        if (match($0, /--[a-z-]+/))
            print command, substr($0, RSTART, RLENGTH)
    }
' docs/runproof.1 >"$scratch/written"

[ -s "$scratch/commands" ]
sort -o "$scratch/told" "$scratch/told"
sort -o "$scratch/written" "$scratch/written"
diff "$scratch/told" "$scratch/written"
