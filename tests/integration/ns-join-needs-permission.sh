#!/bin/bash
# An ordinary user cannot join a namespace of root's, and is told why.
# modes: user
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run "${root_args[@]}" --network pid:1 -- true
expect_match "$err" '/proc/1/ns/net|join'
