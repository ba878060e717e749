#!/bin/bash
# A command joins the mount namespace of a sandbox, and sees its root.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

background run "${root_args[@]}" -- sh -c 'touch /tmp/mark; echo ready; sleep 5'
expect_status 0 cove run --mountns "pid:$inside_pid" -- sh -c 'ls /tmp; readlink /proc/1/ns/mnt'
expect_match "$out" mark
expect_status 125 cove run "${root_args[@]}" --mountns "pid:$inside_pid" -- true
expect_match "$err" 'need a mount namespace'
