-- Rows of Fly.io's Apps API: apps, their addresses, certificates, tokens.

local APPS = "/v1/apps"
local APP = APPS .. "/{app}"
local CERTIFICATES = APP .. "/certificates"
local HOST = CERTIFICATES .. "/{hostname}"
local DOCS = "https://fly.io/docs/machines/api/"
local CERTIFICATE_DOCS = DOCS .. "certificates-resource/#"
local SPEC = "https://docs.machines.dev/#tag/apps/"

-- App names are unique, so the app of that name in that organisation is the
-- one that was asked for.
local function probe_create(args, get)
  local ok, app = pcall(get, "apps.get", { app = args.name })
  if ok and app.organization and app.organization.slug == args.org_slug then
    return { id = app.id }
  end
  return nil
end

-- A hostname of the app, with the kind of certificate that was asked for.
local function probe_certificate(args, get, has)
  local ok, certificate = pcall(get, "certificates.get",
    { app = args.app, hostname = args.hostname })
  if ok and has(certificate) then return certificate end
  return nil
end

local function probe_acme(args, get)
  return probe_certificate(args, get, function(certificate)
    return certificate.acme_requested
  end)
end

local function probe_custom(args, get)
  return probe_certificate(args, get, function(certificate)
    for _, one in ipairs(certificate.certificates or {}) do
      if one.source == "custom" then return true end
    end
    return false
  end)
end

local apps = {
  { "apps.list", "GET", APPS, items = "apps", page = "cursor",
    args = {
      "org_slug: string  the organisation's slug",
      "app_role?: string  only apps of that role",
      "limit?: integer  apps a page",
      "cursor?: string  that page alone",
    },
    gives = "fly.app[]",
    link = DOCS .. "apps-resource/#list-apps-in-an-organization",
    doc = "Apps of an organisation." },
  { "apps.create", "POST", APPS, ok = { 201 }, probe = probe_create,
    args = {
      "name: string  unique in all of Fly.io",
      "org_slug: string  the organisation it belongs to",
      "network?: string  a private network of its own",
      "enable_subdomains?: boolean  for Fly Kubernetes",
    },
    gives = "{id:string}",
    hints = { [422] = "the name is taken or not allowed: choose another" },
    link = DOCS .. "apps-resource/#create-a-fly-app",
    doc = "Makes an app without machines." },
  { "apps.get", "GET", APP, args = {}, gives = "fly.app",
    link = DOCS .. "apps-resource/#get-app-details",
    doc = "One app: id, name, status, machine_count, organization." },
  { "apps.delete", "DELETE", APP, ok = { 202 }, accept_gone = true, args = {},
    link = DOCS .. "apps-resource/#delete-a-fly-app",
    doc = "Destroys an app for good; its machines have to be stopped." },
  { "apps.deploy_token", "POST", APP .. "/deploy_token",
    args = { "expiry: string  how long it is valid: \"720h\"" },
    gives = "{token:secret}", secret_fields = { "token" },
    doubt = "`fly tokens list` shows whether a deploy token was made",
    link = SPEC .. "post/apps/{app_name}/deploy_token",
    doc = "A token that may deploy this app alone." },
  { "ips.list", "GET", APP .. "/ip_assignments", items = "ips", args = {},
    gives = "fly.ip[]",
    link = SPEC .. "get/apps/{app_name}/ip_assignments",
    doc = "The addresses an app is reached at." },
  { "ips.assign", "POST", APP .. "/ip_assignments",
    args = {
      "type: string  v4, shared_v4, v6 or private_v6",
      "region?: string  of a regional address",
      "network?: string  of a private address",
      "org_slug?: string  whose network that is",
      "service_name?: string  the service it is for",
    },
    gives = "fly.ip",
    doubt = "`fly ips list` shows whether the address was assigned",
    link = SPEC .. "post/apps/{app_name}/ip_assignments",
    doc = "Gives an app one more address; dedicated IPv4 ones are billed." },
  { "ips.release", "DELETE", APP .. "/ip_assignments/{ip}",
    accept_gone = true, args = {},
    link = SPEC .. "delete/apps/{app_name}/ip_assignments/{ip}",
    doc = "Takes an address from an app." },
}

local certificates = {
  { "certificates.list", "GET", CERTIFICATES, items = "certificates",
    page = "cursor",
    args = {
      "filter?: string  part of the hostname",
      "limit?: integer  certificates a page",
      "cursor?: string  that page alone",
    },
    gives = "fly.certificate[]",
    link = CERTIFICATE_DOCS .. "list-certificates",
    doc = "The hostnames of an app and the state of their certificates." },
  { "certificates.request", "POST", CERTIFICATES .. "/acme", ok = { 201 },
    probe = probe_acme,
    args = { "hostname: string  the domain; `*.` for a wildcard" },
    gives = "fly.certificate",
    link = CERTIFICATE_DOCS .. "request-acme-certificate",
    doc = "Adds a hostname and asks Let's Encrypt for its certificate; " ..
      "dns_requirements tells the records it needs." },
  { "certificates.upload", "POST", CERTIFICATES .. "/custom", ok = { 201 },
    probe = probe_custom,
    args = {
      "hostname: string  the domain",
      "fullchain: string  the certificate and its chain, PEM",
      "private_key: secret  its key, PEM",
    },
    gives = "fly.certificate",
    link = CERTIFICATE_DOCS .. "import-custom-certificate",
    doc = "Adds a hostname with a certificate of your own." },
  { "certificates.get", "GET", HOST, args = {}, gives = "fly.certificate",
    link = CERTIFICATE_DOCS .. "get-certificate-details",
    doc = "One hostname: certificates, validation, dns_requirements." },
  { "certificates.delete", "DELETE", HOST, ok = { 204 }, accept_gone = true,
    args = {},
    link = CERTIFICATE_DOCS .. "delete-hostname-and-all-certificates",
    doc = "Removes a hostname and all its certificates." },
  { "certificates.stop_acme", "DELETE", HOST .. "/acme", args = {},
    gives = "fly.certificate",
    link = CERTIFICATE_DOCS .. "delete-acme-certificates",
    doc = "Ends the issuing by Let's Encrypt; a custom certificate stays." },
  { "certificates.delete_custom", "DELETE", HOST .. "/custom", args = {},
    gives = "fly.certificate",
    link = CERTIFICATE_DOCS .. "delete-custom-certificate",
    doc = "Removes the custom certificate; the issued one stays." },
  { "certificates.check", "POST", HOST .. "/check", idempotent = true,
    args = {}, gives = "fly.certificate",
    link = CERTIFICATE_DOCS .. "check-certificate-status",
    doc = "Looks at the DNS now and validates again; dns_records tells " ..
      "what was found." },
}

return { apps, certificates }
