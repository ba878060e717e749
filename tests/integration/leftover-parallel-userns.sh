#!/bin/bash
# Private ranges of ids at the same time are different ones, and are free again afterwards.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
for number in {1..8}; do
  "$(t_cove)" run "${root_args[@]}" --userns auto -- sh -c 'cat /proc/self/uid_map; sleep 0.4' >"$t_tmp/out.$number" &
done
wait
expect_eq "$(cat "$t_tmp"/out.* | awk '{ print $2 }' | sort -u | wc -l)" 8 "different ranges"
expect_eq "$(cat "$t_tmp"/out.* | awk '$2 == 0' | wc -l)" 0 "ranges with host uid 0"
leftovers_check
