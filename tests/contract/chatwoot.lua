-- Every call of Chatwoot once; see fly.lua.

call("health", {})
call("api", {})
call("accounts.get", {})
call("inboxes.list", {})
