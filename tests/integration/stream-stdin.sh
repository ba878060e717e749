#!/bin/bash
# -i passes standard input on, to its end; without -i it is empty.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

out=$(printf 'one\ntwo' | cove run -i "${root_args[@]}" -- cat)
expect_eq "$out" $'one\ntwo' "input with -i"
out=$(echo one | cove run "${root_args[@]}" -- cat)
expect_eq "$out" "" "input without -i"
# A loop over a file keeps its lines.
lines=$(printf '1\n2\n3\n' | while read -r line; do cove run "${root_args[@]}" -- cat; echo "$line"; done)
expect_eq "$lines" $'1\n2\n3' "lines of the loop"
