-- Every call of Fly.io once, in an order that makes sense to a cloud with a
-- memory. `call(name, args)` gives the answer, `refused(name, args, status)`
-- is a call that such a cloud must refuse.

call("apps.list", { org_slug = "acme" })
call("apps.get", {})
local machine = call("machines.list", {})[1]
local id = machine.id
refused("machines.get", { machine = "none" }, 404)
call("machines.get", { machine = id })
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
call("machines.restart", { machine = id, nonce = nonce })
call("machines.release_lease", { machine = id, nonce = nonce })
call("releases.list", { app = "shop-staging", limit = 2 })
call("releases.current", { app = "shop-staging" })
call("secrets.set", { values = { A = "value-of-a" } })
call("secrets.list", {})
call("secrets.unset", { name = "A" })
