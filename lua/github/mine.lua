-- What this run made, so that an attempt asks for it again.
--
-- A step is tried again with the same requests in the same order: those that
-- succeeded are then answered from the journal. So a helper that looks before
-- it changes must not take what its failed attempt made for something that was
-- there before. A failed attempt's Lua state is gone, its changes are younger
-- than the run: that tells them.

local mine = {}

local made = {}

--- Notes that this attempt, or an earlier step, made the thing named key.
function mine.note(key)
  made[key] = true
end

--- Whether a thing made at that time comes from a failed attempt.
--- @param key string
--- @param at string|nil ISO time, or json.null
--- @return boolean
function mine.lost(key, at)
  if made[key] or type(at) ~= "string" then return false end
  return time.parse(at) >= run.started // 1
end

return mine
