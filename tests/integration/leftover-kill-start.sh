#!/bin/bash
# kill -9 of cove at 30 moments of the start, in the first four milliseconds of its life: nothing is left.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

RANDOM=4711
mkdir "$t_tmp/upper"
exec 9<> <(:)
leftovers_snapshot
for options in '' "--upper $t_tmp/upper" '--userns auto'; do
  for _ in {1..10}; do
    # shellcheck disable=SC2086
    "$(t_cove)" run "${root_args[@]}" $options -- /probes/stubborn >/dev/null 2>"$t_tmp/errors" &
    # A wait without a process of its own.
    read -r -t "0.00$((RANDOM % 4))$((RANDOM % 10))" -u 9 || true
    # The last one's keeper may still hold the upper layer.
    kill -KILL $! 2>/dev/null || expect_match "$(<"$t_tmp/errors")" '^cove: .*another sandbox writes' "errors"
    wait $! 2>/dev/null || true
  done
  leftovers_check
  expect_eq "$(find "$t_tmp" -name '*cove-work*')" "" "work directories"
done
