#!/bin/bash
# The report names the limits in force, and who enforces each.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --cpus 1.5 --memory 64m --memory-reservation 32m --pids-limit 100 --cpuset-cpus 0 --cpu-shares 512 \
  --timeout 1m --output-limit 1m --cpu-time 30s --shm-size 8m --tmpfs-size 16m --storage-size 32m -- true
expect_eq "$status" 0 "$err"
expect_schema
for limit in cpus=1.5 memory_bytes=67108864 memory_reservation_bytes=33554432 pids_max=100 cpuset_cpus=0 \
  cpu_shares=512 timeout_ms=60000 output_bytes=1048576 cpu_time_ms=30000 shm_bytes=8388608 tmpfs_bytes=16777216 \
  storage_bytes=33554432; do
  expect_field ".limits.${limit%%=*}.value" "${limit#*=}"
done
expect_match "$(field .limits.memory_bytes.enforced_by)" '^cgroup-v[12]$'
expect_field .limits.timeout_ms.enforced_by cove
expect_field .limits.storage_bytes.enforced_by tmpfs
expect_field '.waived | length' 0
