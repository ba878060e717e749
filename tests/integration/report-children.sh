#!/bin/bash
# Processor time of children counts, of those that nobody waited for too (with a cgroup).
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported -- sh -c '(/probes/hog 1 >/dev/null &); sleep 1.2'
expect_field .measured_by.cpu cgroup
expect_between "$(field '.user_us + .system_us')" 50000 1300000 "processor time"
expect_between "$(field .pids_peak)" 3 5 "processes at one time"
