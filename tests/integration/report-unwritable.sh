#!/bin/bash
# A report that cannot be written is an error before the command runs.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir -m 777 "$t_tmp/marks"
for report in /no/such/directory/report.json /proc/report.json /dev "$t_tmp/marks"; do
  expect_status 125 cove run "${root_args[@]}" -v "$t_tmp/marks:/marks" --report "$report" -- touch /marks/ran
  expect_match "$err" "report.*${report}" "error for $report"
  [[ ! -e $t_tmp/marks/ran ]] || fail "the command ran with --report $report"
done
