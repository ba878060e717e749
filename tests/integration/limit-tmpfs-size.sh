#!/bin/bash
# --tmpfs-size bounds /tmp and /run, --shm-size bounds /dev/shm.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

for directory in /tmp /run; do
  run cove run "${root_args[@]}" --tmpfs-size 4m -- /probes/writer "$directory/file" 8
  expect_eq "$(value error)" ENOSPC "overflow in $directory"
  expect_between "$(value written)" 3000000 4194304 "bytes written into $directory"
done
run cove run "${root_args[@]}" --shm-size 4m -- /probes/writer /dev/shm/file 8
expect_eq "$(value error)" ENOSPC "overflow in /dev/shm"
expect_status 0 cove run "${root_args[@]}" -- df -k /dev/shm
expect_match "$out" ' 65536 ' "default size of /dev/shm"
