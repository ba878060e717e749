#!/bin/bash
# run --detach returns when the process runs; --pid-file has its pid; --keep leaves the container after its end.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . "${pause_command[@]}"
expect_status 0 rt run --detach --pid-file "$t_tmp/pid" --bundle "$bundle" "${id}a"
expect_eq "$(state_of a)/$(init_pid a)" "running/$(<"$t_tmp/pid")"
remove a
bundle b . true
if is crun; then exit 0; fi  # 1.8 has no --keep
expect_status 0 rt run --keep --bundle "$bundle" "${id}b"
expect_eq "$(state_of b)" stopped
remove b
