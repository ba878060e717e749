#!/bin/bash
# Proves that the test library's checks can fail: each must pass on what is right and refuse what is wrong.
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

skip_in_a_shell() { (skip because); }
refuses() { if ("$@") 2>/dev/null; then fail "$* must fail"; fi; }

expect_eq a a
refuses expect_eq a b
expect_match abc '^a.c$'
refuses expect_match abc '^b'
expect_between 0.51 0.45 0.55
refuses expect_between 0.56 0.45 0.55
refuses expect_between '' 0 1
expect_status 3 sh -c 'echo key=one; echo bad >&2; exit 3'
expect_eq "$(value key)" one
expect_eq "$err" bad
refuses expect_status 0 false
expect_status 77 skip_in_a_shell

leftovers_snapshot
leftovers_check
# What must be found stays: a few looks will do.
leftovers_tries=10
sleep 60 &
refuses leftovers_check
kill $!
wait $! || true
leftovers_tries=100
leftovers_check
leftovers_tries=10
file=/tmp/cove-left-$$
touch "$file"
refuses leftovers_check
rm "$file"
if [[ $EUID == 0 ]]; then
  mkdir "$t_tmp/mounted"
  mount -t tmpfs none "$t_tmp/mounted"
  refuses leftovers_check
  expect_eq "$(as_user id -u)" 12345 "as_user"
  expect_eq "$(as_user id -G)" 12345 "groups of as_user"
else
  expect_eq "$COVE_AS" user
  expect_eq "$(id -un)" cove-test
fi
echo passed
