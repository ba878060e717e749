#!/bin/bash
# A created container can be killed before it is started, and is then stopped.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . touch /ran
create a
expect_status 0 rt kill "${id}a" KILL
wait_for stopped a
expect_status 0 rt delete "${id}a"
[[ ! -e $bundle/rootfs/ran ]] || fail "it ran"
