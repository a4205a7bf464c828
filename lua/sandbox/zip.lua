-- ZIP archives, stored without compression: what services hand out as one.

local zip = {}

local function crc32(text)
  local crc = 0xffffffff
  for i = 1, #text do
    crc = crc ~ text:byte(i)
    for _ = 1, 8 do
      crc = crc & 1 == 1 and crc >> 1 ~ 0xedb88320 or crc >> 1
    end
  end
  return crc ~ 0xffffffff
end

local DOS_DATE = (1980 - 1980) << 9 | 1 << 5 | 1 -- the format's first day

-- What the two headers of a file share, from its version on.
local function facts(name, text)
  return ("<I2I2I2I2I2I4I4I4I2I2"):pack(20, 0, 0, 0, DOS_DATE, crc32(text),
    #text, #text, #name, 0)
end

--- @param files {name:string, text:string}[]
--- @return string
function zip.make(files)
  local parts, central, offset = {}, {}, 0
  for i, file in ipairs(files) do
    local shared = facts(file.name, file.text)
    parts[i] = "PK\3\4" .. shared .. file.name .. file.text
    central[i] = "PK\1\2" .. ("<I2"):pack(20) .. shared
      .. ("<I2I2I2I4I4"):pack(0, 0, 0, 0, offset) .. file.name
    offset = offset + #parts[i]
  end
  local list = table.concat(central)
  return table.concat(parts) .. list .. "PK\5\6"
    .. ("<I2I2I2I2I4I4I2"):pack(0, 0, #files, #files, #list, offset, 0)
end

return zip
