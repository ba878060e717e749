#!/bin/bash
# Limits hold: the memory's ends a process that exceeds it, that of pids refuses a fork.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.linux.resources += {memory: {limit: 20971520, swap: 20971520}}' \
  sh -c 'dd if=/dev/zero of=/dev/null bs=60M count=1; echo "status $?"'
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_match "$out" 'status 137'
bundle b '.linux.resources += {pids: {limit: 6}}' sh -c 'for i in 1 2 3 4 5 6 7 8 9; do sleep 1 & done; wait; echo all'
run rt run --bundle "$bundle" "${id}b"
expect_match "$err" "can't fork"
