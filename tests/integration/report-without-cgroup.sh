#!/bin/bash
# Without a cgroup the report says that its numbers are of wait4(2).
# modes: user
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported -- sh -c '/probes/hog 1; /probes/alloc 20'
expect_eq "$status" 0
expect_schema
expect_field .measured_by.cpu rusage
expect_field .measured_by.memory rusage
expect_field .pids_peak null
expect_between "$(field .memory_peak_bytes)" 20000000 40000000 "peak memory"
expect_between "$(field '.user_us + .system_us')" 200000 1300000 "processor time"
