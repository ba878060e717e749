#!/bin/bash
# Help: of the program, of a command, and for somebody who types nothing.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove
overview=$out
expect_match "$overview" $'\n +run +Run a command'
expect_status 0 cove help
expect_eq "$out" "$overview"
expect_status 0 cove --help
expect_eq "$out" "$overview"
expect_status 0 cove run --help
expect_match "$out" '--memory'
help=$out
expect_status 0 cove help run
expect_eq "$out" "$help"
expect_status 125 cove help no-such-command
expect_match "$err" 'no-such-command'
# Nothing is wider than a terminal.
expect_eq "$(awk 'length > 80' <<<"$help")" "" "lines of more than 80 characters"
