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

config.copy = require "provider/copy"

return config
