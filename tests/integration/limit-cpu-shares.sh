#!/bin/bash
# --cpu-shares reaches the cgroup (v1: cpu.shares, v2: cpu.weight).
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove run "${root_args[@]}" --cpu-shares 512 -- sh -c \
  'cat /sys/fs/cgroup/cpu/cpu.shares 2>/dev/null || cat /sys/fs/cgroup/cpu.weight'
case $out in
  512) ;;
  *) expect_between "$out" 20 59 "cpu.weight for 512 shares" ;;
esac
