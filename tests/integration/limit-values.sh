#!/bin/bash
# Values that are no limits are refused, with the option's name and before anything happens.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

for option in --memory=12x --memory=100k --cpus=0 --cpus=abc --cpuset-cpus=3-1 --pids-limit=x --cpu-shares=1 \
  --timeout=0 --timeout=5parsecs --output-limit=0 --oom-score-adj=2000 --blkio-weight=5 --storage-size=-1; do
  expect_status 125 cove run "${root_args[@]}" "$option" -- echo ran
  expect_match "$err" "${option%%=*} " "error of $option"
  expect_eq "$out" "" "output with $option"
done
