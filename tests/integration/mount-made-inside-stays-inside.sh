#!/bin/bash
# What the sandbox mounts, in its root or on a bind of the host, never reaches the host.
# roots: default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/dir"
# As on most machines; what the tests run in is private otherwise.
[[ $EUID != 0 ]] || mount --make-rshared /
sort /proc/self/mountinfo >"$t_tmp/before"
background run "${root_args[@]}" --cap-add SYS_ADMIN -v "$t_tmp/dir:/data" -- sh -c '
  mount -t tmpfs a /data && touch /data/file && mkdir -p /mnt && mount -t tmpfs b /mnt &&
  echo mounted; sleep 5'
sleep 0.1
expect_eq "$(<"$background_out")" mounted
sort /proc/self/mountinfo | comm -13 "$t_tmp/before" - >"$t_tmp/new"
[[ ! -s $t_tmp/new ]] || fail "new mounts outside: $(<"$t_tmp/new")"
[[ ! -e $t_tmp/dir/file ]] || fail "the file in the sandbox's mount is visible outside"
