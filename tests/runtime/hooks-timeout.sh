#!/bin/bash
# A hook with a timeout is killed when that has passed, and counts as failed.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "echo $$ >" + $tmp + "/pid; exec sleep 1000"], timeout: 1}]}' true
SECONDS=0
refuses create --bundle "$bundle" "${id}a"
expect_between "$SECONDS" 1 5 "seconds until the hook was given up"
until_true bash -c '! kill -0 "$1" 2>/dev/null' _ "$(<"$t_tmp/pid")"
gone a || fail "a container is left"
