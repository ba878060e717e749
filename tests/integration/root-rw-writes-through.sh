#!/bin/bash
# --rw writes straight into the directory; what cove mounts leaves no more than empty mount points.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

copy_root "$t_tmp/root"
expect_status 0 cove run --rootfs "$t_tmp/root" --rw -- \
  sh -c 'echo x >/etc/x; rm /etc/issue; echo y >/tmp/y; ls /dev/null'
expect_eq "$(<"$t_tmp/root/etc/x")" x
[[ ! -e $t_tmp/root/etc/issue ]] || fail "the removal did not reach the directory"
expect_eq "$(find "$t_tmp/root/tmp" "$t_tmp/root/dev" "$t_tmp/root/proc" -mindepth 1)" '' "below mount points"
