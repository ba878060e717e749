#!/bin/bash
# --memory-reservation reaches the cgroup.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --memory-reservation 32m -- sh -c \
  'cat /sys/fs/cgroup/memory/memory.soft_limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.low'
expect_eq "$status" 0
expect_eq "$out" 33554432
expect_field .limits.memory_reservation_bytes.value 33554432
