#!/bin/bash
# A created container can be deleted without a force; its command never runs.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . touch /ran
create a
expect_status 0 rt delete "${id}a"
gone a || fail "still there"
[[ ! -e $bundle/rootfs/ran ]] || fail "it ran"
