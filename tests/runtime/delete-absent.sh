#!/bin/bash
# delete of what is not there fails, and with --force succeeds: containerd and podman clean up that way.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

refuses delete "${id}nobody"
expect_status 0 rt delete --force "${id}nobody"
expect_eq "$out" ''
refuses state "${id}nobody"
refuses start "${id}nobody"
refuses exec "${id}nobody" true
