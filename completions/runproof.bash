# bash completion for runproof(1)

_runproof_options() {
    case $1 in
        run) echo '--env --param --answer --step --dry-run --yes --only --from
            --out --no-write --touch --format --lua-dir' ;;
        plan) echo '--env --param --out --check --lua-dir' ;;
        resume) echo '--answer --yes --format --lua-dir' ;;
        verify) echo '--replay' ;;
        check) echo '--format' ;;
        strip) echo '--out' ;;
        render) echo '--out' ;;
        list | log) echo '--format' ;;
        lua) echo '--lua-dir' ;;
        sandbox) echo '--state --port' ;;
        *) echo '--help --version' ;;
    esac
}

_runproof() {
    local current=${COMP_WORDS[COMP_CWORD]}
    local previous=${COMP_WORDS[COMP_CWORD - 1]}
    local commands='run plan resume verify check strip render list log lua
        sandbox help'
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 && $current != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
        return
    fi
    case $previous in
        --format) mapfile -t COMPREPLY < \
            <(compgen -W 'text json junit tap' -- "$current") ;;
        --state | --lua-dir) mapfile -t COMPREPLY < \
            <(compgen -d -- "$current") ;;
        *)
            if [[ $current == -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W \
                    "$(_runproof_options "${COMP_WORDS[1]}")" -- "$current")
            else
                mapfile -t COMPREPLY < <(compgen -f -- "$current")
            fi
            ;;
    esac
}

complete -o filenames -F _runproof runproof
