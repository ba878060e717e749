#!/bin/bash
# kill, state and delete while start runs: each ends, and afterwards the container is gone or can be removed. (A
# start of crun 1.8 hangs when the process is gone.)
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

for round in 1 2 3 4 5; do
  bundle a . "${pause_command[@]}"
  create a
  timeout 10 "$t_runtime" --root "$state_root" start "${id}a" </dev/null >/dev/null 2>&1 &
  starter=$!
  timeout 10 "$t_runtime" --root "$state_root" kill "${id}a" KILL >/dev/null 2>&1 &
  killer=$!
  timeout 10 "$t_runtime" --root "$state_root" state "${id}a" >"$t_tmp/status" 2>&1 || fail "state: $(<"$t_tmp/status")"
  expect_match "$(jq -r .status "$t_tmp/status")" '^(created|running|stopped)$'
  status=0
  wait "$starter" || status=$?
  expect_ne "$status" 124 "a start that hangs"
  status=0
  wait "$killer" || status=$?
  expect_ne "$status" 124 "a kill that hangs"
  remove a
  gone a || fail "still there in round $round"
done
