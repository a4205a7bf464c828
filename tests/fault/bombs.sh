#!/bin/sh
# Blocks that never end, eat memory or recurse end their attempt, not the run:
# exit 1, the reason on the page, a bundle that verifies and replays.
. tests/fault/lib.sh

# bomb NAME REASON [ATTRIBUTES]: the block on stdin fails for the reason, once;
# the step after it is blocked, the clean-up runs.
bomb() {
    repo "$1"
    {
        block bomb "retries=0 ${3:-timeout=90s}"
        echo 'print("never")' | block after needs=bomb
        echo 'print("cleaned")' | block clean 'always timeout=5s'
    } | page
    call 1 run page.md
    says "^ +.*($2)"
    shows "^\*\*Error:\*\* .*($2)"
    shows 'id=after .*status=blocked'
    shows '^cleaned$'
    proven
    call 0 verify --replay "$(bundle)"
    litter
}

bomb endless 'timed out after 1.00 s' timeout=1s <<'END'
while true do end
END

bomb endless-pcall 'timed out after 1.00 s' timeout=1s <<'END'
while true do pcall(function() while true do end end) end
END

bomb endless-pattern 'timed out after 1.00 s' timeout=1s <<'END'
("a"):rep(1e6):find((".-"):rep(50) .. "b")
END

bomb endless-sort 'timed out after 1.00 s' timeout=1s <<'END'
table.sort({3, 2, 1}, function() while true do end end)
END

bomb endless-print 'timed out after 1.00 s' timeout=1s <<'END'
while true do print() end
END

bomb long-string 'string too large|memory' <<'END'
local x = string.rep("x", 1e10)
END

bomb much-memory 'memory' <<'END'
local s = "x"
while true do s = s .. s end
END

# What the allocator refuses, pcall cannot hold for ever.
bomb much-memory-pcall 'memory|timed out' timeout=2s <<'END'
while true do
  pcall(function() local s = "x" while true do s = s .. s end end)
end
END

bomb many-tables 'memory' <<'END'
local t = {}
while true do t = {t, {}} end
END

bomb recursion 'stack overflow' <<'END'
local function f() return 1 + f() end
f()
END

bomb recursion-index 'stack overflow|loop' <<'END'
local t = {}
for i = 1, 300 do
  t = setmetatable({}, { __index = (function(u)
    return function(_, k) return u[k] end
  end)(t) })
end
local u = setmetatable({}, { __index = function(s, k) return s[k] end })
return t.x, u.x
END

bomb recursion-gsub 'stack overflow' <<'END'
local function f() return (("x"):gsub(".", f)) end
f()
END

bomb recursion-tostring 'stack overflow' <<'END'
local t = {}
setmetatable(t, { __tostring = function(s) return tostring(s) end })
print(t)
END

bomb recursion-sort 'stack overflow' <<'END'
local function f() table.sort({2, 1}, f) return true end
f()
END

bomb deep-data 'nested this deep' <<'END'
local t = {}
t.t = t
evidence.json(t)
END

bomb deep-json 'deep' <<'END'
json.decode(("["):rep(1e5))
END

# A source that the compiler gives up on is found before anything is run.
repo deep-source
block bomb <<'END' | page
local x = ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1
END
call 2 run page.md
says 'page.md:8: .*(overflow|too many)'
untouched

# Errors that are no text, and errors in making them text.
bomb error-table 'page.md:[0-9]+|table' <<'END'
error({})
END

bomb error-nil 'nil' <<'END'
error(nil)
END

bomb error-tostring 'concatenate a table' <<'END'
error(setmetatable({}, { __tostring = function(s) return s .. "" end }))
END

bomb error-long 'aaaaaaaa' <<'END'
error(("a"):rep(1e7))
END

# Recursion held by pcall is the block's own affair: it passes.
repo recursion-pcall
block a 'timeout=10s' <<'END' | page
local function f() return 1 + f() end
local ok, why = pcall(f)
print(ok, (why:match("stack overflow")))
local function g() return pcall(g) end
print(g())
END
call 0 run page.md
shows '^false	stack overflow$'
proven

finish
