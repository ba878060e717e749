#!/bin/bash
# SELinux labels on a machine without SELinux are ignored, with a warning: engines write them all the same. (runc 1.1
# refuses the process label.)
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

[[ ! -d /sys/kernel/security/apparmor && ! -d /sys/fs/selinux ]] || skip "this machine has an LSM that labels"
bundle a '.process.selinuxLabel = "system_u:system_r:container_t:s0" | .linux.mountLabel = "system_u:object_r:container_file_t:s0"' echo ran
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" ran
expect_match "$err" 'SELinux|selinux|[lL]abel'
