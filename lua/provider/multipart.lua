-- Encodes a multipart/form-data body (RFC 7578): equal parts, equal bytes.

--- @class multipart.part
--- @field name string of the form's field
--- @field text string
--- @field file? string a file's name, for a part that is one
--- @field type? string its media type; a file's default is that of any bytes

-- FNV-1a, 64 bits: it only has to differ from what the parts hold.
local function digest(text)
  local h = 0xcbf29ce484222325
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(h)
end

local ESCAPED = { ['"'] = "%22", ["\r"] = "%0D", ["\n"] = "%0A" }

local function quoted(text)
  return '"' .. text:gsub('["\r\n]', ESCAPED) .. '"'
end

local function encoded(part)
  local head = "Content-Disposition: form-data; name=" .. quoted(part.name)
  if part.file then head = head .. "; filename=" .. quoted(part.file) end
  local kind = part.type or part.file and "application/octet-stream"
  if kind then head = head .. "\r\nContent-Type: " .. kind end
  return head .. "\r\n\r\n" .. part.text .. "\r\n"
end

-- A line that stands in none of the parts. It is made from them alone, so that
-- a resumed run sends the same request.
local function boundary_of(all)
  local boundary = "runproof-" .. digest(all)
  while all:find(boundary, 1, true) do
    boundary = "runproof-" .. digest(boundary)
  end
  return boundary
end

--- @param parts multipart.part[]
--- @return string body
--- @return string type the value of its Content-Type header
local function multipart(parts)
  local list = {}
  for i, part in ipairs(parts) do list[i] = encoded(part) end
  local boundary = boundary_of(table.concat(list))
  for i, text in ipairs(list) do
    list[i] = "--" .. boundary .. "\r\n" .. text
  end
  list[#list + 1] = "--" .. boundary .. "--\r\n"
  return table.concat(list), "multipart/form-data; boundary=" .. boundary
end

return multipart
