#!/bin/bash
# A mount made later on the host appears inside with rslave, and nothing comes back.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/dir"
mount -t tmpfs none "$t_tmp/dir"
mount --make-shared "$t_tmp/dir"
mkdir "$t_tmp/dir/late" "$t_tmp/dir/back"
for userns in host auto; do
  background run "${root_args[@]}" -i --userns $userns --cap-add SYS_ADMIN -v "$t_tmp/dir:/data:rslave" -- \
    sh -c '
    echo ready; mount -t tmpfs b /data/back
    for i in $(seq 1000); do [ ! -e /data/late/file ] || break; sleep 0.02; done
    ls /data/late'
  mount -t tmpfs none "$t_tmp/dir/late"
  touch "$t_tmp/dir/late/file"
  wait "$cove_pid" || fail "not seen inside with --userns $userns: $(<"$background_err")"
  expect_match "$(<"$background_out")" file "inside"
  ! mountpoint -q "$t_tmp/dir/back" || fail "a mount of the sandbox came back"
  umount "$t_tmp/dir/late"
done
