#!/bin/bash
# A set-uid program gains nothing, unless no-new-privileges=false: then only the bounding set.
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

copy_root "$t_tmp/root"
install -m 4755 "$COVE_PROBES/suid" "$t_tmp/root/suid"
install -m 4755 "$COVE_PROBES/caps" "$t_tmp/root/caps"
options=(--rootfs "$t_tmp/root" --user tester)
expect_status 0 cove run "${options[@]}" -- /suid
expect_eq "$(value uid)/$(value euid)" 1000/1000
expect_status 0 cove run "${options[@]}" --security-opt no-new-privileges=false -- /suid
expect_eq "$(value uid)/$(value euid)" 1000/0
expect_status 0 cove run "${options[@]}" --security-opt no-new-privileges=false -- /caps
expect_eq "$(value permitted)" 00000000a80425fb
expect_eq "$(value no_new_privs)/$(value seccomp)" 0/2
