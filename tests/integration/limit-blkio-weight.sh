#!/bin/bash
# --blkio-weight reaches the cgroup, or is an error where the kernel has no such weight; then it can be waived.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --blkio-weight 300 -- sh -c 'cat /sys/fs/cgroup/blkio/blkio*.weight /sys/fs/cgroup/io*.weight 2>/dev/null'
if [[ $status == 125 ]]; then
  expect_match "$err" '(E-LIMIT|E-CGROUP-CONTROLLER): .*blkio-weight'
  expect_field .reason setup-failed
  run_reported --blkio-weight 300 --best-effort-limits -- true
  expect_eq "$status" 0
  expect_match "$(field '.waived[]')" blkio-weight
  expect_field .limits.blkio_weight null
else
  expect_match "$out" '300|2930'
  expect_field .limits.blkio_weight.value 300
fi
