#!/bin/sh
# Bash completes the commands, and the options of a command, that the help
# tells of.
set -eu
PATH=$(dirname "$RUNPROOF"):$PATH
export PATH

# completed WORD…: what bash offers for the last word of a command line.
completed() {
    bash -c '
        . completions/runproof.bash
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        _runproof
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

# offers WANTED WORD…
offers() {
    wanted=$1
    shift
    completed "$@" | grep -qx -e "$wanted" || {
        echo "no $wanted offered for: $*" >&2
        exit 1
    }
}

offers run runproof r
offers resume runproof r
offers verify runproof help v
offers --version runproof --
offers --env runproof run --e
offers --format runproof run page.md --
offers LICENSE runproof check LIC
