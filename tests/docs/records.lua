-- Reports members of the records in journals (arguments) that the table of
-- ARCHITECTURE.md does not name.
package.path = "tests/lua/?.lua"
local json = require "jsontext"

local everywhere = { type = true, at = true, prev = true }

local documented, inside = {}, false
for line in io.lines("ARCHITECTURE.md") do
  inside = inside or line:find("<!-- records:", 1, true) == 1
  local kind, members = line:match("^| `([%l-]+)` |[^|]*|(.*)|$")
  if inside and kind then
    documented[kind] = {}
    for name in members:gmatch("`([%l_]+)`") do
      documented[kind][name] = true
    end
  end
end

local unknown = {}
for _, path in ipairs(arg) do
  for line in io.lines(path) do
    local record = json.decode(line)
    for name in pairs(record) do
      local known = documented[record.type] or {}
      if not everywhere[name] and not known[name] then
        unknown[record.type .. " has a member " .. name] = true
      end
    end
  end
end
for text in pairs(unknown) do
  io.stderr:write("ARCHITECTURE.md: ", text, "\n")
end
os.exit(next(unknown) == nil and next(documented) ~= nil)
