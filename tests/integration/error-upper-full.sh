#!/bin/bash
# A full disk below --upper is the command's error, and what it wrote before is kept.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/small"
mount -t tmpfs -o size=1m none "$t_tmp/small"
mkdir "$t_tmp/small/upper"
run cove run "${root_args[@]}" --upper "$t_tmp/small/upper" -- sh -c 'echo kept >/opt/file; /probes/writer /opt/big 4'
expect_eq "$status" 1
expect_eq "$(value error)" ENOSPC
expect_eq "$(<"$t_tmp/small/upper/opt/file")" kept
expect_eq "$(ls -A "$t_tmp/small")" upper "what is beside the upper directory"
