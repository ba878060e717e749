#!/bin/bash
# A command whose reader goes away ends, as in any pipeline; also where its output passes through cove.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
for options in '' '--output-limit=100g'; do
  # shellcheck disable=SC2086
  { timeout 5 "$(t_cove)" run "${root_args[@]}" $options -- yes 2>/dev/null || echo $? >"$t_tmp/status"; } |
    head -n 1 >"$t_tmp/line"
  expect_eq "$(<"$t_tmp/line")" y
  # Process 1 is not ended by SIGPIPE: yes itself fails with 1.
  expect_match "$(<"$t_tmp/status")" '^(1|141)$' "exit status"
done
leftovers_check
