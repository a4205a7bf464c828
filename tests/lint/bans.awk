# Reads bans.txt, then every file; reports each line that a row forbids.

# The line without comments and the insides of strings; in_comment lives on
# from line to line.
function code_of(line,    out, i, c, pair, quote) {
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        pair = substr(line, i, 2)
        if (in_comment) {
            if (pair == "*/") {
                in_comment = 0
                i++
            }
        } else if (quote != "") {
            if (c == "\\")
                i++
            else if (c == quote)
                quote = ""
        } else if (pair == "/*") {
            in_comment = 1
            i++
        } else if (pair == "//") {
            break
        } else {
            if (c == "\"" || c == "'")
                quote = c
            out = out c
        }
    }
    return out
}

function add_row(line) {
    where[++rows] = $1
    except[rows] = $2
    what[rows] = $3
    banned[rows] = tolower($4)
    gsub(/\\</, "(^|[^a-z0-9_.>])", banned[rows])
    sub(/^[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +/, "", line)
    advice[rows] = line
}

function report(text) {
    print path ":" FNR ": " text > "/dev/stderr"
    failed = 1
}

# `if` and `while` may test, not assign. A condition over several lines is
# gathered until its parentheses close.
function check_condition(code,    i, c) {
    if (depth == 0) {
        if (!match(code, /(^|[^a-z0-9_])(if|while|switch) \(/))
            return
        code = substr(code, RSTART + RLENGTH - 1)
        condition = ""
    }
    for (i = 1; i <= length(code); i++) {
        c = substr(code, i, 1)
        depth += (c == "(") - (c == ")")
        condition = condition c
        if (depth == 0)
            break
    }
    if (depth > 0)
        return
    gsub(/[=!<>]=/, "", condition)
    if (condition ~ /=/)
        report("an assignment in a condition: assign first, then test")
}

FILENAME ~ /bans\.txt$/ && FNR == NR {
    if ($1 !~ /^#/ && NF >= 5)
        add_row($0)
    next
}

FNR == 1 {
    path = FILENAME
    sub(/^\.\//, "", path)
    n = 0
    is_c = path ~ /\.[ch]$/
    in_comment = depth = 0
    for (i = 1; i <= rows; i++)
        if (path ~ where[i] && path !~ except[i])
            active[++n] = i
}

{
    code = is_c ? code_of($0) : ""
    for (i = 1; i <= n; i++) {
        row = active[i]
        if (tolower(what[row] == "code" ? code : $0) ~ banned[row])
            report(advice[row])
    }
    if (is_c)
        check_condition(code)
}

END {
    exit failed
}
