#!/bin/bash
# --upper keeps what is written; it is there at the next start, and the root is unchanged.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

copy_root "$t_tmp/root"
mkdir "$t_tmp/upper"
expect_status 0 cove run --rootfs "$t_tmp/root" --upper "$t_tmp/upper" -- \
  sh -c 'echo one >/etc/one; rm /etc/issue; echo two >/tmp/two'
expect_status 0 cove run --rootfs "$t_tmp/root" --upper "$t_tmp/upper" -- \
  sh -c 'cat /etc/one; ls /etc/issue /tmp/two 2>&1 | grep -c "No such"'
expect_eq "$out" $'one\n2'
[[ -e $t_tmp/root/etc/issue && ! -e $t_tmp/root/etc/one ]] || fail "the root was changed"
[[ $(<"$t_tmp/upper/etc/one") == one ]] || fail "the upper directory does not hold the file"
expect_eq "$(find "$t_tmp" -maxdepth 1 -name "*work*")" "" "work directories left"
expect_status 125 cove run --rootfs "$t_tmp/root" --upper "$t_tmp/none" -- true
expect_match "$err" "--upper.*$t_tmp/none"
