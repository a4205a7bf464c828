-- Simulated Fly.io certificates of an app's hostnames.

local rest = require "sandbox/rest"
local common = require "sandbox/fly_common"
local problem = common.problem

local certificates = {}

local ISSUE_MS = 20000 -- from the request to the issued certificate
local VALID_MS = { fly = 90 * 86400000, custom = 365 * 86400000 }

local function requirements(hostname, app)
  return {
    a = json.array { "37.16.9.52" }, aaaa = json.array { "2a09:8280:1::37:0" },
    cname = app.name .. ".fly.dev",
    acme_challenge = {
      name = "_acme-challenge." .. hostname,
      target = hostname .. "." .. rest.digest(hostname):sub(1, 6) ..
        ".flydns.net",
    },
    ownership = {
      name = "_fly-ownership." .. hostname,
      app_value = "app-" .. rest.digest(app.name):sub(1, 10),
      org_value = "org-" .. rest.digest(app.org.slug):sub(1, 10),
    },
  }
end

-- One certificate of a hostname: `custom` is there at once, that of Let's
-- Encrypt after a while.
local function entry(one, source, now_ms)
  local made = one[source .. "_ms"]
  local active = source == "custom" or now_ms >= made + ISSUE_MS
  local out = {
    source = source, status = active and "active" or "pending_validation",
    created_at = rest.iso(made), issued = json.array {},
    expires_at = rest.iso(made + VALID_MS[source]),
  }
  if source == "custom" then out.issuer = "Custom CA" end
  if source == "fly" and active then
    out.issued[1] = { type = "ecdsa", expires_at = out.expires_at,
      certificate_authority = "lets_encrypt" }
  end
  return out
end

local function entries(one, now_ms)
  local list, active = json.array {}, false
  for _, source in ipairs { "custom", "fly" } do
    if one[source .. "_ms"] then
      local item = entry(one, source, now_ms)
      list[#list + 1] = item
      active = active or item.status == "active"
    end
  end
  return list, active
end

local function detail(one, app, now_ms)
  local list, active = entries(one, now_ms)
  return {
    hostname = one.hostname, configured = active,
    acme_requested = one.fly_ms ~= nil,
    status = active and "active" or "pending_validation",
    dns_provider = "enom", certificates = list,
    dns_requirements = requirements(one.hostname, app),
    validation = {
      dns_configured = active, alpn_configured = active,
      http_configured = active, ownership_txt_configured = active,
    },
    validation_errors = json.array {},
  }
end

local function summary(one, now_ms)
  local _, active = entries(one, now_ms)
  return {
    hostname = one.hostname, configured = active,
    status = active and "active" or "pending_validation",
    dns_provider = "enom", acme_requested = one.fly_ms ~= nil,
    acme_dns_configured = active, acme_alpn_configured = active,
    acme_http_configured = active, ownership_txt_configured = active,
    has_custom_certificate = one.custom_ms ~= nil,
    has_fly_certificate = one.fly_ms ~= nil and active,
    created_at = rest.iso(one.created_ms),
    updated_at = rest.iso(one.created_ms),
  }
end

local function list(request, app)
  local filter, all = rest.arg(request, "filter") or "", json.array {}
  for hostname, one in pairs(app.certificates) do
    if hostname:find(filter, 1, true) then
      all[#all + 1] = summary(one, request.now_ms)
    end
  end
  table.sort(all, function(a, b) return a.hostname < b.hostname end)
  local page, cursor = common.page(request, all)
  if not page then return problem(400, "invalid cursor") end
  return 200, {
    certificates = page, total_count = #all, next_cursor = cursor,
  }
end

local function add(request, app, source)
  local hostname = common.body(request).hostname
  if type(hostname) ~= "string"
    or not hostname:find("^[%w*][%w-]*%.[%w.-]*%w$") then
    return problem(422, "hostname is not a valid domain")
  end
  local one = app.certificates[hostname]
    or { hostname = hostname, created_ms = request.now_ms }
  one[source .. "_ms"] = one[source .. "_ms"] or request.now_ms
  app.certificates[hostname] = one
  rest.touch(request)
  return 201, detail(one, app, request.now_ms)
end

local function request_acme(request, app)
  return add(request, app, "fly")
end

local function upload(request, app)
  local body = common.body(request)
  for _, name in ipairs { "fullchain", "private_key" } do
    if not tostring(body[name]):find("^%-%-%-%-%-BEGIN ") then
      return problem(422, name .. " is not PEM")
    end
  end
  return add(request, app, "custom")
end

-- Wraps fn(request, certificate, app): 404 without the hostname.
local function with_one(fn)
  return common.with_app(function(request, app)
    local one = app.certificates[request.params.hostname]
    if not one then return problem(404, "hostname not found") end
    return fn(request, one, app)
  end)
end

local function get(request, one, app)
  return 200, detail(one, app, request.now_ms)
end

local function delete(request, one, app)
  app.certificates[one.hostname] = nil
  rest.touch(request)
  return 204, nil
end

local function drop(source)
  return function(request, one, app)
    if one[source .. "_ms"] then
      one[source .. "_ms"] = nil
      rest.touch(request)
    end
    return 200, detail(one, app, request.now_ms)
  end
end

local function check(request, one, app)
  local out = detail(one, app, request.now_ms)
  local want = out.dns_requirements
  out.dns_records = {
    a = want.a, aaaa = want.aaaa, cname = json.array {},
    resolved_addresses = json.array { want.a[1], want.aaaa[1] },
    soa = "ns1.shop.example", ownership_txt = want.ownership.app_value,
    acme_challenge_cname = want.acme_challenge.target,
  }
  return 200, out
end

local C = "/v1/apps/{app}/certificates"
local H = C .. "/{hostname}"
local with_app = common.with_app

certificates.routes = {
  { "GET", C, "fly.certificates.list", with_app(list) },
  { "POST", C .. "/acme", "fly.certificates.request", with_app(request_acme) },
  { "POST", C .. "/custom", "fly.certificates.upload", with_app(upload) },
  { "GET", H, "fly.certificates.get", with_one(get) },
  { "DELETE", H, "fly.certificates.delete", with_one(delete) },
  { "DELETE", H .. "/acme", "fly.certificates.stop_acme",
    with_one(drop("fly")) },
  { "DELETE", H .. "/custom", "fly.certificates.delete_custom",
    with_one(drop("custom")) },
  { "POST", H .. "/check", "fly.certificates.check", with_one(check) },
}

return certificates
