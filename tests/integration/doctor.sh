#!/bin/bash
# `cove doctor` says what works here, as words and as JSON, and leaves nothing behind.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
run cove doctor
expect_match "$status" '^[01]$' "exit status"
expect_match "$out" 'user namespaces?'
expect_match "$out" 'cgroup'
expect_eq "$err" ""
text_status=$status
run cove doctor --json
expect_eq "$status" "$text_status" "exit status with --json"
jq -e 'type == "object"' "$t_tmp/out" >/dev/null || fail "no JSON object: $out"
leftovers_check
