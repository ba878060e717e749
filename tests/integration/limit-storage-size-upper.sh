#!/bin/bash
# --storage-size with --upper: enforced by a quota, or refused; never silently without effect.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

mkdir -p "$t_tmp/upper" "$t_tmp/root"/{data,dev,proc,sys,tmp,run}
cp "$(t_root)/probes/writer" "$t_tmp/root/writer"
command=(--rootfs "$t_tmp/root" --upper "$t_tmp/upper" --storage-size 4m --report "$t_tmp/report.json")
run cove run "${command[@]}" -- /writer /data/file 8
if [[ $status == 125 ]]; then
  expect_match "$err" 'E-LIMIT: .*storage-size'
  expect_eq "$out" ""
  run cove run "${command[@]}" --best-effort-limits -- /writer /data/file 8
  expect_eq "$status" 0
  expect_match "$(field '.waived[]')" storage-size
else
  expect_match "$(value error)" '^(ENOSPC|EDQUOT)$' "error of the overflow"
fi
