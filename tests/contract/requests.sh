#!/bin/sh
# Every call sends a request that the service's own description allows: it is
# made to servers that know the description and nothing else.
set -eu
. tests/contract/lib.sh

start_services
hold
