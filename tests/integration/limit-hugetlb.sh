#!/bin/bash
# --hugetlb reaches the cgroup, or is an error where the controller cannot be had; then it can be waived.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

# shellcheck disable=SC2016
run_reported --hugetlb 2m:4m -- \
  sh -c 'cat $(find /sys/fs/cgroup -name hugetlb.2MB.limit_in_bytes -o -name hugetlb.2MB.max)'
if [[ $status == 125 ]]; then
  expect_match "$err" '(E-LIMIT|E-CGROUP-[A-Z-]+): .*hugetlb'
  run_reported --hugetlb 2m:4m --best-effort-limits -- true
  expect_eq "$status" 0
  expect_match "$(field '.waived[]')" hugetlb
  expect_field .limits.hugetlb_bytes null
else
  expect_eq "$out" 4194304
  expect_field '.limits.hugetlb_bytes.value["2097152"]' 4194304
fi
