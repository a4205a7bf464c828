# bash completion for runproof(1). Commands and options are read from the
# program's own help, so that they cannot disagree with it.

# The first word of each indented line: the commands of `runproof help`, the
# options of `runproof help COMMAND`.
_runproof_words() {
    "${COMP_WORDS[0]}" help "$@" 2>/dev/null |
        sed -n 's/^  \([a-z-]*\).*/\1/p'
}

_runproof() {
    local current=${COMP_WORDS[COMP_CWORD]}
    local command=${COMP_WORDS[1]}
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 || $command == help ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_runproof_words)" -- "$current")
    elif [[ $current == -* ]]; then
        mapfile -t COMPREPLY < \
            <(compgen -W "$(_runproof_words "$command")" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -o filenames -F _runproof runproof
