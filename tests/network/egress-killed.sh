#!/bin/bash
# --egress and --net-rate: whoever is killed, and whenever, what was closed stays closed while the sandbox lives, and
# nothing is left afterwards; an address that somebody else gets is not held back.
# modes: root
# timeout: 300
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v nft >/dev/null || skip "needs nft"
make_world
serve outside -- tcp 7000
limits=(--network bridge --egress none --net-rate 8mbit)

# cove alone: its keeper cleans up.
background run "${root_args[@]}" "${limits[@]}" -- sh -c 'echo ready; sleep 1000'
expect_match "$(network_things)" cove_egress
kill -9 "$cove_pid"
leave_no_network

# cove and its keeper. Meanwhile the lease is taken over by one that is not restricted; then `cove gc`.
background run "${root_args[@]}" "${limits[@]}" --ip 10.88.0.77 -- sh -c 'echo ready; sleep 1000'
for child in $(<"/proc/$cove_pid/task/$cove_pid/children"); do
  [[ $(<"/proc/$child/comm") != cove-keeper ]] || keeper=$child
done
kill -9 "$keeper" "$cove_pid"
within 5 test ! -e "/proc/$inside_pid"
expect_match "$(network_things)" cove_egress
sandbox --network bridge --ip 10.88.0.77 -- /probes/net ask tcp "$outside4" 7000
expect_match "$out" '^seen='
expect_status 0 cove gc
leave_no_network

# A container that was killed with all that is cove's goes on restricted, and is cleaned up by its removal.
expect_status 0 cove run -d --name box "${root_args[@]}" "${limits[@]}" -- sleep 1000
ask_in box tcp "$outside4" 7000
expect_match "$out" '^error='
kill -9 "$(init_pid box)"
expect_status 0 cove rm -f box
leave_no_network

# At random moments of a start.
for try in {1..12}; do
  "$COVE" run "${root_args[@]}" "${limits[@]}" -- true >/dev/null 2>&1 &
  victim=$!
  sleep "0.0$((RANDOM % 50 + 10))"
  kill -9 "$victim" 2>/dev/null || true
  wait "$victim" 2>/dev/null || true
  leave_no_network
done
collect_killed
