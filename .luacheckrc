-- luacheck: Lua 5.4 as the worker offers it, lines of 80 columns.
std = "lua54"
max_line_length = 80
