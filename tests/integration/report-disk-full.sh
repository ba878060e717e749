#!/bin/bash
# A disk that is full when the report is written: the command's output stands, and the error has its id.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/small" "$t_tmp/marks"
mount -t tmpfs -o size=64k none "$t_tmp/small"
head -c 65536 /dev/zero >"$t_tmp/small/fill" || true
run cove run "${root_args[@]}" --report "$t_tmp/small/report.json" -- sh -c 'echo ran; exit 0'
expect_eq "$status" 125
expect_match "$err" 'E-DISK-FULL: .*report'
