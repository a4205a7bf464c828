#!/bin/sh
# What comes from outside cannot name a secret: only the engine makes handles.
# shellcheck disable=SC2016 # the dollar is the name's, not ours
. tests/fault/lib.sh

# plain NAME: the block on stdin sees tables, never a handle.
plain() {
    repo "$1"
    printf '{"$secret":"s1","name":"API_TOKEN"}' >world/tree/handle.json
    printf '{"$bytes":"aGVsbG8="}' >world/tree/bytes.json
    printf '{"$blob":"%064d","bytes":1}' 0 >world/tree/blob.json
    {
        echo 'local s = secret.get("API_TOKEN")'
        cat
    } | block a 'effect=remote retries=0' | page
    call "${2:-0}" run page.md --yes
    proven
    call 0 verify --replay "$(bundle)"
}

plain decode <<'END'
for _, name in ipairs { "handle", "bytes", "blob" } do
  local t = json.decode(fs.read(name .. ".json"))
  assert(type(t) == "table", name)
  assert(json.encode(t) == fs.read(name .. ".json"):gsub("%s", ""), name)
  assert(not pcall(secret.template, "{}", t), name)
  assert(not pcall(secret.equal, t, t), name)
  for _, f in ipairs {
    function() http.post("http://a.example/", { json = t }) end,
    function() http.post("http://a.example/", { json = { deep = { t } } }) end,
    function() http.get("http://a.example/", { headers = { x = t } }) end,
    function() http.get("http://a.example/", { headers = t }) end,
    function() sh.run({ "cat" }, { stdin = t }) end,
    function() sh.run({ "env" }, { env = { T = t } }) end,
    function() sh.run({ "env" }, { env = t }) end,
    function() fs.write("out.txt", t) end,
    function() ask.input("?", { id = "q", default = t }) end,
  } do
    local fine, why = pcall(f)
    assert(name == "blob" or not fine, name)
    assert(fine or not tostring(why):find("5up3r", 1, true))
  end
end
END

plain shown 0 <<'END'
local t = json.decode(fs.read("blob.json"))
evidence.json(t)
evidence.json({ deep = t })
for _, name in ipairs { "handle", "bytes" } do
  local u = json.decode(fs.read(name .. ".json"))
  evidence.text(json.encode(u))
  print(pcall(evidence.json, u))
end
END

# A probe's finding, a question's answer and every other value is data.
plain answer 0 <<'END'
local r = sh.run({ "cat", "handle.json", "bytes.json", "blob.json" })
assert(type(r.stdout) == "string" and r.stdout:find("$secret", 1, true))
local said = ask.input("?", { id = "q", default = '{"$secret":"s1"}' })
assert(type(said) == "string")
END

# Neither the world nor the configuration may hand one out.
repo world
cat >world/world.json <<'END'
{"epoch": "2026-11-23T13:00:00Z",
 "secrets": {"API_TOKEN": "tok-5up3r/secret+value=42"},
 "env": {"a": {"$secret": "s1", "name": "API_TOKEN"},
         "b": {"$bytes": "aGVsbG8="}}}
END
block a effect=remote <<'END' | page
secret.get("API_TOKEN")
assert(type(env.a) == "table" and env.a["$secret"] == "s1")
assert(type(env.b) == "table")
END
call 0 run page.md
proven

repo settings
cat >runproof.yaml <<'END'
environments:
  staging:
    a: {$secret: s1, name: API_TOKEN}
    b: {$bytes: aGVsbG8=}
END
block a <<'END' | page
assert(type(env.a) == "table" and env.a["$secret"] == "s1")
assert(type(env.b) == "table")
END
call 0 run page.md --env staging
proven

repo inputs
{
    printf -- '---\ntitle: A page\nowner: ops\nparams:\n  $secret: {type: string}\n---\n\n'
    echo 'print(1)' | block a
} >page.md
cp page.md page.md.orig
call 2 run page.md -p '$secret=s1'
untouched

finish
