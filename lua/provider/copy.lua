-- Copies of values.

--- A copy that shares nothing; an empty list stays one.
--- @param value any
--- @return any
local function copy(value)
  if type(value) ~= "table" then return value end
  if next(value) == nil then return json.decode(json.encode(value)) end
  local out = {}
  for key, item in pairs(value) do out[key] = copy(item) end
  return out
end

return copy
