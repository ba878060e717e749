#!/bin/bash
# A user or group that the root's own files do not have is refused, though this machine may have it.
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run "${root_args[@]}" --user daemon -- true
expect_match "$err" "E-USER: .*daemon.*/etc/passwd"
expect_status 125 cove run "${root_args[@]}" --user tester:sys -- true
expect_match "$err" "E-USER: .*sys.*/etc/group"
expect_status 125 cove run "${root_args[@]}" --group-add sys -- true
expect_match "$err" "E-USER: .*sys.*/etc/group"
for bad in '' : 1: :1 -1 4294967295 a/b 1:2:3 99999999999; do
  expect_status 125 cove run "${root_args[@]}" "--user=$bad" -- true
  expect_match "$err" '--user' "error for '$bad'"
done
