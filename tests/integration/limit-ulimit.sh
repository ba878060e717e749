#!/bin/bash
# --ulimit sets soft and hard limits of each process.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --ulimit nofile=100:200 --ulimit core=0 --ulimit stack=8388608 -- \
  sh -c 'ulimit -n; ulimit -Hn; ulimit -c; ulimit -Hc'
expect_eq "$status" 0
expect_eq "$out" $'100\n200\n0\n0'
expect_field .limits.ulimit_nofile.value.soft 100
expect_field .limits.ulimit_nofile.value.hard 200
expect_field .limits.ulimit_core_bytes.enforced_by rlimit
