#!/bin/bash
# Several delete --force at once all succeed, and nothing is left.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

for round in 1 2 3; do
  pausing a
  for n in 1 2 3; do
    timeout 20 "$t_runtime" --root "$state_root" delete --force "${id}a" </dev/null >"$t_tmp/delete.$n" 2>&1 &
    deleters[n]=$!
  done
  winners=0
  for n in 1 2 3; do
    status=0
    wait "${deleters[n]}" || status=$?
    expect_ne "$status" 124 "a delete that hangs"
    [[ $status != 0 ]] || winners=$((winners + 1))
  done
  [[ $winners -ge 1 ]] || fail "none succeeded: $(cat "$t_tmp"/delete.*)"
  ! is cove || expect_eq "$winners" 3 "deletes that succeeded in round $round"
  gone a || fail "still there"
done
