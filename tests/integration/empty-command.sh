#!/bin/bash
# An empty word is no command.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 127 cove run "${root_args[@]}" -- ''
expect_match "$err" 'E-EXEC-NOT-FOUND: .*empty'
