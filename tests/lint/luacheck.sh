#!/bin/sh
# Every Lua file passes luacheck under .luacheckrc.
set -eu
find lua tests -name node_modules -prune -o -name '*.lua' \
    -exec luacheck --no-color -q {} +
