#!/bin/bash
# In the sandbox there are its own processes and no other.
# roots: debian default
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- sh -c 'ps aux; echo; ls -d /proc/[0-9]*'
[[ $(sed '/^$/q' <<<"$out" | wc -l) -le 4 ]] || fail "ps shows more than itself and its shell: $out"
expect_match "$out" 'ps aux'
expect_between "$(grep -c '^/proc/' <<<"$out")" 1 2 "processes in /proc"
expect_match "$out" '/proc/1'
