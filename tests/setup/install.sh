#!/bin/sh
# `cmake --install` lays out a prefix from which the program works.
set -eu
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$RUNPROOF_BUILD" --prefix "$prefix" >"$prefix/log"

for file in bin/runproof lib/runproof/http.so lib/runproof/git.so \
    lib/runproof/httpd.so lib/runproof/scan.so lib/runproof/sql.so \
    share/man/man1/runproof.1 \
    share/doc/runproof/LICENSE \
    share/bash-completion/completions/runproof \
    share/zsh/site-functions/_runproof \
    share/fish/vendor_completions.d/runproof.fish; do
    [ -s "$prefix/$file" ] || {
        echo "not installed: $file" >&2
        exit 1
    }
done
diff -r lua "$prefix/share/runproof/lua"

version=$("$prefix/bin/runproof" --version)
[ "$version" = "runproof 0.1.0" ] || {
    echo "--version says: $version" >&2
    exit 1
}
