#!/bin/bash
# An /etc/passwd that is a FIFO, endless, a loop, or a link to one of the host does no harm.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

copy_root "$t_tmp/root"
echo 'evil:x:1234:1234::/:/bin/sh' >"$t_tmp/passwd"
for kind in fifo link up-link directory huge loop; do
  rm -rf "$t_tmp/root/etc/passwd"
  case $kind in
    fifo) mkfifo "$t_tmp/root/etc/passwd" ;;
    link) ln -s "$t_tmp/passwd" "$t_tmp/root/etc/passwd" ;;
    up-link) ln -s "../../../../../../..$t_tmp/passwd" "$t_tmp/root/etc/passwd" ;;
    directory) mkdir "$t_tmp/root/etc/passwd" ;;
    huge) cp "$t_tmp/passwd" "$t_tmp/root/etc/" && truncate -s 1T "$t_tmp/root/etc/passwd" ;;
    loop) ln -s passwd "$t_tmp/root/etc/passwd" ;;
  esac
  run timeout 5 "$(t_cove)" run --rootfs "$t_tmp/root" --user evil -- id
  expect_eq "$status" 125 "status with $kind"
  expect_match "$err" 'resolve user' "error with $kind"
  run timeout 5 "$(t_cove)" run --rootfs "$t_tmp/root" --user 0 -- /bin/busybox id -u
  [[ $status == 125 || $out == 0 ]] || fail "user 0 with $kind: status $status, $out, $err"
done
