# fish completion for runproof(1). Commands and options are read from the
# program's own help, so that they cannot disagree with it.

# NAME<tab>DESCRIPTION of each indented line of `runproof help [COMMAND]`.
function __runproof_rows
    runproof help $argv 2>/dev/null |
        string replace -rf '^  ([a-z-]+)(?:, -[a-z])?(?: \S+)?  +(.*)' '$1\t$2'
end

function __runproof_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and echo $words[2]
end

complete -c runproof -n 'not __runproof_command' -f -a '(__runproof_rows)'
complete -c runproof -n 'string match -q help (__runproof_command)' -f -a '(__runproof_rows)'
complete -c runproof -n __runproof_command -a '(__runproof_rows (__runproof_command))'
