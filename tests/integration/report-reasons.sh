#!/bin/bash
# Each reason to end has a report that its schema allows.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

check() {  # REASON STATUS ARG...
  local reason=$1 want=$2
  shift 2
  run_reported "$@"
  expect_field .reason "$reason"
  expect_field .exit_status "$want"
  expect_eq "$status" "$want" "exit status for $reason"
  expect_schema
}
check exited 0 -- true
check signaled 139 -- /probes/crash
check oom 137 --memory 32m -- /probes/alloc 100
check timeout 137 --timeout 50ms -- sleep 10
check cpu-time 137 --cpu-time 50ms -- /probes/hog 10
check output-limit 137 --output-limit 100 -- yes
check setup-failed 127 -- cove-no-such-command
check setup-failed 125 --workdir /none -- true
check setup-failed 125 -v /no/such/path:/data -- true
