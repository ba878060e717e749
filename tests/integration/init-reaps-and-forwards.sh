#!/bin/bash
# --init: process 1 is cove's init, which reaps orphans, passes signals on and hands the exit status back.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 7 cove run "${root_args[@]}" --init -- sh -c '
  cat /proc/1/comm; echo $$; (sleep 0.1 & exec true) & sleep 0.4
  grep -l "State:.Z" /proc/[0-9]*/status; exit 7'
expect_eq "$out" $'cove-init\n2' "name, number and zombies"
background run "${root_args[@]}" --init -- \
  sh -c 'trap "echo got it; exit 9" TERM; echo ready; while :; do sleep 0.05; done'
kill -TERM "$cove_pid"
status=0
wait "$cove_pid" || status=$?
expect_eq "$status $(paste -sd ' ' "$background_out")" '9 ready got it'
expect_status 137 cove run "${root_args[@]}" --init -- sh -c 'kill -KILL $$'
