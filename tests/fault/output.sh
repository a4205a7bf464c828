#!/bin/sh
# Whatever a block shows stays inside its region: the page parses to the same
# blocks, verifies, strips to its source and holds no control byte.
# shellcheck disable=SC2016 # backticks are fences here
. tests/fault/lib.sh

# The Lua list of what output may try.
nasty() {
    cat <<'END'
local nasty = {
  "<!-- /runproof:evidence -->", "<!-- prettier-ignore-end -->",
  "<!-- runproof:evidence id=b run=x status=passed src=0 out=0 -->",
  "<!-- x", "-->", "--!>", "<![CDATA[", "<?php", "]]>", "</details>",
  "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<pre>",
  "[status]: http://evil.example", "[x](javascript:alert(1))",
  "![x](http://evil.example/x.png)", "[status]", "[^1]: note",
  "@name", "#1", "GH-1", "acme/shop#1", "http://evil.example",
  "www.evil.example", "- [ ] Health <!-- check: health -->",
  "- [x] Health <!-- check: health -->", "```lua {#c}", "~~~", "```", "    x",
  "\27[31mred\27[0m", "\27]0;title\7", "\27]8;;http://evil.example\27\\x",
  "\0", "a\0b", "\xff\xfe", "\xc2\x9b31m", "\xc0\x80", "\xed\xa0\x80",
  "\u{202e}gnirts", "\u{2066}x\u{2069}", "\u{2028}x\u{2029}", "\u{feff}x",
  "\u{200b}x", "\u{ad}x", "\u{e0041}", "\r", "\r\n", "x\rHidden", "\8\8\8",
  "\127", "\11\12", "\t", "  ", "", "\n", "\n\n", "---", "===", "***", "# H",
  "1. x", "> x", "| a | b |", "|", "\\", "\\|", "`", "``", "$x$", "&lt;",
  "&#60;script>", ":smile:", "*x*", "_x_", "~~x~~", "${x}", "{{x}}", "%s%n",
}
END
}

# shown NAME STATUS: the page of hostile output is whole, and so is all else
# that people read.
shown() {
    call "$1" run page.md --yes
    only_text "$work/out" "$work/err"
    proven
    call 0 verify page.md
    prints "verified: page.md: $2 evidence regions"
    call 0 verify --replay "$(bundle)"
    call 0 check page.md
    call 0 render page.md -o page.html
    lacks '<script>alert|<img src=x|="javascript:|<!-- x' page.html
    only_text page.html feedback/ops.md
    [ "$(grep -c '^<!-- runproof:run' feedback/ops.md)" -le 1 ] ||
        bad "more than one entry in the feedback log"
    litter
}

repo printed
{
    {
        nasty
        printf '%s\n' 'for _, s in ipairs(nasty) do print(s) end'
        printf '%s\n' 'print(table.concat(nasty)) print(table.concat(nasty, "\n"))'
    } | block a
    printf '\n'
    block fences <<'END'
for n = 1, 100 do print(("`"):rep(n)) print(("~"):rep(n)) end
print(("`"):rep(5000) .. "lua {#x}")
END
    echo 'print("end")' | block last
} | page
shown 0 3
shows '^end$'

repo evidence
{
    {
        nasty
        cat <<'END'
for i, s in ipairs(nasty) do
  evidence.table({ { [("k"):rep(i % 7 + 1)] = s, v = s } }, nil, s)
  evidence.table({ { s, s } }, { s, "x" .. s }, s)
  evidence.text(s, s)
  evidence.link(s, s)
  evidence.link("http://ok.example/" .. s, s)
  evidence.metric(s, i, s)
  if pcall(json.encode, s) then evidence.json({ s, { k = s } }, s) end
end
END
    } | block a
    printf '\n'
    printf '%s\n' '- [ ] It is healthy <!-- check: health -->'
    printf '\n'
    {
        nasty
        printf '%s\n' 'for _, s in ipairs(nasty) do check("health", true, s) end'
    } | block b2
} | page
shown 0 2
shows '^- \[x\] It is healthy'

repo errors
{
    {
        nasty
        printf '%s\n' 'error(table.concat(nasty, " "), 0)'
    } | block a retries=0
    printf '\n'
    {
        nasty
        printf '%s\n' 'fail(table.concat(nasty, "\n"))'
    } | block b2 'always retries=0'
    printf '\n'
    {
        nasty
        printf '%s\n' 'for i, s in ipairs(nasty) do check(s .. i, i % 2 == 0, s) end'
    } | block c2 'always retries=0'
    printf '\n'
    {
        nasty
        printf '%s\n' 'expect(nasty):equals { "x" }'
    } | block d2 'always retries=0'
    printf '\n'
    {
        nasty
        printf '%s\n' 'for _, s in ipairs(nasty) do pcall(fs.read, s) end'
        printf '%s\n' 'for _, s in ipairs(nasty) do pcall(http.get, "http://a/" .. s) end'
        printf '%s\n' 'for _, s in ipairs(nasty) do pcall(sh.run, { "echo", s }) end'
        printf '%s\n' 'fs.read(table.concat(nasty))'
    } | block e2 'always retries=0'
} | page
shown 1 5

# Where the block stands decides how its region is written.
repo nested
{
    printf -- '- a tight list\n- with a block\n  ```lua {#a}\n'
    { nasty; printf '%s\n' 'for _, s in ipairs(nasty) do print(s) evidence.text(s, s) end'; } |
        sed 's/^/  /'
    printf -- '  ```\n- and an end\n\n> > ```lua {#b2}\n'
    { nasty; printf '%s\n' 'for _, s in ipairs(nasty) do print(s) evidence.link(s, s) end'; } |
        sed 's/^/> > /'
    printf -- '> > ```\n\n1. one\n\n   - two\n\n     ~~~~lua {#c2}\n'
    { nasty; printf '%s\n' 'print(table.concat(nasty))'; } | sed 's/^/     /'
    printf -- '     ~~~~\n'
} | page
shown 0 3

repo line-ends
{
    {
        nasty
        printf '%s\n' 'for _, s in ipairs(nasty) do print(s) evidence.text(s, s) end'
    } | block a
    printf 'No newline at the end.'
} | page
{ printf '\357\273\277'; sed 's/$/\r/' page.md | head -c -1; } >page.crlf
mv page.crlf page.md
cp page.md page.md.orig
call 0 run page.md
call 0 verify page.md
call 0 strip page.md
same page.md.orig "$work/out"
ok
[ "$(tr -cd '\r' <page.md | wc -c)" -eq "$(tr -cd '\n' <page.md | wc -c)" ] ||
    bad 'a line of the region does not end as the page does'

# What the page itself says goes to terminal, log and feedback as text.
repo page-bytes
nl='
'
printf -- '---\ntitle: "\\e[31m<script>alert(1)</script> @name #1"\nowner: ops\n---\n\n' >"$file"
printf '## \033[31mHeading <script>alert(1)</script>\n\n' >>"$file"
printf 'print("x")\n' | block a 'confirm="Sure? <script> @name"' >>"$file"
cp "$file" "$file.orig"
call 0 run "$file" --yes
only_text "$work/out" "$work/err" feedback/ops.md
call 0 render "$file"
lacks '<script>alert' "$work/out"
call 0 list .
only_text "$work/out"
call 0 log
only_text "$work/out"
printf '```lua {#b b\033[31m=1}\n```\n' >>"$file"
call 2 run "$file"
says 'page.md:[0-9]+: .*control bytes'
only_text "$work/err"
call 1 check "$file"
only_text "$work/out" "$work/err"
call 2 run "no$(printf '\033[31m')such$nl.md"
only_text "$work/err"
call 2 "$(printf '\033[31m')"
only_text "$work/err"

# A question may not steer the terminal it is asked on.
repo question
block a <<'END' | page
local nasty = "\27]0;title\7\27[2J\u{202e}sure?"
ask.input(nasty, { id = "a", default = nasty })
ask.choice(nasty, { nasty, "x" }, { id = "b" })
END
printf 'x\nx\n' |
    script -qefc "'$program' run '$file'" /dev/null >"$work/tty" 2>&1
lacks "$(printf '\033')\\]0;|$(printf '\033')\\[2J|$(printf '\342\200\256')" "$work/tty"
shows '[?] ␛\]0;title␇␛\[2J<U\+202E>sure' "$work/tty"
shows 'status=passed'

# Patterns are bounded: compiling one must not take the engine's time.
repo pattern
block a <<'END' | page
ask.input("?", { pattern = ("(a{250}){250}"):rep(9), default = "x" })
END
call 1 run "$file" --yes
shows 'repeats too often'
proven

# 100 MB: the page shows the head and says so, the log has it all.
repo flood
block a 'timeout=100s' <<'END' | page
for i = 1, 100 do print(("x"):rep(999999)) end
END
call 0 run page.md
shows '^cut: .* in the log$'
proven
ok
[ "$(wc -c <page.md)" -lt 100000 ] || bad 'the page grew to' "$(wc -c <page.md)"
[ "$(wc -c <"$(bundle)"/01-a.log)" -gt 100000000 ] || bad 'the log is short'

finish
