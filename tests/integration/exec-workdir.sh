#!/bin/bash
# --workdir is a directory inside; one that is missing, a file, or leads out by /proc is refused.
# roots: default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --workdir /usr/bin -- pwd
expect_eq "$out" /usr/bin
expect_status 125 cove run "${root_args[@]}" --workdir /none -- pwd
expect_match "$err" 'enter working directory: .*/none'
expect_status 125 cove run "${root_args[@]}" --workdir /etc/passwd -- pwd
for fd in 0 1 2 3 4 5 6 7 8 9 10; do
  run cove run "${root_args[@]}" --workdir "/proc/self/fd/$fd" -- ls -a
  [[ $status == 125 ]] || fail "fd $fd as working directory: status $status, $out"
  run cove run "${root_args[@]}" --workdir "/proc/self/fd/$fd/../.." -- ls
  [[ $status == 125 ]] || fail "fd $fd/../.. as working directory: status $status, $out"
done
