# Reads tiers.txt, then every engine file; reports includes that point upward,
# files in no tier, and cycles between headers.

function fail(text) {
    print text > "/dev/stderr"
    failed = 1
}

# The row that stands for a module: itself, or the longest prefix before a "_".
function row_of(module) {
    while (!(module in tier)) {
        if (!match(module, /_[^_]*$/))
            return ""
        module = substr(module, 1, RSTART - 1)
    }
    return module
}

function module_of(path) {
    if (path ~ /^engine\/ports\//)
        return "ports/"
    sub(/^engine\//, "", path)
    sub(/\.[ch]$/, "", path)
    return path
}

# Depth first; state 1 is on the path from the root, 2 is done.
function visit(header, trail,    i, n, next_headers) {
    if (state[header] == 2)
        return
    if (state[header] == 1) {
        fail("headers include each other: " trail header)
        return
    }
    state[header] = 1
    n = split(includes[header], next_headers, " ")
    for (i = 1; i <= n; i++)
        visit(next_headers[i], trail header " > ")
    state[header] = 2
}

FILENAME ~ /tiers\.txt$/ {
    if ($1 !~ /^#/)
        for (i = 3; i <= NF; i++)
            tier[$i] = $1
    next
}

FNR == 1 {
    module = module_of(FILENAME)
    row = row_of(module)
    if (row == "")
        fail(FILENAME ": in no tier; add it to tests/lint/tiers.txt")
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, quoted, "\"")
    header = quoted[2]
    target = row_of(module_of("engine/" header))
    if (row != "" && target != "" && tier[target] > tier[row])
        fail(FILENAME ":" FNR ": tier " tier[row] " may not include " header \
            " of tier " tier[target])
    if (FILENAME ~ /\.h$/)
        includes[FILENAME] = includes[FILENAME] " engine/" header
}

END {
    for (header in includes)
        visit(header, "")
    exit failed
}
