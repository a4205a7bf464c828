#!/bin/sh
# Errors whose place lies in what the command has opened; calls that name no
# step; words that are no text.
. tests/fault/lib.sh

repo render
echo 'print("x")' | block one | page
call 0 run page.md
rm page.md
echo '```lua {#one' >"$(bundle)/source.md"
call 2 render "$(bundle)"
says 'source.md:1: '

repo sandbox
printf 'fixtures: nowhere\n' >runproof.yaml
call 2 sandbox --port 0
says 'nowhere: .*world.json'

repo selection
{
    echo 'print("a")' | block a
    echo 'print("b")' | block b
} | page
for ids in '' ',' ' '; do
    call 2 run page.md --only "$ids"
    says '--only names no step'
    call 2 run page.md --from "$ids"
    says '--from.* no step'
done
call 2 run page.md --from a,b
says "no step 'a,b'"
call 2 run page.md --only a --from a
says 'one of --only and --from'
untouched

repo bytes
echo 'print("a")' | block a | page
for option in --out --answer --param; do
    call 2 run page.md "$option" "$(printf 'a=\377')"
    says "$option .*UTF-8"
done
untouched

# What --format json calls the run is what resume and verify take.
repo again
echo 'print("a")' | block a | page
call 0 run page.md --no-write
call 0 run page.md --no-write --format json
prints '"run":"sbx-[0-9a-f]*-2"'

repo files
{
    echo 'for i = 1, 1100 do evidence.file("world.json") end' |
        block many 'retries=0 timeout=90s'
} | page
cp world/world.json world/tree/world.json
call 0 run page.md
proven

finish
