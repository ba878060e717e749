#!/bin/bash
# `cove explain` tells the same in words, and does nothing of it.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
mkdir "$t_tmp/upper"
expect_status 0 cove explain --upper "$t_tmp/upper" --hostname box "${root_args[@]}" -- touch /tmp/x
for word in Nothing Namespaces 'Root file system' Mounts Privileges Process pivot_root box touch; do
  expect_match "$out" "$word"
done
expect_eq "$err" ""
expect_eq "$(ls -A "$t_tmp/upper")" "" "files in the upper directory"
expect_eq "$(find "$t_tmp" -name '*cove-work*')" "" "work directories"
expect_status 0 cove explain --userns auto "${root_args[@]}" -- true
leftovers_check
