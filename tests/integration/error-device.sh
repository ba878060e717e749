#!/bin/bash
# A root in which /dev/null is another file cannot hide files under it: an error, not a file that is visible.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

echo content >"$t_tmp/file"
run cove run "${root_args[@]}" -v "$t_tmp/file:/dev/null" -- cat /proc/interrupts
[[ $status == 125 ]] || { expect_eq "$out" "" "what is to be hidden"; exit 0; }
expect_match "$err" 'E-DEVICE: .*/dev/null'
