-- Reports relative links and anchors in Markdown pages that lead nowhere.

local failed = false

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("a")
  if file then file:close() end
  return text
end

-- Prose without fenced blocks and code spans, and the headings' lines.
local function parse(text)
  local prose, headings, fence = {}, {}, nil
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    local mark = line:match("^[ >]*(```+)") or line:match("^[ >]*(~~~+)")
    if line:find("^    ") then mark = nil end -- indented code
    if fence then
      if mark and #mark >= #fence and line:match("[`~]%s*$") then
        fence = nil
      end
    elseif mark then
      fence = mark
    else
      headings[#headings + 1] = line:match("^#+%s+(.*)")
      prose[#prose + 1] = line:gsub("`[^`]*`", "")
    end
  end
  return table.concat(prose, "\n"), headings
end

-- GitHub's anchors: lower case, no punctuation, blanks to hyphens, numbered
-- when repeated.
local function anchors(headings)
  local seen, count = {}, {}
  for _, heading in ipairs(headings) do
    local slug = heading:lower():gsub("[%p\r]", function(c)
      return (c == "-" or c == "_") and c or ""
    end):gsub(" ", "-")
    seen[count[slug] and slug .. "-" .. count[slug] or slug] = true
    count[slug] = (count[slug] or 0) + 1
  end
  return seen
end

local function check_link(page, target)
  if target:match("^%a[%w+.-]*:") then return nil end
  local path, anchor = target:match("^([^#]*)#?(.*)$")
  local there = page
  if path ~= "" then there = (page:match("^.*/") or "") .. path end
  -- rename to itself succeeds for folders, too
  if not os.rename(there, there) then return "there is no " .. there end
  if anchor == "" then return nil end
  local _, headings = parse(read(there) or "")
  return not anchors(headings)[anchor] and "no heading #" .. anchor or nil
end

for _, page in ipairs(arg) do
  local prose = parse(read(page))
  for target in prose:gmatch("%]%(([^%s%)]+)[^%)]*%)") do
    local problem = check_link(page, target)
    if problem then
      io.stderr:write(page, ": ", target, ": ", problem, "\n")
      failed = true
    end
  end
end
os.exit(not failed)
