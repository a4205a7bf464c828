-- luacheck: Lua 5.4 as the worker offers it, lines of 80 columns.
std = "lua54"
max_line_length = 80
max_comment_line_length = 120 -- annotations stay on their line

-- What a runbook's Lua finds besides the language (docs/LUA.md).
local worker = {
  "params", "env", "run", "print", "evidence", "check", "expect", "fail",
  "ask", "http", "json", "sh", "git", "sql", "fs", "hash", "time", "secret",
  "each", "parallel",
}
-- What the worker does not offer (DESIGN §1).
local absent = {
  "io", "os", "debug", "coroutine", "load", "loadfile", "dofile", "package",
  "collectgarbage",
}

files["lua"] = { read_globals = worker, not_globals = absent }
files["tests/lua"] = {
  globals = worker,
  read_globals = {
    "fly", "github", "supabase", "chatwoot", "envmatrix", "gate", "toml",
  },
}
files["tests/contract"] = {
  read_globals = { "call", "refused", "json", "time", "run", "secret" },
}
files["tests/contract/bench.lua"] = {
  globals = { "faults", "exercise", "verdict", "http", "time" },
  read_globals = { "env", "json", "fail" },
}
