#!/bin/bash
# Twenty at once: all run, apart from each other, and nothing is left.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
for number in {1..20}; do
  # shellcheck disable=SC2016
  "$(t_cove)" run "${root_args[@]}" -e "N=$number" -- \
    sh -c 'echo $N >/tmp/file; sleep 0.2; echo "$(cat /tmp/file) $$ $(ps | grep -c sleep)"; exit $N' >"$t_tmp/out.$number" 2>&1 &
  pids[number]=$!
done
for number in {1..20}; do
  status=0
  wait "${pids[number]}" || status=$?
  expect_eq "$status" "$number" "exit status: $(<"$t_tmp/out.$number")"
  expect_match "$(<"$t_tmp/out.$number")" "^$number 1 "
done
leftovers_check
