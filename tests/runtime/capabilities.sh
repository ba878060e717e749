#!/bin/bash
# The five capability sets are what config.json says; none without the object.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

sets() { expect_eq "$(awk '/^Cap/ { print $1 $2 }' <<<"$out" | paste -sd ' ')" "$1"; }
bundle a '.process.capabilities = {bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"], permitted: ["CAP_CHOWN", "CAP_KILL"],
    effective: ["CAP_CHOWN"], inheritable: ["CAP_CHOWN", "CAP_KILL"], ambient: ["CAP_KILL"]} | .process.user = {uid: 5, gid: 5}' \
  cat /proc/self/status
expect_status 0 rt run --bundle "$bundle" "${id}a"
# exec(2) leaves another user than 0 what is ambient.
sets 'CapInh:0000000000000021 CapPrm:0000000000000020 CapEff:0000000000000020 CapBnd:0000000000002021 CapAmb:0000000000000020'
bundle b '.process.capabilities = {bounding: ["CAP_CHOWN"], permitted: ["CAP_CHOWN"], effective: ["CAP_CHOWN"]}' cat /proc/self/status
expect_status 0 rt run --bundle "$bundle" "${id}b"
sets 'CapInh:0000000000000000 CapPrm:0000000000000001 CapEff:0000000000000001 CapBnd:0000000000000001 CapAmb:0000000000000000'
