#!/bin/bash
# seccomp=unconfined loads no filter at all; the capabilities still hold.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --security-opt seccomp=unconfined -- sh -c '/probes/caps; /probes/syscall 272 0x10000000'
expect_eq "$(value seccomp)/$(value no_new_privs)" 0/1
expect_eq "$(value error)" OK "unshare(NEWUSER)"
run cove run "${root_args[@]}" --security-opt seccomp=unconfined -- mount -t tmpfs none /mnt
expect_ne "$status" 0 "mount without CAP_SYS_ADMIN"
