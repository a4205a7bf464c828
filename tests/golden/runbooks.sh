#!/bin/sh
# The shipped runbooks, stripped and run again in the sandbox, give the pages
# that are committed, byte for byte, and the logs of the bundles they cite.
set -eu
root=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/repo/docs"
cp -R runbooks runproof.yaml "$scratch/repo/"
cp -R docs/runbooks "$scratch/repo/docs/"

failed=0
for page in runbooks/*.md; do
    "$RUNPROOF" verify "$page" >"$scratch/out" || {
        cat "$scratch/out" >&2
        failed=1
    }
    "$RUNPROOF" strip "$page" >"$scratch/repo/$page"
    (cd "$scratch/repo" && "$RUNPROOF" run "$page" --env sandbox --yes) \
        >"$scratch/out" 2>&1 || cat "$scratch/out" >&2
    diff -u "$page" "$scratch/repo/$page" >&2 || failed=1
    diff -u "docs/$page" "$scratch/repo/docs/$page" >&2 || failed=1
done

# Evidence of earlier releases keeps its proof.
for bundle in artifacts/*/*/; do
    "$RUNPROOF" verify --replay "$bundle" >"$scratch/out" || {
        cat "$scratch/out" >&2
        failed=1
    }
done

cd "$scratch/repo"
for log in artifacts/*/*/*.log; do
    diff -u "$root/$log" "$log" >&2 || failed=1
done
exit $failed
