#!/bin/bash
# The same with subordinate ids: user 0 and the others exist as well.
# modes: user
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --userns keep-id -- sh -c '/probes/ids; cat /proc/self/uid_map'
expect_eq "$(value uid):$(value gid)" "$(id -u):$(id -g)"
me=$(id -u)
expect_eq "$(tail -n 3 <<<"$out" | tr -s ' ' ' ' | sed 's/^ //' | paste -sd '|')" \
  "0 600000 $me|$me $me 1|$((me + 1)) $((600000 + me)) $((65536 - me))" "map"
sandbox --userns keep-id --user 0 -- /probes/ids
expect_eq "$(value uid)" 0 "--user 0"
