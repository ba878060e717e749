#!/bin/bash
# With process.terminal and --console-socket, create hands over a terminal's master; the container's stdio is its
# slave.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

receive() { "$t_support/recvtty" "$@" >"$t_tmp/tty.out" 2>&1 & until_true test -S "$1"; }
bundle a '.process.terminal = true | .process.consoleSize = {height: 31, width: 97}' \
  sh -c 'stty size; tty; test -c /dev/console && echo console; read -r line; echo "read $line"; stty size'
receive "$t_tmp/socket" 40 120 'hello\n'
expect_status 0 rt create --bundle "$bundle" --console-socket "$t_tmp/socket" "${id}a"
until_true grep -q '^terminal ' "$t_tmp/tty.out"
rt start "${id}a"
wait
tr -d '\r' <"$t_tmp/tty.out" >"$t_tmp/text"
expect_match "$(<"$t_tmp/text")" $'\n/dev/(pts/0|console)\n'
for line in console 'read hello' '40 120'; do grep -qx "$line" "$t_tmp/text" || fail "no '$line' in $(<"$t_tmp/text")"; done
wait_for stopped a
remove a

# A terminal without a socket has nowhere to go.
refuses create --bundle "$bundle" "${id}a"
refuses run --detach --bundle "$bundle" "${id}a"
# And a socket without a terminal is an error too, or ignored: never a hang.
bundle b . true
run timeout 10 "$t_runtime" --root "$state_root" create --bundle "$bundle" --console-socket "$t_tmp/none" "${id}b"
expect_ne "$status" 124 "a hang"
rt delete --force "${id}b"
