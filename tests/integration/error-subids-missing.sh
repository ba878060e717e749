#!/bin/bash
# Ids that nobody granted to the user.
# modes: user
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run "${root_args[@]}" --userns 0:600000:10 -- true
expect_match "$err" '(E-SUBID-MISSING|E-NEWUIDMAP-MISSING): '
expect_status 125 cove run "${root_args[@]}" --user 1000 -- true
expect_match "$err" 'E-SUBID-[A-Z-]+: .*1000'
