-- Rows of Fly.io's Secrets API: an app's secrets and its secret keys.

local SECRETS = "/v1/apps/{app}/secrets"
local SECRET = SECRETS .. "/{name}"
local KEYS = "/v1/apps/{app}/secretkeys"
local KEY = KEYS .. "/{name}"
local SPEC = "https://docs.machines.dev/#tag/secrets/"
local APP_SPEC = "/apps/{app_name}/"

local MIN_VERSION =
  "min_version?: string  not older than that version of the secrets"
local SHOW = "show_secrets?: boolean  with their values, as secrets"

local secrets = {
  { "secrets.list", "GET", SECRETS, items = "secrets",
    args = { MIN_VERSION, SHOW },
    gives = "fly.secret[]", secret_fields = { "value" },
    link = SPEC .. "get" .. APP_SPEC .. "secrets",
    doc = "Names and digests of an app's secrets." },
  { "secrets.set", "POST", SECRETS, idempotent = true,
    args = {
      "values: table<string,secret>  by name; json.null removes one",
    },
    gives = "{version:integer, secrets:fly.secret[]}",
    secret_fields = { "value" },
    link = SPEC .. "post" .. APP_SPEC .. "secrets",
    doc = "Sets and removes secrets in one go; machines see them at their " ..
      "next update. Gives the version to pass as min_secrets_version." },
  { "secrets.get", "GET", SECRET, args = { MIN_VERSION, SHOW },
    gives = "fly.secret", secret_fields = { "value" },
    link = SPEC .. "get" .. APP_SPEC .. "secrets/{secret_name}",
    doc = "Name and digest of one secret." },
  { "secrets.set_one", "POST", SECRET, ok = { 201 }, idempotent = true,
    args = { "value: secret  what it is from now on" },
    gives = "fly.secret", secret_fields = { "value" },
    link = SPEC .. "post" .. APP_SPEC .. "secrets/{secret_name}",
    doc = "Sets one secret; version is what to pass as " ..
      "min_secrets_version." },
  { "secrets.unset", "DELETE", SECRET, accept_gone = true, args = {},
    gives = "{version:integer}",
    link = SPEC .. "delete" .. APP_SPEC .. "secrets/{secret_name}",
    doc = "Removes one secret." },
}

local keys = {
  { "secretkeys.list", "GET", KEYS, items = "secret_keys",
    args = {
      MIN_VERSION,
      "types?: string  only keys of these types, with commas",
    },
    gives = "fly.secretkey[]",
    link = SPEC .. "get" .. APP_SPEC .. "secretkeys",
    doc = "The app's keys: names, types, public halves." },
  { "secretkeys.get", "GET", KEY, args = { MIN_VERSION },
    gives = "fly.secretkey",
    link = SPEC .. "get" .. APP_SPEC .. "secretkeys/{secret_name}",
    doc = "One key: name, type, public half." },
  { "secretkeys.set", "POST", KEY, ok = { 201 }, idempotent = true,
    args = {
      "type: string  as \"nacl_auth\", \"nacl_box\", \"nacl_sign\"",
      "value: integer[]  its bytes",
    },
    gives = "fly.secretkey",
    link = SPEC .. "post" .. APP_SPEC .. "secretkeys/{secret_name}",
    doc = "Sets a key to the bytes given." },
  { "secretkeys.generate", "POST", KEY .. "/generate", ok = { 201 },
    args = { "type: string  as \"nacl_auth\", \"nacl_box\", \"nacl_sign\"" },
    gives = "fly.secretkey",
    doubt = "`fly secrets keys list` shows whether the key was made",
    link = SPEC .. "post" .. APP_SPEC .. "secretkeys/{secret_name}/generate",
    doc = "Makes a random key; it never leaves Fly.io." },
  { "secretkeys.delete", "DELETE", KEY, accept_gone = true, args = {},
    gives = "{version:integer}",
    link = SPEC .. "delete" .. APP_SPEC .. "secretkeys/{secret_name}",
    doc = "Removes a key; what it encrypted is lost." },
  { "secretkeys.encrypt", "POST", KEY .. "/encrypt", effect = "read",
    query = { "min_version" },
    args = {
      "plaintext: integer[]  bytes",
      "associated_data?: integer[]  bytes that must be known to decrypt",
      MIN_VERSION,
    },
    gives = "{ciphertext:integer[]}",
    link = SPEC .. "post" .. APP_SPEC .. "secretkeys/{secret_name}/encrypt",
    doc = "Encrypts with a key." },
  { "secretkeys.decrypt", "POST", KEY .. "/decrypt", effect = "read",
    query = { "min_version" },
    args = {
      "ciphertext: integer[]  bytes",
      "associated_data?: integer[]  the bytes it was encrypted with",
      MIN_VERSION,
    },
    gives = "{plaintext:secret}", secret_fields = { "plaintext" },
    link = SPEC .. "post" .. APP_SPEC .. "secretkeys/{secret_name}/decrypt",
    doc = "Decrypts what this key encrypted." },
  { "secretkeys.sign", "POST", KEY .. "/sign", effect = "read",
    query = { "min_version" },
    args = { "plaintext: integer[]  bytes", MIN_VERSION },
    gives = "{signature:integer[]}",
    link = SPEC .. "post" .. APP_SPEC .. "secretkeys/{secret_name}/sign",
    doc = "Signs with a key." },
  { "secretkeys.verify", "POST", KEY .. "/verify", effect = "read",
    ok = { 204 }, query = { "min_version" },
    args = {
      "plaintext: integer[]  bytes",
      "signature: integer[]  what secretkeys.sign gave",
      MIN_VERSION,
    },
    hints = { [400] = "the signature is not of this key and these bytes" },
    link = SPEC .. "post" .. APP_SPEC .. "secretkeys/{secret_name}/verify",
    doc = "Raises unless the signature is of this key and these bytes." },
}

return { secrets, keys }
