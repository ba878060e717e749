#!/bin/bash
# --report - comes after the command's output, whole; so do descriptors of the caller's.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

expect_status 4 cove run "${root_args[@]}" --report - -- sh -c 'echo first; echo second; exit 4'
expect_eq "$(head -n 2 <<<"$out")" $'first\nsecond'
expect_eq "$(tail -n +3 <<<"$out" | jq -r .exit_status)" 4
expect_status 4 cove run "${root_args[@]}" --report /dev/stderr -- sh -c 'echo first; exit 4'
expect_eq "$out" first
expect_eq "$(jq -r .exit_status <<<"$err")" 4
cove run "${root_args[@]}" --report /dev/fd/9 -- true 9>"$t_tmp/report.json"
expect_field .exit_status 0
