#!/bin/bash
# exec works in a created container, and is refused in a stopped one.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . "${pause_command[@]}"
create a
expect_status 0 rt exec "${id}a" echo in-created
expect_eq "$out" in-created
rt start "${id}a"
rt kill "${id}a" KILL
wait_for stopped a
refuses exec "${id}a" true
remove a
