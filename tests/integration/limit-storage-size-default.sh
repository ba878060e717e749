#!/bin/bash
# --storage-size bounds the writes into cove's own view of the machine, wherever they go.
export T_ROOT=default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

for directory in /usr /var/tmp /etc /tmp /run; do
  run cove run --storage-size 8m -- dd if=/dev/zero "of=$directory/file" bs=1M count=20
  expect_ne "$status" 0 "exit status of the overflow in $directory"
  expect_match "$err" 'No space left|quota' "error in $directory"
done
