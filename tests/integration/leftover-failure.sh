#!/bin/bash
# Nothing is left of a start that failed, wherever it did.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/upper"
leftovers_snapshot
for options in '--workdir /none' '--user nobody-there' '--time-offset monotonic=-999999h' '--ulimit nofile=999999999' \
  '-v /no/such:/mnt' '--sysctl net.none=1' '--security-opt seccomp=/no/such/file' '--cpuset-cpus 4000'; do
  # shellcheck disable=SC2086
  run cove run "${root_args[@]}" --upper "$t_tmp/upper" $options -- true
  expect_eq "$status" 125 "exit status with $options"
done
expect_status 127 cove run "${root_args[@]}" --upper "$t_tmp/upper" -- /no/such/command
expect_status 127 cove run "${root_args[@]}" -t -- /no/such/command
expect_status 125 cove run --rootfs /no/such -- true
leftovers_check
expect_eq "$(find "$t_tmp" -mindepth 1 -name "*cove*")" "" "files in the test's directory"
