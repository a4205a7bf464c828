-- What the parts of the simulated GitHub share: refusals, links, names.

local rest = require "sandbox/rest"

local kit = { WEB = "https://github.com" }

local DOCS = "https://docs.github.com/rest"

--- A refusal as GitHub words it.
--- @return integer status
--- @return table body
function kit.problem(status, message, errors)
  return status, {
    message = message, errors = errors, documentation_url = DOCS,
    status = tostring(status),
  }
end

function kit.not_found()
  return kit.problem(404, "Not Found")
end

--- 422 for one field of a resource.
--- @param code string missing, missing_field, invalid, already_exists, custom
function kit.invalid(resource, field, code, message)
  return kit.problem(422, "Validation Failed", { {
    resource = resource, field = field, code = code, message = message,
  } })
end

--- 422 for what is not even of the right form.
function kit.malformed(words)
  return kit.problem(422, "Invalid request.\n\n" .. words)
end

function kit.node_id(name, id)
  return name .. "_" .. rest.digest(name .. id)
end

--- The repository's place in the API and on the web.
function kit.api(request)
  return request.origin .. "/repos/" .. request.world.github.repository
end

function kit.web(request)
  return kit.WEB .. "/" .. request.world.github.repository
end

--- 40 hexadecimal digits that stand for a content.
function kit.sha(text)
  return (rest.digest(text) .. rest.digest(text .. "+") ..
    rest.digest(text .. "-")):sub(1, 40)
end

--- One whose member `name` has that value (as text), and its place.
function kit.find(list, name, value)
  for i, one in ipairs(list) do
    if tostring(one[name]) == tostring(value) then return one, i end
  end
  return nil
end

--- Wraps handlers of one thing: they get the one of the list whose member
--- `name` is the path's parameter, and its place in the list. Else it is 404.
--- @param list_of fun(world:table):table[]
--- @return fun(handler:function):function
function kit.handlers_of(list_of, name, param)
  return function(handler)
    return function(request)
      local one, i = kit.find(list_of(request.world), name,
        request.params[param])
      if not one then return kit.not_found() end
      return handler(request, one, i)
    end
  end
end

--- Status, page of the list and Link header.
function kit.page(request, list)
  local page, headers = rest.page(request, list)
  return 200, page, headers
end

--- The same with the list as a member beside total_count.
function kit.counted(request, list, member)
  local page, headers = rest.page(request, list)
  return 200, { total_count = #list, [member] = page }, headers
end

function kit.newest_first(list)
  local out = json.array {}
  for i = #list, 1, -1 do out[#out + 1] = list[i] end
  return out
end

--- A string that must be there and not empty.
function kit.text(value)
  return type(value) == "string" and value ~= ""
end

return kit
