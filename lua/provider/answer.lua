-- The answer of a provider: its value, or in one line why it is refused.

local HINTS = {
  [400] = "the request is wrong: compare its arguments with the row's doc",
  [401] = "the token is missing, expired or of another account",
  [403] = "the token lacks the permission for this call",
  [404] = "it does not exist, or the token cannot see it: check names in env",
  [408] = "it did not happen in time: look at the service, then try again",
  [409] = "someone else is changing it: wait for them, then try again",
  [422] = "the service refuses the values: see its message",
  [429] = "too many requests: try again later",
}

local function hint(row, status)
  local own = row.hints and row.hints[status]
  if own then return own end
  if HINTS[status] then return HINTS[status] end
  if status >= 500 then return "the service fails: see its status page" end
  return "unexpected status: see the log"
end

-- A response header, whatever its case; its name in lower case.
local function header(response, name)
  for key, value in pairs(response.headers or {}) do
    if key:lower() == name then return value end
  end
  return nil
end

local function accepted(row, status)
  if row.accept_gone and status == 404 then return true end
  if not row.ok then return status >= 200 and status < 300 end
  for _, ok in ipairs(row.ok) do
    if status == ok then return true end
  end
  return false
end

-- The answer's value; nil and why when a body that should be JSON is none.
local function decode(row, response)
  local body = response.body
  local raw = row.raw and accepted(row, response.status)
  if type(body) ~= "string" or raw then return body end
  if body == "" then return nil end
  local ok, value = pcall(json.decode, body)
  if ok then return value end
  local kind = header(response, "content-type") or ""
  if kind:find("json", 1, true) then
    return nil, "its answer is broken JSON, perhaps cut short: try again"
  end
  return body
end

-- The service's own words for what went wrong, in one line.
local function complaint(body)
  if type(body) ~= "table" then return body and tostring(body) or "" end
  local parts = {}
  local function add(value)
    if type(value) == "string" and value ~= "unknown"
      and value:find("%D") then -- not the status once more
      parts[#parts + 1] = value
    end
  end
  add(body.status)
  add(body.error)
  add(body.message)
  for _, e in ipairs(type(body.errors) == "table" and body.errors or {}) do
    add(type(e) == "table" and (e.message or e.code) or e)
  end
  return table.concat(parts, ", ")
end

local REQUEST_IDS = { "fly-request-id", "x-github-request-id", "x-request-id" }

local function request_id(response)
  for _, name in ipairs(REQUEST_IDS) do
    local value = header(response, name)
    if value then return " (request id " .. value .. ")" end
  end
  return ""
end

local function failure(row, response, body)
  local words = complaint(body):gsub("%s+", " ")
  local text = ("%s %s: %d%s%s: %s"):format(row.provider, row.short,
    response.status, words ~= "" and " " .. words or "",
    request_id(response), hint(row, response.status))
  return { status = response.status, message = text }
end

local function graphql_failure(row, body)
  if not row.document or type(body) ~= "table" or not body.errors then
    return nil
  end
  local text = ("%s %s: %s: %s"):format(row.provider, row.short,
    complaint(body), "the query was refused: check the token and the names")
  return { status = 200, message = text }
end

-- The answer and its decoded value; nil and a provider.failure when the service
-- did not do it.
local function read(row, response)
  local body, broken = decode(row, response)
  if not accepted(row, response.status) then
    return nil, failure(row, response, body)
  end
  if broken then
    local text = ("%s %s: %s%s"):format(row.provider, row.short, broken,
      request_id(response))
    return nil, { status = response.status, message = text }
  end
  local refused = graphql_failure(row, body)
  if refused then return nil, refused end
  return { response = response, body = body }
end

return { header = header, read = read }
