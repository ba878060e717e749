#!/bin/bash
# Each step failed and killed, with joined namespaces, into which a process of its own goes first.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/fault.sh
. "$t_support/fault.sh"

unshare --net --ipc sleep 300 &
other=$!
until [[ $(readlink "/proc/$other/ns/net") != "$(readlink /proc/self/ns/net)" ]]; do sleep 0.01; done
every_fault --network "ns:/proc/$other/ns/net" --ipc "pid:$other"
kill "$other"
