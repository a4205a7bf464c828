#!/bin/sh
# Every answer of the simulated cloud is one that the service's own description
# allows, and every call is understood by it.
set -eu
. tests/contract/lib.sh

start_cloud
start_services
hold
