#!/bin/sh
# Blocks and commands that try to get out: each is refused or bounded, the page
# tells, and what the page tells verifies. The system calls themselves are tried
# in tests/unit/test_escape.c, forged messages in tests/unit/test_forged.c, races
# in tests/unit/test_race.c, bombs of commands in tests/unit/test_proc.c.
. tests/fault/lib.sh

# --- Lua -------------------------------------------------------------------

# Each line is an expression that must be nil, or raise.
repo lua
cat >ways <<'END'
load
loadstring
loadfile
dofile
collectgarbage
coroutine
debug
os
io
package
getfenv
setfenv
newproxy
module
ffi
jit
arg
string.dump
("").dump
math.random
math.randomseed
_G.load
_G.os
_G["debug"]
_ENV.io
rawget(_G, "load")
rawget(_G, "debug")
string.dump(print)
("x").dump(print)
load("\27Lua")
load("return os")
setmetatable("", {__index = {}})
setmetatable(1, {})
setmetatable(print, {})
setmetatable(json.null, {})
getmetatable(print)
getmetatable(1)
getmetatable(json.null)
rawset("", "x", 1)
rawset(secret.get("API_TOKEN"), "x", 1)
rawget(secret.get("API_TOKEN"), 1)
rawlen(secret.get("API_TOKEN"))
secret.get("API_TOKEN")[1]
secret.get("API_TOKEN") .. ""
#secret.get("API_TOKEN")
next(secret.get("API_TOKEN"))
pairs(secret.get("API_TOKEN"))
("%s"):rep(1, secret.get("API_TOKEN"))
json.encode(secret.get("API_TOKEN"))
secret.get("API_TOKEN") < secret.get("API_TOKEN")
setmetatable(secret.get("API_TOKEN"), {})
require("os")
require("io")
require("debug")
require("package")
require("lfs")
require("ffi")
require("../secrets")
require("/etc/passwd")
require("/usr/lib/x86_64-linux-gnu/lua/5.4/lpeg")
require("sandbox/init")
require("sandbox")
require("")
require("\0")
require({})
string.format("%p", {})
tostring({}):match("0x")
tostring(print):match("0x")
("%p"):format(print)
string.format("%n")
("x"):rep(1e10)
("x"):rep(math.maxinteger)
string.pack("i17", 1)
string.unpack("i16", "x")
string.char(256)
utf8.char(-1)
table.concat({}, "x", 1, 1e9)
table.unpack({}, 1, 1e9)
table.insert(setmetatable({}, {__len = function() return math.maxinteger end}), 1, 1, 1)
pairs({x = 1})("x")
select(-2^31, 1)
("a"):find("%")
("a"):find(("("):rep(40))
("a"):gsub(".", "%9")
json.decode(("["):rep(1e5))
fs.read("/etc/passwd")
fs.read("../../etc/passwd")
fs.read("/proc/self/environ")
fs.write("/tmp/runproof-escape", "x")
fs.write(".git/hooks/post-checkout", "x")
fs.write("../x", "x")
fs.list("/")
fs.remove("/tmp")
evidence.file("/etc/passwd")
evidence.file("../world.json")
sh.run({"sh", "-c", "exit 1"})
sh.run("ls")
sh.run({"true"}, {effect = "remote"})
sh.run({"true"}, {cwd = ".."})
sh.run({"true"}, {env = {["A=B"] = "1"}})
sh.run({"true"}, {env = {LD_PRELOAD = {}}})
sh.run({"ls", secret.get("API_TOKEN")})
http.post("https://api.machines.dev/v1/apps", {json = {}})
git.push({refs = {"main"}})
sql.query("postgres://x@127.0.0.1/x", "drop table x")
time.sleep(1e9)
time.sleep(-1)
time.sleep(0/0)
END
{
    n=0
    # Way 0 is open, to see that one would be seen.
    { echo print && cat ways; } | while IFS= read -r way; do
        printf 'ok, v = pcall(function() return %s end)\n' "$way"
        printf 'if ok and v ~= nil then print("OPEN %s", v) end\n' "$n"
        n=$((n + 1))
    done
    printf 'print("all tried")\n'
} >code.lua
# One step: refusals fail it whatever pcall does, the rest shows what is open.
block a 'retries=0 timeout=60s' <code.lua | page
call 1 run page.md
log=$(bundle)/01-a.log
shows '^OPEN 0	' "$log"
lacks '^OPEN [1-9]' "$log"
shows '^all tried$' "$log"
shows 'id=a .*status=(failed|refused)'
proven
call 0 verify --replay "$(bundle)"
echo "$(wc -l <ways) ways out of Lua tried"

# Compiled code is no source.
repo bytecode
printf '\033LuaT\n' | block a | page
call 2 run page.md
untouched

# Tasks are no way round a limit.
repo tasks
{
    echo 'each({1, 2}, function() while true do end end)' |
        block endless 'retries=0 timeout=1s'
    echo 'each({1, 2}, function() local s = "x" while true do s = s .. s end end)' |
        block memory 'retries=0 timeout=60s always'
    echo 'local function f() return each({1}, f) end f()' |
        block deep 'retries=0 timeout=60s always'
    echo 'print("still here")' | block clean always
} | page
call 1 run page.md
shows 'timed out after 1.00 s'
shows 'memory'
shows 'id=deep .*status=failed'
shows '^still here$'
proven

# --- commands --------------------------------------------------------------

# here NAME [VERDICT]: a repository with an environment of its own; what
# changes a service is decided on so.
here() {
    repo "$1"
    printf 'environments: {here: {policy: {remote: %s}}}\n' "${2:-ask}" \
        >runproof.yaml
}

# sh_block ID ATTRIBUTES: the commands on stdin as a block.
sh_block() {
    printf '```sh {#%s %s}\n' "$1" "$2"
    cat
    printf '```\n\n'
}

here writes
out=$work/elsewhere
mkdir "$out"
echo untouched >"$out/f"
{
    sh_block reads 'retries=0' <<END
for f in ./x $out/f $out/x /tmp/runproof-escape ~/../x; do
    (echo x >"\$f") && echo "WROTE \$f"
done
ln -s $out/f "\$TMPDIR/l"; (echo x >"\$TMPDIR/l") && echo WROTE link
ln $out/f "\$TMPDIR/h" && (echo x >"\$TMPDIR/h") && echo WROTE hard link
mv $out/f "\$TMPDIR/m" && echo WROTE by moving
rm -rf page.md world && echo WROTE by removing
exit 1
END
    sh_block local 'effect=local retries=0 always' <<END
echo x >here && echo "wrote here"
(echo x >$out/f) && echo WROTE outside
mv $out/f here && echo WROTE by moving
ln -s $out d; (echo x >d/f) && echo WROTE link
exit 1
END
} | page
call 1 run page.md --env here
lacks '^WROTE' page.md "$(bundle)/01-reads.log" "$(bundle)/02-local.log"
shows '^wrote here$'
shows 'Permission denied' "$(bundle)/01-reads.log"
ok
[ "$(cat "$out/f")" = untouched ] || bad 'written outside'
[ "$(ls "$out")" = f ] || bad 'made outside'
[ ! -e /tmp/runproof-escape ] || bad 'written in /tmp'
proven

# The network: closed, or asked for.
cat >"$work/dial" <<'END'
perl -MSocket -e 'print socket(my $s, AF_INET, SOCK_STREAM, 0) ? "open\n" : "closed\n"'
END
here network
{
    sh_block closed '' <"$work/dial"
    sh_block asked network <"$work/dial"
} | page
call 3 run page.md --env here
says 'uses the network in here'
call 0 resume "$(basename "$(bundle)")" --answer asked=yes
shows '^closed$'
shows '^open$'
shows 'id=asked .*status=passed'
proven
here network-denied deny
sh_block a 'network retries=0' <"$work/dial" | page
call 3 run page.md --env here
shows 'the network in here: the policy denies it'
lacks '^open$' page.md
proven
call 0 policy page.md --env here
prints '^  network is refused'
here network-lua
block a network </dev/null | page
call 2 run page.md
says "'network' is for sh and bash blocks"
untouched

# Daemons, crowds, large files, floods: ended with the step.
here bombs
cat >daemon <<'END'
(setsid setsid flock held sleep 300 >/dev/null 2>&1 &)
while flock -n held true; do sleep 0.05; done
echo up
END
{
    sh_block stray 'effect=local' <daemon
    sh_block crowd 'retries=0 always timeout=60s' <<'END'
exec perl -e 'for (1 .. 100000) { defined($p = fork) or exit 7; $p or sleep 60 }'
END
    sh_block large 'retries=0 always' <<'END'
exec head -c 300000000 /dev/zero >$TMPDIR/large
END
    sh_block flood 'retries=0 always timeout=60s' <<'END'
exec yes
END
} | page
call 1 run page.md --env here
shows 'id=stray .*status=passed'
ok
flock -n held true || bad 'a daemon outlived the run'
shows 'too many processes|exit code 7'
shows 'id=large .*status=failed'
shows 'id=flood .*status=failed'
proven

# A command that rewrites the evidence of its own run is found out.
here evidence
{
    sh_block a 'effect=local retries=0' <<'END'
for j in artifacts/ops/*/journal.jsonl; do
    sed s/page/PAGE/ "$j" >x && cat x >"$j" && echo rewritten
done
END
    echo 'print("goes on")' | block b
} | page
timeout 60 "$program" run page.md --env here >"$work/out" 2>"$work/err"
code=$?
ok
if [ $code -eq 0 ]; then
    call 5 verify page.md
else
    [ $code -eq 4 ] || bad "evidence rewritten: exit $code"
fi

# What cannot be confined is refused where the policy says so; where it can,
# nothing is refused. A policy that is mistaken is none.
repo required
printf 'environments: {here: {policy: {confine: required}}}\n' >runproof.yaml
echo 'echo confined' | sh_block a 'retries=0' | page
call 0 run page.md --env here
shows '^confined$'
lacks '"type":"warning"' "$(bundle)/journal.jsonl"
shows '"confine": *"required"' "$(bundle)/policy.json"
sed -i 's/required/requird/' runproof.yaml
call 2 run page.md --env here
says "runproof.yaml:1.*confine"

finish
