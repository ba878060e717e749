#!/bin/bash
# --storage-size bounds the layer that takes the writes: an overflow fails, and what fits stays.
# A root that belongs to whoever runs the test, so that user 0 inside may write everywhere.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

mkdir -p "$t_tmp/root"/{data,dev,proc,sys,tmp,run}
cp "$(t_root)/probes/writer" "$t_tmp/root/writer"
run cove run --rootfs "$t_tmp/root" --storage-size 8m --report "$t_tmp/report.json" -- /writer /data/file 20
expect_eq "$status" 1
expect_match "$(value error)" '^(ENOSPC|EDQUOT)$' "error of the overflow"
expect_between "$(value written)" 6000000 8388608 "bytes written"
expect_field .limits.storage_bytes.value 8388608
expect_eq "$(ls "$t_tmp/root/data")" "" "files in the root directory"
