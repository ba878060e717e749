#!/bin/bash
# Ctrl-C and SIGTERM at any stage of the work: nothing is left, the work directory of an overlay included.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/upper"
leftovers_snapshot
for signal in INT TERM HUP QUIT; do
  setsid env --default-signal=INT,QUIT "$(t_cove)" run "${root_args[@]}" --upper "$t_tmp/upper" -- \
    sh -c '(sleep 100 &); exec sleep 100' &
  await_command $! sleep
  kill "-$signal" "-$!"
  status=0
  wait $! || status=$?
  expect_eq "$status" $((128 + $(kill -l "$signal")))
done
leftovers_check
expect_eq "$(find "$t_tmp" -name '*cove-work*')" "" "work directories"
