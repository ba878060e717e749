#!/bin/bash
# 127 for a command that is not there, 126 for one that cannot be executed, 125 for failures of cove's own.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 127 cove run "${root_args[@]}" -- cove-no-such-command
expect_status 127 cove run "${root_args[@]}" -- /no/such/command
expect_status 126 cove run "${root_args[@]}" -- /etc/passwd
expect_status 126 cove run "${root_args[@]}" -- /etc
expect_status 125 cove run --rootfs /no/such/directory -- true
expect_status 125 cove run --no-such-option -- true
expect_status 125 cove run "${root_args[@]}" --user nobody-there -- true
expect_status 125 cove no-such-command
