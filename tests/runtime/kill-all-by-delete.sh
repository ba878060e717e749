#!/bin/bash
# Without a PID namespace, delete --force ends what the first process left behind too.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.linux.namespaces |= map(select(.type != "pid"))' sh -c 'setsid sleep 1000 & echo $!; exec sleep 1000'
launch a
until_true test -s "$t_tmp/a.out"
other=$(<"$t_tmp/a.out")
remove a
until_true bash -c '! kill -0 "$1" 2>/dev/null || grep -q "^State:.Z" "/proc/$1/status"' _ "$other"
