#!/bin/sh
# The help and the manual page tell of the same commands and options.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The first word of each indented line of the help, a short form dropped.
words() {
    sed -n 's/^  \(-[a-z], \)\{0,1\}\([a-z-]\{2,\}\).*/\2/p'
}

"$RUNPROOF" help >"$scratch/help"
words <"$scratch/help" >"$scratch/commands"
while read -r command; do
    "$RUNPROOF" help "$command" >"$scratch/help"
    "$RUNPROOF" "$command" --help | diff "$scratch/help" - >&2
    echo "$command"
    words <"$scratch/help" | sed -n "s/^--/$command &/p"
done <"$scratch/commands" >"$scratch/told"

# In the page a command is a .SS heading, an option a line below it that sets a
# word in bold and begins, after a short form or none, with two minuses.
awk '
    /^\.SH/ {
        command = ""
    }
    /^\.SS/ {
        command = $2
        gsub(/"/, "", command)
        print command
    }
    command != "" && /^\.BR?I? .*\\-\\-/ {
        gsub(/\\-/, "-")
        if (match($0, /--[a-z-]+/))
            print command, substr($0, RSTART, RLENGTH)
    }
' docs/runproof.1 >"$scratch/written"

[ -s "$scratch/commands" ]
sort -o "$scratch/told" "$scratch/told"
sort -o "$scratch/written" "$scratch/written"
diff "$scratch/told" "$scratch/written"
