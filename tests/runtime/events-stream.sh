#!/bin/bash
# events prints statistics at each interval, until it is stopped or the container ends.
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
"$t_runtime" --root "$state_root" events --interval 100ms "${id}a" >"$t_tmp/events" </dev/null &
stream=$!
twice() { [[ $(grep -c '"type":"stats"' "$t_tmp/events") -ge 2 ]]; }
until_true twice
rt kill "${id}a" KILL
wait_for stopped a
# runc 1.1 goes on after the container's end.
is runc || wait "$stream"
kill "$stream" 2>/dev/null || true
wait "$stream" || true
jq -es 'all(.id != null and .type != null)' "$t_tmp/events" >/dev/null || fail "not JSON objects: $(<"$t_tmp/events")"
remove a
