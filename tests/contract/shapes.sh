#!/bin/sh
# The providers' requests and the simulators' answers against the services' own
# descriptions, in plain Lua: the fast check.
exec lua5.4 tests/lua/contract_test.lua
