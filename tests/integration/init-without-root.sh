#!/bin/bash
# --init without a mount namespace of its own runs the init as well.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 4 cove run --mountns host --init -- sh -c 'echo $$; exit 4'
expect_eq "$out" 2 "the command's number"
