#!/bin/bash
# Redirections to files keep their position and mode: output is appended where the shell left it.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

echo first >"$t_tmp/file"
{ echo second; cove run "${root_args[@]}" -- echo third; echo fourth; } >>"$t_tmp/file"
expect_eq "$(<"$t_tmp/file")" $'first\nsecond\nthird\nfourth'
