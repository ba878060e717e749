#!/bin/bash
# ro applies to the mounts below the source as well; with "bind" those are not shown at all.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir -p "$t_tmp/dir"
mount -t tmpfs none "$t_tmp/dir"
mkdir "$t_tmp/dir/sub"
mount -t tmpfs none "$t_tmp/dir/sub"
touch "$t_tmp/dir/sub/file"
run cove run "${root_args[@]}" -v "$t_tmp/dir:/data:ro" -- sh -c 'ls /data/sub; true >/data/sub/new'
expect_eq "$out" file
expect_match "$err" 'Read-only file system'
sandbox -v "$t_tmp/dir:/data:bind" -- ls /data/sub
expect_eq "$out" '' "below a non-recursive bind"
sandbox -v "$t_tmp/dir:/data" -- sh -c ': >/data/sub/new'
[[ -e $t_tmp/dir/sub/new ]] || fail "a write below a recursive bind is lost"
