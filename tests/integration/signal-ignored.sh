#!/bin/bash
# What the caller ignores stays ignored by cove: nohup and the shell's & keep their meaning.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

(trap '' TERM; exec "$(t_cove)" run "${root_args[@]}" -- sh -c 'echo ready; sleep 0.4; exit 6' >"$t_tmp/out") &
until [[ -s $t_tmp/out ]]; do sleep 0.01; done
kill -TERM $!
status=0
wait $! || status=$?
expect_eq "$status" 6 "exit status after an ignored SIGTERM"
# The command begins with a clean slate.
out=$(trap '' HUP USR1; cove run "${root_args[@]}" -- /probes/sig)
expect_eq "$(value ignored)" "" "ignored signals inside"
expect_eq "$(value blocked)" "" "blocked signals inside"
