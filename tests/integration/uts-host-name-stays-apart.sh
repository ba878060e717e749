#!/bin/bash
# A host name set outside is not seen inside, and the other way round.
# roots: debian default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

before=$(hostname)
background run "${root_args[@]}" -i --cap-add SYS_ADMIN -- \
  sh -c 'echo ready; sleep 0.3; hostname; hostname inner; hostname' </dev/null
[[ $EUID != 0 ]] || { hostname outer; before=outer; }
wait "$cove_pid"
expect_eq "$(tail -n 2 "$background_out" | paste -sd ' ')" "cove inner" "names inside"
expect_eq "$(hostname)" "$before" "name outside"
