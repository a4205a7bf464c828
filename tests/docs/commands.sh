#!/bin/sh
# Every command that the documentation shows is executed, in a copy of the
# repository, page by page; what it shows as output must be the output.
# Commands that cannot run here stand in ledger.txt with the reason.
set -eu
root=$PWD
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$RUNPROOF" "$scratch/bin/runproof"
PATH=$scratch/bin:$PATH
export PATH

copy_repository() {
    rm -rf "$scratch/copy"
    mkdir "$scratch/copy"
    tar -c --exclude=./.git --exclude=./build --exclude=node_modules \
        --exclude=./.runproof . | tar -x -C "$scratch/copy"
    cd "$scratch/copy"
    git init -q
    git add -A
    git -c user.name=t -c user.email=t@t.example commit -q -m copy
    cd "$root"
}

# The ledger's columns are parted by two blanks or more.
sed '/^#/d; s/   */\t/g' tests/docs/ledger.txt >"$scratch/rows"
cut -f1 "$scratch/rows" >"$scratch/ledger"

report() {
    echo "$page: $1" >&2
    failed=1
}

without_ledger() {
    awk 'NR == FNR { rows[$0] = 1; next }
         { for (row in rows)
               if (index($0, row) == 1) { print row >>used; next }
           print }' used="$scratch/used" "$scratch/ledger" "$1"
}

run_block() {
    without_ledger "$1" >"$scratch/block"
    grep -q '[^[:space:]]' "$scratch/block" || return 0
    if ! (cd "$scratch/copy" && sh -e "$scratch/block") \
        >"$scratch/output" 2>&1 </dev/null; then
        report "this fails:"
        cat "$scratch/block" "$scratch/output" >&2
    fi
}

# All lines of the part stand in the file, one after the other.
contains() {
    awk 'NR == FNR { want[++n] = $0; next }
         { line[FNR] = $0 }
         END {
             for (i = 1; i <= FNR; i++) {
                 for (k = 1; k <= n && line[i + k - 1] == want[k]; k++)
                     ;
                 if (k > n) exit 0
             }
             exit 1
         }' "$1" "$2"
}

check_part() {
    case $1 in
    *.sh) run_block "$1" ;;
    *.text)
        awk -f tests/docs/match.awk "$1" "$scratch/output" >&2 || {
            report "the output is another one:"
            cat "$scratch/output" >&2
        }
        ;;
    *.file) cp "$1" "$scratch/copy/$(cat "${1%.file}.name")" ;;
    *.in)
        name=$(cat "${1%.in}.name")
        contains "$1" "$scratch/copy/$name" || {
            report "$name does not hold what is shown; it is:"
            cat "$scratch/copy/$name" >&2
        }
        ;;
    esac
}

failed=0
: >"$scratch/used"
for page in README.md CONTRIBUTING.md ARCHITECTURE.md docs/*.md \
    docs/runbooks/*.md; do
    rm -rf "$scratch/parts"
    mkdir "$scratch/parts"
    awk -v out="$scratch/parts" -f tests/docs/blocks.awk "$page"
    set -- "$scratch"/parts/*
    [ -e "$1" ] || continue
    copy_repository
    for part in "$@"; do
        check_part "$part"
    done
done

while IFS="$(printf '\t')" read -r command file _; do
    page=tests/docs/ledger.txt
    [ -e "$file" ] || report "there is no $file"
    grep -qxF "$command" "$scratch/used" || report "no page shows '$command'"
done <"$scratch/rows"
exit $failed
