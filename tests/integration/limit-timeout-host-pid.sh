#!/bin/bash
# Without a PID namespace of its own --timeout kills the whole tree all the same.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

leftovers_snapshot
run_reported --pid host --timeout 500ms -- sh -c 'trap "" TERM
  (setsid sh -c "trap \"\" TERM; sleep 50 & sleep 51" &)
  while :; do sleep 0.05; done'
expect_eq "$status" 137
expect_field .reason timeout
leftovers_check
