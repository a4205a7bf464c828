# Takes a page apart into numbered files in `out`: NNN.sh for a fenced sh
# block, NNN.text for the text block that follows it, NNN.file for a fence
# behind `<!-- file: NAME -->`, NNN.in for one behind `<!-- in: NAME -->`; the
# NAMEs stand in NNN.name.
function open_part(kind) {
    if (kind != "text")
        number++
    target = sprintf("%s/%03d.%s", out, number, kind)
    printf "" >target
    if (name != "")
        print name >sprintf("%s/%03d.name", out, number)
    part = kind
    name = marker = ""
}

!fence && /^(```+|~~~+)/ {
    match($0, /^(`+|~+)/)
    fence = substr($0, 1, RLENGTH)
    info = substr($0, RLENGTH + 1)
    last = part
    part = ""
    if (marker != "")
        open_part(marker)
    else if (info == "sh")
        open_part("sh")
    else if (info == "text" && last == "sh")
        open_part("text")
    next
}

fence && $0 == fence {
    if (part != "")
        close(target)
    fence = ""
    next
}

fence {
    if (part != "")
        print >target
    next
}

/^<!-- (file|in): [^ ]+ -->$/ {
    marker = $2 == "file:" ? "file" : "in"
    name = $3
    next
}

/[^ \t]/ {
    part = ""
}
