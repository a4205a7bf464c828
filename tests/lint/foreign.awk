# Reads foreign.txt, then the engine; reports a foreign header outside its
# wrapper. An engine header may bear a foreign one's name (yaml.h): it is the
# one in quotes.
FILENAME ~ /foreign\.txt$/ {
    if ($1 !~ /^#/ && NF == 2)
        wrapper[$1] = $2
    next
}

/^[ \t]*#[ \t]*include[ \t]*</ {
    header = $0
    sub(/^[^<]*</, "", header)
    sub(/>.*$/, "", header)
    sub(/^.*\//, "", header)
    if (header in wrapper && FILENAME !~ "^engine/" wrapper[header] "$") {
        print FILENAME ":" FNR ": " header " belongs to engine/" \
            wrapper[header] > "/dev/stderr"
        failed = 1
    }
}

END {
    exit failed
}
