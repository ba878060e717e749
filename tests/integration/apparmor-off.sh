#!/bin/bash
# A profile of AppArmor where the kernel has none is an error, not a sandbox without it; unconfined is what it is anyway.
# With AppArmor: tests/vm/cases/apparmor.sh.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
[[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) != Y ]] || skip "AppArmor is on here"

for command in run explain; do
  expect_status 125 cove "$command" "${root_args[@]}" --security-opt apparmor=web -- echo ran
  expect_eq "$out" ''
  expect_match "$err" '--security-opt apparmor=web: AppArmor is not on here'
  expect_match "$err" 'hint: leave it out'
done
expect_status 125 cove run "${root_args[@]}" --security-opt 'apparmor=a b' -- true
expect_match "$err" "'apparmor=a b': not the name of a profile"
expect_status 0 cove run "${root_args[@]}" --security-opt apparmor=unconfined -- echo ran
expect_eq "$out" ran
