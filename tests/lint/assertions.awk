# Reports test functions that can reach no assertion: neither in their body nor
# in a function of the same file that they call.
function end_file(    f, changed) {
    do {
        changed = 0
        for (f in body)
            if (!(f in asserts) && reaches(body[f])) {
                asserts[f] = 1
                changed = 1
            }
    } while (changed)
    for (f in is_test)
        if (!(f in asserts)) {
            print file ": " f " asserts nothing" > "/dev/stderr"
            failed = 1
        }
    split("", body)
    split("", asserts)
    split("", is_test)
}

function reaches(text,    called) {
    if (text ~ /(^|[^a-z0-9_])(assert_|fail(_msg)?\(|expect_)/)
        return 1
    for (called in asserts)
        if (index(text, called "("))
            return 1
    return 0
}

FNR == 1 {
    end_file()
    file = FILENAME
    name = ""
}

# A function's head stands at the first column and may span lines. What takes
# cmocka's state and gives nothing is a test.
/^[a-z].*[a-z0-9_]\(/ {
    head = $0
    sub(/\(.*$/, "", head)
    sub(/^.*[ *]/, "", head)
    if ($0 ~ /^static void [a-z0-9_]+\(void \*\*/)
        is_test[head] = 1
}

/^\{/ {
    name = head
    body[name] = ""
}

/^\}/ {
    name = ""
}

name != "" {
    body[name] = body[name] "\n" $0
}

END {
    end_file()
    exit failed
}
