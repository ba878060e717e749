#!/bin/bash
# An id that is taken is refused, and the container that has it goes on.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
pid=$(init_pid a)
bundle b . true
refuses create --bundle "$bundle" "${id}a"
refuses run --bundle "$bundle" "${id}a"
expect_eq "$(state_of a)/$(init_pid a)/$(state_of a .bundle)" "running/$pid/$t_tmp/a"
remove a
# And it is free again.
bundle b . true
expect_status 0 rt run --bundle "$bundle" "${id}a"
