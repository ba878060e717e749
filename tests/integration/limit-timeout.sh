#!/bin/bash
# --timeout kills the whole tree: one that ignores signals, double-forks and makes sessions of its own too.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

leftovers_snapshot
run_reported --timeout 500ms -- sh -c 'trap "" TERM INT HUP
  (setsid sh -c "trap \"\" TERM; sleep 50 & sleep 51" &)
  while :; do sleep 0.05; done'
expect_eq "$status" 137
expect_field .reason timeout
expect_field .exit_code null
expect_field .signal_name SIGKILL
expect_field .limits.timeout_ms.value 500
expect_between "$(field .wall_us)" 500000 1500000 "microseconds until the end"
leftovers_check
