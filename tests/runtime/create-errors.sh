#!/bin/bash
# A missing executable, one that may not be run, and an unknown capability are errors of create or run, with a
# message; nothing is left.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

# podman and containerd show the message; at create already, so that no start is needed to learn of it.
rejects_config a '.process.args = ["/no/such/program"]' 'no such file|not found|No such file'
rejects_config a '.process.args = ["not-in-path"]' 'not-in-path|not found'
rejects_config a '.process.args = ["/etc/passwd"]' '[Pp]ermission denied|not executable'
# The other two warn, or say nothing, and go on without it.
! is cove || rejects_config a '.process.capabilities.bounding += ["CAP_MAGIC"]' CAP_MAGIC
bundle b '.process.args = ["/no/such/program"]' x
run rt run --bundle "$bundle" "${id}b"
expect_ne "$status" 0 "status of run"
gone b || fail "left by run"
