#!/bin/bash
# A server inside cannot be reached from outside, nor one outside from inside.
T_NET=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

background run "${root_args[@]}" -- /probes/listen 7003
run "$COVE_PROBES/listen" connect 127.0.0.1 7003
expect_eq "$(value connect)" ECONNREFUSED "from outside"
end_background "$cove_pid"
"$COVE_PROBES/listen" 7004 5 >"$t_tmp/listening" &
for _ in {1..1000}; do [[ ! -s $t_tmp/listening ]] || break; sleep 0.02; done
run cove run "${root_args[@]}" -- /probes/listen connect 127.0.0.1 7004
expect_eq "$(value connect)" ECONNREFUSED "from inside"
# The control: with the host's network it is reached.
sandbox --network host -- /probes/listen connect 127.0.0.1 7004
expect_eq "$(value received)" hello
wait
