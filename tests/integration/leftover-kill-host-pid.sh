#!/bin/bash
# Without a PID namespace of its own the cgroup tells whom to kill after a kill -9 of cove.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
"$(t_cove)" run "${root_args[@]}" --pid host -- /probes/stubborn >"$t_tmp/out" 2>&1 &
until grep -q ready "$t_tmp/out"; do sleep 0.01; done
kill -KILL $!
wait $! || true
leftovers_check
