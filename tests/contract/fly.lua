-- Every call of Fly.io once, in an order that makes sense to a cloud with a
-- memory. `call(name, args)` gives the answer, `refused(name, args, status)`
-- is a call that such a cloud must refuse.

local APP = "shop-staging"

-- --- what there is -----------------------------------------------------------

call("apps.list", { org_slug = "acme" })
call("apps.list", { org_slug = "acme", limit = 1 })
call("apps.get", {})
call("orgs.machines", { org = "acme", summary = true })
call("platform.regions", {})
call("platform.placements", { org_slug = "acme", region = "fra,ams" })
call("tokens.current", {})
refused("tokens.authenticate", { header = "Bearer nobody" }, 401)
call("tokens.authenticate", {
  header = secret.template("Bearer {}", secret.get("FLY_API_TOKEN")),
})
call("tokens.authorize", {
  header = secret.template("Bearer {}", secret.get("FLY_API_TOKEN")),
  access = { app_name = APP },
})
call("tokens.oidc", { aud = "https://fly.io/acme" })
call("tokens.kms", {})

-- --- an app of our own -------------------------------------------------------

call("apps.create", { name = "shop-contract", org_slug = "acme" })
refused("apps.create", { name = "shop-contract", org_slug = "acme" }, 422)
call("apps.deploy_token", { app = "shop-contract", expiry = "1h" })
local ip = call("ips.assign", { app = "shop-contract", type = "v6" })
call("ips.list", { app = "shop-contract" })
call("ips.release", {
  app = "shop-contract", ip = ip and ip.ip or "2a09:8280:1::37:1",
})
local host = "shop.example.com"
refused("certificates.request", { hostname = "none" }, 422)
call("certificates.request", { hostname = host })
call("certificates.upload", {
  hostname = host,
  fullchain = "-----BEGIN CERTIFICATE-----\n",
  private_key = "-----BEGIN PRIVATE KEY-----\n",
})
call("certificates.list", {})
call("certificates.get", { hostname = host })
call("certificates.check", { hostname = host })
call("certificates.delete_custom", { hostname = host })
call("certificates.stop_acme", { hostname = host })
call("certificates.delete", { hostname = host })
refused("certificates.get", { hostname = host }, 404)
call("apps.delete", { app = "shop-contract" })

-- --- a machine that is there -------------------------------------------------

local machine = call("machines.list", {})[1]
local id = machine.id
call("machines.list", { limit = 1 })
refused("machines.get", { machine = "none" }, 404)
call("machines.get", { machine = id, include_leases = true })
local lease = call("machines.lease", {
  machine = id, ttl = 30, description = "runproof contract",
})
call("machines.lease_get", { machine = id })
refused("machines.lease", { machine = id, ttl = 30 }, 409)
local nonce = lease.data.nonce
call("machines.update", {
  machine = id, config = machine.config, nonce = nonce,
})
refused("machines.update", { machine = id, config = machine.config }, 409)
refused("machines.wait", { machine = id }, 408)
time.sleep(9)
call("machines.wait", { machine = id })
call("machines.versions", { machine = id })
call("machines.events", { machine = id, limit = 5 })
call("machines.ps", { machine = id, sort_by = "rss", order = "desc" })
refused("machines.ps", { machine = id, sort_by = "luck" }, 400)
call("machines.exec", { machine = id, command = { "true" }, timeout = 10 })
call("machines.memory", { machine = id })
call("machines.set_memory_limit", { machine = id, limit_mb = 256 })
call("machines.reclaim_memory", { machine = id, amount_mb = 64 })
call("machines.signal", { machine = id, signal = "SIGHUP", nonce = nonce })
call("machines.cordon", { machine = id, nonce = nonce })
refused("machines.uncordon", { machine = id }, 409)
call("machines.uncordon", { machine = id, nonce = nonce })
call("machines.restart", { machine = id, nonce = nonce })
call("machines.release_lease", { machine = id, nonce = nonce })

call("machines.update_metadata", {
  machine = id, metadata = { team = "checkout", tier = "web" },
})
refused("machines.update_metadata", {
  machine = id, metadata = { team = "x" }, machine_version = "old",
}, 412)
call("machines.put_metadata", { machine = id, metadata = { tier = "" } })
call("machines.set_metadata", { machine = id, key = "owner", value = "qa" })
call("machines.metadata_value", { machine = id, key = "owner" })
call("machines.delete_metadata", { machine = id, key = "owner" })
time.sleep(2) -- what changes it looks before, too
call("machines.metadata", { machine = id })
refused("machines.metadata_value", { machine = id, key = "owner" }, 404)

-- --- a machine of our own ----------------------------------------------------

local made = call("machines.create", {
  name = "contract", region = "fra", config = machine.config,
})
local own = made and made.id or id
refused("machines.create", { app = "none", config = machine.config }, 404)
time.sleep(9)
call("machines.suspend", { machine = own })
time.sleep(4)
call("machines.start", { machine = own })
time.sleep(6)
call("machines.stop", { machine = own, signal = "SIGTERM", timeout = "5s" })
call("machines.delete", { machine = own, force = true })
refused("machines.start", { machine = own }, 404)

-- --- volumes -----------------------------------------------------------------

local volume = call("volumes.create", {
  name = "uploads", region = "fra", size_gb = 1,
})
local vol = { volume = volume and volume.id or "vol_1" }
call("volumes.list", {})
call("volumes.get", vol)
call("volumes.update", { volume = vol.volume, snapshot_retention = 7 })
refused("volumes.update", { volume = vol.volume, snapshot_retention = 0 }, 400)
call("volumes.extend", { volume = vol.volume, size_gb = 2 })
call("volumes.snapshot", vol)
call("volumes.snapshots", vol)
call("orgs.volumes", { org = "acme" })
call("volumes.delete", vol)
time.sleep(2)
refused("volumes.get", vol, 404)

-- --- secrets and keys --------------------------------------------------------

local set = call("secrets.set", { values = { A = "value-of-a" } })
call("secrets.list", { min_version = tostring(set.version) })
call("secrets.set_one", { name = "A", value = "another-value" })
call("secrets.get", { name = "A", show_secrets = true })
call("secrets.unset", { name = "A" })
refused("secrets.get", { name = "A" }, 404)

local BYTES = { 1, 2, 3, 254 }
call("secretkeys.set", { name = "BOX", type = "nacl_box", value = BYTES })
call("secretkeys.generate", { name = "SIGN", type = "nacl_sign" })
refused("secretkeys.generate", { name = "X", type = "rot13" }, 400)
call("secretkeys.list", { types = "nacl_box,nacl_sign" })
call("secretkeys.get", { name = "BOX" })
local sealed = call("secretkeys.encrypt", { name = "BOX", plaintext = BYTES })
call("secretkeys.decrypt", {
  name = "BOX", ciphertext = sealed and sealed.ciphertext or BYTES,
})
refused("secretkeys.decrypt", { name = "BOX", ciphertext = BYTES }, 400)
local signed = call("secretkeys.sign", { name = "SIGN", plaintext = BYTES })
call("secretkeys.verify", {
  name = "SIGN", plaintext = BYTES,
  signature = signed and signed.signature or BYTES,
})
refused("secretkeys.verify", {
  name = "SIGN", plaintext = BYTES, signature = BYTES,
}, 400)
call("secretkeys.delete", { name = "BOX" })

-- --- GraphQL -----------------------------------------------------------------

call("releases.list", { app = APP, limit = 2 })
call("releases.current", { app = APP })
local definition = call("releases.definition", { app = APP })
local release = call("releases.create", {
  after = 42, input = {
    appId = APP, image = machine.config.image or "registry.fly.io/shop:1",
    platformVersion = "machines", strategy = "ROLLING",
    definition = definition or {},
  },
})
call("releases.update", {
  input = { releaseId = release.id, status = "complete" },
})
call("app_secrets.set", {
  input = { appId = APP, secrets = { { key = "B", value = "value-of-b" } } },
})
call("app_secrets.list", { app = APP })
call("app_secrets.unset", { input = { appId = APP, keys = { "B" } } })
