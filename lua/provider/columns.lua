-- Gives a helper's rows the order in which evidence.table shows their members.

--- @param ... string the names of the members
--- @return fun(row:table):table marks a row, and gives it
return function(...)
  local order = { __columns = { ... } }
  return function(row) return setmetatable(row, order) end
end
