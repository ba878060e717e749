#!/bin/bash
# With --pid host the processes outside are visible, and --init is refused.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --pid host -- sh -c 'ls -d /proc/[0-9]*; echo "me $$"; readlink /proc/self/ns/pid'
expect_match "$out" "/proc/$$[[:space:]]"
expect_no_match "$out" 'me 1$'
expect_eq "$(tail -n 1 <<<"$out")" "$(readlink /proc/self/ns/pid)" "PID namespace"
expect_status 125 cove run "${root_args[@]}" --pid host --init -- true
expect_match "$err" '--init needs a PID namespace'
