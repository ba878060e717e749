#!/bin/bash
# The version, in every form in which it is asked for.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove version
expect_match "$out" '^cove [0-9]+\.[0-9]+\.[0-9]+'
version=${out#cove }
expect_status 0 cove --version
expect_eq "$out" "cove $version"
expect_status 0 cove version --json
expect_eq "$(jq -r .version "$t_tmp/out")" "$version"
