#!/bin/bash
# Docker's 14 capabilities for user 0: bounding, permitted and effective; inheritable and ambient are empty.
# roots: default
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- /probes/caps
for set in permitted effective bounding; do expect_eq "$(value $set)" 00000000a80425fb $set; done
for set in inheritable ambient; do expect_eq "$(value $set)" 0000000000000000 $set; done
expect_eq "$(value no_new_privs)/$(value seccomp)" 1/2 "no_new_privs and filter"
expect_eq "$(value securebits)" 0
