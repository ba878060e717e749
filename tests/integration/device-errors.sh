#!/bin/bash
# A device that is none, or is not there, is refused; a character device works for the ordinary user as well.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run "${root_args[@]}" --device /dev/no-such-device -- true
expect_match "$err" 'E-BIND-SOURCE.*--device.*no-such-device'
touch "$t_tmp/file"
expect_status 125 cove run "${root_args[@]}" --device "$t_tmp/file" -- true
expect_match "$err" '--device.*is not a device'
sandbox --device /dev/zero:/dev/naught -- sh -c 'head -c 3 /dev/naught | wc -c'
expect_eq "$out" 3
