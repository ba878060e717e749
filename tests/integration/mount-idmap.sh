#!/bin/bash
# An id-mapped volume: what root owns outside belongs to user 0 inside, and the other way round.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/dir"
touch "$t_tmp/dir/file"
if [[ $EUID != 0 ]]; then
  expect_status 125 cove run "${root_args[@]}" -v "$t_tmp/dir:/data:idmap" -- true
  expect_match "$err" 'only root can id-map a mount'
  exit 0
fi
expect_status 125 cove run "${root_args[@]}" -v "$t_tmp/dir:/data:idmap" -- true
expect_match "$err" 'idmap needs a user namespace'
script='stat -c %u:%g /data/file; touch /data/new'
sandbox --userns auto -v "$t_tmp/dir:/data:idmap" -- sh -c "$script"
expect_eq "$out" 0:0 "owner inside"
expect_eq "$(stat -c %u:%g "$t_tmp/dir/new")" 0:0 "owner outside"
run cove run "${root_args[@]}" --userns auto -v "$t_tmp/dir:/data" -- sh -c "$script"
expect_eq "$out" 65534:65534 "owner inside without idmap"
expect_match "$err" 'Permission denied'
