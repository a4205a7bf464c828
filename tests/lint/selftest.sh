#!/bin/sh
# The lints find what they are for: each is shown one bad file in an otherwise
# clean tree.
set -eu
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/engine" "$tree/lua" "$tree/scripts" "$tree/tests/unit"
cp -r tests/lint "$tree/tests/lint"
cp .clang-format .luacheckrc "$tree"
cd "$tree"

# catches LINT FILE MESSAGE: LINT fails over FILE, whose text is on standard
# input, with MESSAGE, and passes once FILE is gone.
catches() {
    cat >"$2"
    if sh "tests/lint/$1.sh" >log 2>&1; then
        echo "lint/$1 passes over: $(cat "$2")"
        touch failed
    elif ! grep -qF -e "$3" log; then
        echo "lint/$1 does not say '$3' but: $(cat log)"
        touch failed
    fi
    rm "$2" log
    sh "tests/lint/$1.sh" >log 2>&1 || {
        echo "lint/$1 fails over a clean tree: $(cat log)"
        touch failed
    }
    rm -f log
}

printf '/* Strings. */\n#pragma once\n' >engine/str.h
printf '/* Documents. */\n#pragma once\n' >engine/doc.h
printf '/* Tests strings. */\n' >tests/unit/test_str.c
printf -- '-- Nothing.\n' >lua/prelude.lua

catches assertions tests/unit/test_bad.c 'test_idle asserts nothing' <<'EOF'
static void test_idle(void **state)
{
    (void)state;
}
EOF
catches bans engine/bad.c 'bad.c:1: use snprintf' <<'EOF'
strcpy(a, b);
EOF
catches bans engine/bad.c 'bad.c:2: memory comes from arena.h' <<'EOF'
/* malloc( */ char *s = "malloc(";
char *p = malloc(3);
EOF
catches bans engine/bad.c 'bad.c:2: an assignment in a condition' <<'EOF'
if (a == b &&
    (c = d()) >= 0)
EOF
catches bans engine/bad.c 'the engine knows no vendor' <<'EOF'
/* Asks GitHub
EOF
printf 'cd /%s/x\n' work |
    catches bans scripts/bad 'a path of one machine'
catches foreign engine/str.c 'cJSON.h belongs to' <<'EOF'
#include <cjson/cJSON.h>
EOF
catches format engine/str.c 'clang-format-violations' <<'EOF'
int  x;
EOF
catches headers engine/err.h 'unknown type name' <<'EOF'
#pragma once
void err_set(size_t n);
EOF
catches luacheck lua/bad.lua 'unused variable' <<'EOF'
local x = 1
EOF
catches shape engine/bad.c 'the first line is a comment' <<'EOF'
int x;
EOF
{
    printf '/* One function. */\nvoid f(void)\n{\n'
    yes '    g();' | head -n 61
    printf '}\n'
} | catches shape engine/bad.c 'a function of 61 lines'
{
    printf '/* Much. */\n'
    yes | head -n 900
} | catches shape engine/bad.c 'over 900 lines'
catches tiers engine/str.c 'tier 0 may not include doc.h' <<'EOF'
#include "doc.h"
EOF
catches tiers engine/unheard.c 'in no tier' <<'EOF'
/* A module of nobody. */
EOF
catches tiers engine/err.h 'headers include each other' <<'EOF'
#include "err.h"
EOF
[ ! -e failed ]
