# Compares a text with a pattern, the first file: a line `...` stands for any
# lines, `...` at the end of a line for the rest of it. Exit 1 and the place
# where they part.
function line_fits(want, got,    n) {
    n = length(want) - 3
    if (n > 0 && substr(want, n + 1) == "...")
        return substr(got, 1, n) == substr(want, 1, n)
    return want == got
}

function fits(i, j) {
    if (i > far)
        far = i
    if (i > wanted)
        return j > had
    if (want[i] == "...") {
        for (; j <= had + 1; j++)
            if (fits(i + 1, j))
                return 1
        return 0
    }
    return j <= had && line_fits(want[i], got[j]) && fits(i + 1, j + 1)
}

NR == FNR {
    want[++wanted] = $0
    next
}

{
    got[++had] = $0
}

END {
    if (fits(1, 1))
        exit 0
    print "expected at line " far ": " want[far]
    exit 1
}
