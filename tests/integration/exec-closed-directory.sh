#!/bin/bash
# A program below a directory that the user may not search, or behind a loop of links: 126, as everywhere else.
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

copy_root "$t_tmp/root"
cp "$(command -v busybox)" "$t_tmp/root/root/true"
chmod 700 "$t_tmp/root/root"
ln -s loop "$t_tmp/root/loop"
expect_status 0 cove run --rootfs "$t_tmp/root" -- /root/true
expect_status 126 cove run --rootfs "$t_tmp/root" --user tester -- /root/true
expect_match "$err" 'E-EXEC-PERMISSION: .*/root/true'
expect_status 126 cove run --rootfs "$t_tmp/root" -- /loop
expect_match "$err" '/loop'
