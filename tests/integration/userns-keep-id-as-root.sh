#!/bin/bash
# --userns keep-id as root is refused: it would map the root of this machine into the sandbox.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run "${root_args[@]}" --userns keep-id -- true
expect_match "$err" "host's root"
expect_match "$err" 'hint: .*--userns auto'
