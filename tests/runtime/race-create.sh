#!/bin/bash
# Of two creations of one id at once exactly one wins, and the other says that the id is taken. (With runc 1.1
# both may lose.)
# runtimes: cove crun
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . "${pause_command[@]}"
bundle b '.linux.cgroupsPath += "-other"' "${pause_command[@]}"
for round in 1 2 3 4 5; do
  wins=0
  for name in a b; do
    "$t_runtime" --root "$state_root" create --bundle "$t_tmp/$name" "${id}x" </dev/null >"$t_tmp/$name.out" 2>"$t_tmp/$name.err" &
    pids[wins++]=$!
  done
  wins=0
  for pid in "${pids[@]}"; do if wait "$pid"; then wins=$((wins + 1)); fi; done
  expect_eq "$wins" 1 "winners of round $round"
  expect_eq "$(state_of x)" created
  expect_status 0 rt start "${id}x"
  remove x
done
