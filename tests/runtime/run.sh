#!/bin/bash
# run: create, start, wait and delete in one; the exit status is the command's, and 128 more than a signal's number.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . sh -c 'echo out; echo err >&2; cat'
printf 'from stdin' | rt_in run --bundle "$bundle" "${id}a" >"$t_tmp/o" 2>"$t_tmp/e"
expect_eq "$(<"$t_tmp/o")/$(<"$t_tmp/e")" $'out\nfrom stdin/err'
gone a || fail "still there after run"
bundle a . sh -c 'exit 7'
expect_status 7 rt run --bundle "$bundle" "${id}a"
bundle a . sh -c 'kill -9 $$'
run rt run --bundle "$bundle" "${id}a"
# A container's first process cannot be killed from within, so the kill comes from outside.
pausing b
bundle c . "${pause_command[@]}"
"$t_runtime" --root "$state_root" run --bundle "$bundle" "${id}c" </dev/null &
runner=$!
wait_for running c
expect_status 0 rt kill "${id}c" KILL
status=0
wait "$runner" || status=$?
expect_eq "$status" 137
expect_eq "$(state_of b)" running
remove b
