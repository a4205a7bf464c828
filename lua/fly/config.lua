-- Configurations of machines: copies, and whether one has what another says.

local config = {}

--- True when all that part says is in whole, which may say more.
--- @param whole any
--- @param part any
--- @return boolean
function config.holds(whole, part)
  if type(part) ~= "table" then return whole == part end
  if type(whole) ~= "table" then return next(part) == nil end
  for key, item in pairs(part) do
    if not config.holds(whole[key], item) then return false end
  end
  return true
end

--- A copy that shares nothing; an empty list stays one.
--- @param value any
--- @return any
function config.copy(value)
  if type(value) ~= "table" then return value end
  if next(value) == nil then return json.decode(json.encode(value)) end
  local out = {}
  for key, item in pairs(value) do out[key] = config.copy(item) end
  return out
end

return config
