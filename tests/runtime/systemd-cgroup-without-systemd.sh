#!/bin/bash
# --systemd-cgroup without a systemd is an error that names it; nothing is left.
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

[[ ! -d /run/systemd/system ]] || skip "this machine runs systemd"
bundle a ".linux.cgroupsPath = \"system.slice:cove:$id\"" true
run "$t_runtime" --root "$state_root" --systemd-cgroup create --bundle "$bundle" "${id}a"
expect_ne "$status" 0
expect_match "$err" systemd
gone a || fail "a container is left"
