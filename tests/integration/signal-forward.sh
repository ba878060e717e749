#!/bin/bash
# Signals to cove reach the command's handlers; the command decides what becomes of them.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

for name in HUP INT QUIT USR1 USR2 TERM ALRM; do
  # bash starts background commands with SIGINT and SIGQUIT ignored.
  env --default-signal=INT,QUIT "$(t_cove)" run "${root_args[@]}" -- \
    sh -c "trap 'echo got $name; exit 33' $name; echo ready; while :; do sleep 0.02; done" >"$t_tmp/out.$name" &
  until [[ -s $t_tmp/out.$name ]]; do sleep 0.01; done
  kill "-$name" $!
  status=0
  wait $! || status=$?
  expect_eq "$status" 33 "exit status after $name"
  expect_eq "$(<"$t_tmp/out.$name")" "ready"$'\n'"got $name"
done
