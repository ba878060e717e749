#!/bin/bash
# --mount type=proc, sysfs, devpts and mqueue make a new one each.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --mount type=proc,dst=/m/proc --mount type=sysfs,dst=/m/sys,readonly \
  --mount type=devpts,dst=/m/pts --mount type=mqueue,dst=/m/mqueue -- \
  sh -c 'while read -r a dir type b; do case $dir in /m/*) echo "$dir $type";; esac; done </proc/mounts'
expect_eq "$(sort <<<"$out" | paste -sd ' ')" "/m/mqueue mqueue /m/proc proc /m/pts devpts /m/sys sysfs"
expect_status 125 cove run "${root_args[@]}" --mount type=nfs,dst=/m -- true
expect_match "$err" '--mount.*nfs'
