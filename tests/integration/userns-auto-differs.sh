#!/bin/bash
# Two sandboxes at one time have no id in common.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

background run "${root_args[@]}" --userns auto -- sh -c 'cat /proc/self/uid_map; sleep 5'
first=$(awk '{ print $2 }' "$background_out")
for _ in 1 2 3 4 5; do
  sandbox --userns auto -- cat /proc/self/uid_map
  second=$(awk '{ print $2 }' <<<"$out")
  [[ $second -ge $((first + 65536)) || $second -le $((first - 65536)) ]] ||
    fail "ranges at $first and $second overlap"
done
