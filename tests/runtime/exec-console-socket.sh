#!/bin/bash
# exec --tty --console-socket, detached: the terminal's master comes through the socket.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
"$t_support/recvtty" "$t_tmp/socket" 25 77 >"$t_tmp/tty.out" 2>&1 &
until_true test -S "$t_tmp/socket"
expect_status 0 rt exec --tty --detach --pid-file "$t_tmp/pid" --console-socket "$t_tmp/socket" "${id}a" \
  sh -c 'sleep 0.2; tty; stty size'
wait
tr -d '\r' <"$t_tmp/tty.out" >"$t_tmp/text"
expect_match "$(<"$t_tmp/text")" $'^terminal [^\n]*\n/dev/pts/0\n25 77$'
[[ $(<"$t_tmp/pid") -gt 1 ]] || fail "no pid file"
remove a
