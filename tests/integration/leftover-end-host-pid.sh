#!/bin/bash
# Without a PID namespace of its own, daemons of the command end with it all the same.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
for options in '' '--best-effort-limits --output-limit 1g'; do
  # shellcheck disable=SC2086
  expect_status 5 cove run "${root_args[@]}" --pid host $options -- sh -c '/probes/stubborn >/dev/null & sleep 0.2; exit 5'
  leftovers_check
done
