-- Variable × environment: which names are set where; never a value.

local fly = require "fly"
local github = require "github"

local envmatrix = {}

local PLACES = { "vault", "github", "fly" }

-- Only names leave the command: no value of a vault file reaches this
-- program, the journal or a log.
local NAMES_ONLY = "s/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p"

--- What a variable needs, as the comment above it in .env.example says:
--- `# required (vault, fly): what it is`.
--- @class envmatrix.variable
--- @field name string
--- @field required boolean
--- @field places table<string,boolean> of vault, github, fly

--- The variables of an example file, in its order.
--- @param path string
--- @return envmatrix.variable[]
function envmatrix.expected(path)
  local list, need = {}, nil
  for line in fs.read(path):gmatch("[^\r\n]+") do
    local word, where = line:match("^#%s*(%a+)%s*%(([%a, ]*)%):")
    local name = line:match("^([%a_][%w_]*)=")
    if word == "required" or word == "optional" then
      need = { required = word == "required", places = {} }
      for place in where:gmatch("%a+") do need.places[place] = true end
    elseif name and need then
      need.name = name
      list[#list + 1], need = need, nil
    elseif name then
      error(path .. ": no `# required (…):` or `# optional (…):` above " ..
        name, 0)
    end
  end
  return list
end

local function set_of(names)
  local set = {}
  for _, name in ipairs(names) do set[name] = true end
  return set
end

local function names_of(items)
  local names = {}
  for _, item in ipairs(items) do names[#names + 1] = item.name end
  return names
end

--- The names set in a KEY=VALUE file; nil when there is no such file here.
--- @param path string
--- @return string[]|nil
function envmatrix.vault_names(path)
  if not fs.exists(path) then return nil end
  local names = {}
  local result = sh.run({ "sed", "-n", NAMES_ONLY, path })
  for name in result.stdout:gmatch("[^\n]+") do names[#names + 1] = name end
  return names
end

--- The names of a GitHub environment's secrets and variables.
--- @param environment string
--- @return string[]
function envmatrix.github_names(environment)
  local names = names_of(github.secrets.list {
    environment = environment,
  })
  local variables = github.variables.list { environment = environment }
  for _, name in ipairs(names_of(variables)) do names[#names + 1] = name end
  return names
end

--- The names of a Fly app's secrets.
--- @param app string
--- @return string[]
function envmatrix.fly_names(app)
  return names_of(fly.secrets.list { app = app })
end

local function cell(variable, place, set)
  if not set then return "no file" end
  local wanted = variable.places[place]
  if set[variable.name] then return wanted and "yes" or "unexpected" end
  if not wanted then return "-" end
  return variable.required and "MISSING" or "absent"
end

--- An environment of the matrix: its names in each place.
--- @class envmatrix.column
--- @field name string
--- @field vault string[]|nil
--- @field github string[]
--- @field fly string[]

local function row_of(variable, columns, missing, absent)
  local row = {
    variable = variable.name,
    required = variable.required and "required" or "optional",
  }
  for _, column in ipairs(columns) do
    for _, place in ipairs(PLACES) do
      local set = column[place] and set_of(column[place])
      local head = column.name .. " " .. place
      local text = cell(variable, place, set)
      row[head] = text
      local what = variable.name .. " in " .. head
      if text == "MISSING" then missing[#missing + 1] = what end
      if text == "absent" then absent[#absent + 1] = what end
    end
  end
  return row
end

local function undeclared(variables, columns)
  local known, found = set_of(names_of(variables)), {}
  for _, column in ipairs(columns) do
    for _, place in ipairs(PLACES) do
      for _, name in ipairs(column[place] or {}) do
        if not known[name] then
          found[#found + 1] = name .. " in " .. column.name .. " " .. place
        end
      end
    end
  end
  return found
end

--- The matrix and what is wrong with it.
--- @param variables envmatrix.variable[]
--- @param columns envmatrix.column[]
--- @return {columns:string[], rows:table[], missing:string[], absent:string[], undeclared:string[]}
function envmatrix.build(variables, columns)
  local matrix = {
    columns = { "variable", "required" }, rows = {}, missing = {},
    absent = {}, undeclared = undeclared(variables, columns),
  }
  for _, column in ipairs(columns) do
    for _, place in ipairs(PLACES) do
      table.insert(matrix.columns, column.name .. " " .. place)
    end
  end
  for _, variable in ipairs(variables) do
    table.insert(matrix.rows,
      row_of(variable, columns, matrix.missing, matrix.absent))
  end
  return matrix
end

--- The matrix as a Markdown table, for a file.
--- @param matrix table as of envmatrix.build
--- @return string
function envmatrix.markdown(matrix)
  local rule = {}
  for i in ipairs(matrix.columns) do rule[i] = "---" end
  local lines = {
    "| " .. table.concat(matrix.columns, " | ") .. " |",
    "| " .. table.concat(rule, " | ") .. " |",
  }
  for _, row in ipairs(matrix.rows) do
    local cells = {}
    for i, name in ipairs(matrix.columns) do cells[i] = row[name] end
    lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
  end
  return table.concat(lines, "\n") .. "\n"
end

return envmatrix
