#!/bin/bash
# Standard input reaches the command under --output-limit too.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

status=0
out=$(printf 'one\ntwo\n' | cove run -i "${root_args[@]}" --output-limit 1k -- cat) || status=$?
expect_eq "$status" 0
expect_eq "$out" $'one\ntwo'
