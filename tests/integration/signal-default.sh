#!/bin/bash
# A command that does not handle a signal ends by it, although the kernel protects process 1: 128 and its number.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

for name in HUP INT QUIT TERM USR1; do
  # bash starts background commands with SIGINT ignored.
  env --default-signal=INT,QUIT "$(t_cove)" run "${root_args[@]}" --report "$t_tmp/report.json" -- \
    sleep 100 &
  await_command $! sleep
  kill "-$name" $!
  status=0
  wait $! || status=$?
  expect_eq "$status" $((128 + $(kill -l "$name"))) "exit status after $name"
  expect_field .reason signaled
  expect_field .signal_name "SIG$name"
  expect_field .exit_code null
done
