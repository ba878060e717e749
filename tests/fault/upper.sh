#!/bin/bash
# Each step failed and killed, with an upper directory that is kept, and its work directory that is not.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/fault.sh
. "$t_support/fault.sh"

mkdir "$t_tmp/upper"
[[ $COVE_AS == root ]] || export fault_userns=1
every_fault --upper "$t_tmp/upper"
expect_eq "$(find "$t_tmp/upper" -mindepth 1 ! -type d)" "" "files in the upper directory"
