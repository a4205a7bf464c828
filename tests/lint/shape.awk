# Reports files that are too long or do not say their job first, and C
# functions that are too long.
function report(line, text) {
    print file ":" line ": " text > "/dev/stderr"
}

function end_file() {
    if (lines > 900) {
        report(lines, "a file of over 900 lines: split it")
        failed = 1
    } else if (lines > 600)
        report(lines, "over 600 lines: has it still one job?")
}

FNR == 1 {
    end_file()
    file = FILENAME
    is_c = file ~ /\.[ch]$/
    if ($0 !~ /^(\/\*|--|#)/) {
        report(1, "the first line is a comment that says the file's one job")
        failed = 1
    }
}

{
    lines = FNR
}

# clang-format puts the braces of a function, and of nothing else that holds
# code, at the first column.
is_c && /^\{/ {
    begin = FNR
}

is_c && /^\}/ && begin {
    if (FNR - begin - 1 > 60) {
        report(begin, "a function of " FNR - begin - 1 " lines: 60 at most")
        failed = 1
    }
    begin = 0
}

END {
    end_file()
    exit failed
}
