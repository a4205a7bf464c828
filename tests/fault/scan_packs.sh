#!/bin/sh
# runproof scan --history on packs of every kind that git writes, and on ones
# that are damaged: it finds the same in all of them, or says what it could not
# read. The secret is made up.
. tests/fault/lib.sh

token=ghp''_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com
export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com

# libgit2 1.5 leaks what PCRE2 matched when it reads a configuration.
echo 'leak:libpcre2' >"$work/leaks"
export LSAN_OPTIONS="suppressions=$work/leaks:print_suppressions=0:${LSAN_OPTIONS:-}"

# A file of which each commit changes a few lines: a chain of deltas. Two of
# thirty versions hold the secret, in its middle.
case=made
git init -q -b main "$work/made" && cd "$work/made" || exit 1
i=0
while [ $i -lt 30 ]; do
    awk -v i=$i -v token="$token" 'BEGIN {
        for (n = 0; n < 1500; n++) {
            x = (n * 7919 + (n % 50 == i ? i : 0)) % 10007
            print "line " n " of the file holds " x " and says http://a.io:80/"
            if (n == 700 && (i == 11 || i == 12)) print "T=" token
        }
    }' >big.txt
    git add -A && git commit -q -m "$i"
    i=$((i + 1))
done
leak=$(git rev-parse --short=12 HEAD~18)

# the_same [ARGUMENT…]: the one finding.
the_same() {
    call 1 scan --history "$@"
    prints "^big\.txt:702:3: holds a token of GitHub, .*, since commit $leak "
    prints '^1 finding in 30 blobs'
}

the_same
git gc -q
[ "$(git verify-pack -v .git/objects/pack/*.idx | grep -c 'blob.* [0-9]* 1 ')" -ge 1 ] ||
    bad "no deltas were made"
the_same

# another NAME: a copy, entered.
another() {
    case=$1
    cp -R "$work/made" "$work/$1" && cd "$work/$1" || exit 1
    chmod -R u+w .git/objects
    pack=$(ls .git/objects/pack/*.pack)
}

another keep
: >"${pack%.pack}.keep"
git -c core.multiPackIndex=true multi-pack-index write 2>/dev/null
the_same

another far-offsets
git index-pack --index-version=2,0x10 -o "${pack%.pack}.idx.new" "$pack" >/dev/null
mv "${pack%.pack}.idx.new" "${pack%.pack}.idx"
the_same

another old-index
git index-pack --index-version=1 -o "${pack%.pack}.idx.new" "$pack" >/dev/null
mv "${pack%.pack}.idx.new" "${pack%.pack}.idx"
the_same

another by-name
git -c repack.useDeltaBaseOffset=false repack -adfq
the_same

another several
git repack -adfq --max-pack-size=1m
git commit -q --allow-empty -m loose
call 1 scan --history
prints '^1 finding in 30 blobs'

case=alternates
git clone -q --shared --bare "$work/made" "$work/alternates"
cd "$work/alternates" || exit 1
the_same
the_same "$work/alternates"

case=worktree
cd "$work/made" || exit 1
git worktree add -q "$work/tree" HEAD~5 2>/dev/null
cd "$work/tree" || exit 1
the_same
case=shallow
git clone -q --depth 19 "file://$work/made" "$work/shallow"
cd "$work/shallow" || exit 1
call 1 scan --history
prints '^1 finding in 19 blobs'
says 'note: this is a shallow clone'

case=partial
git -C "$work/made" config uploadpack.allowFilter true
git clone -q --no-checkout --filter=blob:none "file://$work/made" "$work/partial"
cd "$work/partial" || exit 1
call 0 scan --history
prints '^0 findings in 0 blobs'
says 'note: this is a partial clone'

case=sha256
git init -q --object-format=sha256 "$work/sha256"
call 2 scan --history "$work/sha256"
says 'its objects have SHA-256 names, which scan does not read'

case=submodule
git init -q -b main "$work/super" && cd "$work/super" || exit 1
git -c protocol.file.allow=always submodule --quiet add "$work/made" sub
git commit -q -m sub
call 0 scan --history
call 0 scan

# What a delta copies is not looked at again: the result is that of looking at
# every object as a whole, which loose ones are. Secrets come, go, move and are
# cut in two by the edits, next to much that only looks like one.
case=copies
git init -q -b main "$work/copies" && cd "$work/copies" || exit 1
i=0
while [ $i -lt 60 ]; do
    awk -v i=$i 'function random(n) { x = (x * 1103515245 + 12345) % 2147483648
                                     return int(x / 65536) % n }
    function letters(n,    s) {
        for (s = ""; n > 0; n--)
            s = s substr("aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789", random(36) + 1, 1)
        return s
    }
    BEGIN {
        for (n = 0; n < 400; n++) {
            x = n * 7919 + 1
            if (n % 23 == i % 23 || n % 29 == i % 29) x += i * 104729
            k = random(40)
            # Half a token, whose other half comes and goes.
            if (k < 2) print "T=gh" (i % 3 ? "" : "\n") "p_" letters(36)
            else if (k < 4) print "postgres://u:" letters(9) (i % 2 ? "@" : " ") "db.a.io/x"
            else if (k == 4) print "api_access_token: " letters(24)
            else if (k == 5) printf "%s", letters(random(30))
            else print "line " n " " letters(random(60)) " http://a.io:80/"
        }
    }' >"f$((i % 2)).txt"
    git add -A && git commit -q -m "$i"
    i=$((i + 1))
done
call 1 scan --history --format json
grep -v '"looked_at"\|"bytes"' "$work/out" >"$work/whole"
git repack -adfq --depth=50 --window=60
[ -z "$(find .git/objects -path '*/??/*' -type f)" ] || git prune-packed
call 1 scan --history --format json
grep -v '"looked_at"\|"bytes"' "$work/out" >"$work/copied"
same "$work/whole" "$work/copied"
ok
[ "$(grep -c '"rule"' "$work/whole")" -gt 200 ] || bad 'few findings to compare'

# --- damage: never a clean bill, never a crash ------------------------

# Not everything could be looked at, and that is what the exit code says.
damaged() {
    call 2 scan --history
    says 'not everything could be looked at'
}

another cut-off
size=$(wc -c <"$pack")
head -c $((size / 2)) "$pack" >short && mv -f short "$pack"
damaged
says 'note: .*\.idx is not read: pack and index do not belong together'

another no-pack
rm -f "$pack"
damaged
says 'is not read: it, or its pack, cannot be opened'

another cut-index
head -c 2000 "${pack%.pack}.idx" >short && mv -f short "${pack%.pack}.idx"
damaged
says 'the index is cut off'

# A byte of an object: its own checksum tells.
another flipped
at=$(git verify-pack -v "${pack%.pack}.idx" | awk '$2 == "blob" { print $5 + 20; exit }')
printf '\377' | dd of="$pack" bs=1 seek="$at" conv=notrunc status=none
damaged
says 'could not be read \(git fsck\)'
says 'its bytes are not those that its index was made for'

another loose-damage
git unpack-objects -q <"$pack" >/dev/null 2>&1
mv .git/objects/pack kept && mkdir .git/objects/pack
mv kept/*.pack . && git unpack-objects -q <"$(ls ./*.pack)"
blob=$(git rev-parse HEAD:big.txt)
loose=.git/objects/$(echo "$blob" | cut -c1-2)/$(echo "$blob" | cut -c3-)
chmod u+w "$loose" && head -c 40 "$loose" >short && mv -f short "$loose"
damaged
says 'could not be read'

finish
