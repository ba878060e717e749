#!/bin/bash
# -v … :ro refuses writes; without ro they reach the host.
# roots: default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/dir"
echo old >"$t_tmp/dir/file"
run cove run "${root_args[@]}" -v "$t_tmp/dir:/data:ro" -- sh -c 'cat /data/file; echo new >/data/file'
expect_eq "$out" old
expect_match "$err" 'Read-only file system'
expect_eq "$(<"$t_tmp/dir/file")" old "file outside"
sandbox -v "$t_tmp/dir:/data" -- sh -c 'echo new >/data/file'
expect_eq "$(<"$t_tmp/dir/file")" new "file outside"
