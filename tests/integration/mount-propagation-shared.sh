#!/bin/bash
# A mount made inside reaches the host with rshared as root; from a user namespace that is refused.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/dir"
if [[ $EUID != 0 ]]; then
  expect_status 125 cove run "${root_args[@]}" -v "$t_tmp/dir:/data:rshared" -- true
  expect_match "$err" 'mount on /data: mounts made inside cannot reach the host from a user namespace'
  exit 0
fi
mount -t tmpfs none "$t_tmp/dir"
mount --make-shared "$t_tmp/dir"
mkdir "$t_tmp/dir/new"
background run "${root_args[@]}" --cap-add SYS_ADMIN -v "$t_tmp/dir:/data:rshared" -- \
  sh -c 'mount -t tmpfs b /data/new && touch /data/new/file && echo ready; sleep 5'
[[ -e $t_tmp/dir/new/file ]] || fail "the mount made inside is not seen outside: $(<"$background_err")"
umount "$t_tmp/dir/new"
