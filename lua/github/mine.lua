-- What an earlier attempt of this step did, so that it is asked for again.
--
-- A step is tried again with the same changes in the same order: those that
-- succeeded are answered from the journal. So a helper that looks before it
-- changes must not take what its failed attempt made for something that was
-- there before.

local provider = require "provider"

local mine = {}

local function ends_with(text, tail)
  return text:sub(-#tail) == tail
end

--- The body of the change that must come next, if it is the one meant; nil
--- when it is another, or none.
--- @param method string
--- @param tail string[] the last parts of its path, not yet escaped
--- @param fits? table<string,any> members its body has
--- @return table|nil
function mine.next(method, tail, fits)
  local asked = http.earlier()
  if not asked or asked.method ~= method then return nil end
  local parts = {}
  for i, part in ipairs(tail) do parts[i] = provider.escape(part) end
  local body = asked.json or {}
  if not ends_with(asked.url, "/" .. table.concat(parts, "/")) then
    return nil
  end
  for name, value in pairs(fits or {}) do
    if body[name] ~= value then return nil end
  end
  return body
end

return mine
