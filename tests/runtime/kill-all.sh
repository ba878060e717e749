#!/bin/bash
# kill --all reaches every process of a container that has no PID namespace of its own.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.linux.namespaces |= map(select(.type != "pid"))' \
  sh -c 'sleep 1000 & setsid sleep 1000 & echo $!; wait'
launch a
until_true test -s "$t_tmp/a.out"
other=$(<"$t_tmp/a.out")
[[ -d /proc/$other ]] || fail "no second process"
expect_status 0 rt kill --all "${id}a" KILL
wait_for stopped a
until_true bash -c '! kill -0 "$1" 2>/dev/null || grep -q "^State:.Z" "/proc/$1/status"' _ "$other"
expect_status 0 rt delete "${id}a"
