#!/bin/bash
# A call through the i386 or the x32 interface kills: neither slips past the filter.
# modes: root user
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- /probes/abi
for key in i386_getpid i386_unshare x32_getpid x32_unshare; do
  expect_match "$(value $key)" '^killed:' "$key"
done
sandbox --security-opt seccomp=unconfined -- /probes/abi
expect_no_match "$(value i386_getpid)" '^killed:31' "unconfined"
