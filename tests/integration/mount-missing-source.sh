#!/bin/bash
# A host path that does not exist is an error, and is not made.
# roots: default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run "${root_args[@]}" -v "$t_tmp/none:/data" -- true
expect_match "$err" "E-BIND-SOURCE.*$t_tmp/none"
expect_status 125 cove run "${root_args[@]}" --mount "type=bind,src=$t_tmp/none,dst=/data" -- true
expect_match "$err" "E-BIND-SOURCE.*$t_tmp/none"
expect_status 125 cove run "${root_args[@]}" --mount "type=overlay,src=$t_tmp/none,dst=/data" -- true
expect_match "$err" "E-BIND-SOURCE.*$t_tmp/none"
expect_status 125 cove run --rootfs "$t_tmp/none" -- true
expect_match "$err" "E-ROOTFS.*$t_tmp/none"
[[ ! -e $t_tmp/none ]] || fail "the path was made"
