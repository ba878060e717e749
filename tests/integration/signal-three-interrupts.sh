#!/bin/bash
# A command that swallows SIGINT can still be ended by hand: the third one ends it.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

env --default-signal=INT "$(t_cove)" run "${root_args[@]}" -- \
  sh -c 'trap "echo no" INT; echo ready; while :; do sleep 0.02; done' >"$t_tmp/out" &
until [[ -s $t_tmp/out ]]; do sleep 0.01; done
for count in 1 2; do
  kill -INT $!
  until [[ $(grep -c no "$t_tmp/out") == "$count" ]]; do sleep 0.01; done
done
kill -INT $!
status=0
wait $! || status=$?
expect_eq "$status" 130
