#!/bin/bash
# Without a cgroup that counts, --cpu-time is refused before the command runs, or waived.
# modes: user
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

mkdir "$t_tmp/marks"
run_reported -v "$t_tmp/marks:/marks" --cpu-time 10s -- touch /marks/ran
expect_eq "$status" 125
expect_match "$err" 'cpu-time'
[[ ! -e $t_tmp/marks/ran ]] || fail "the command ran"
run_reported -v "$t_tmp/marks:/marks" --cpu-time 10s --best-effort-limits -- touch /marks/ran
expect_eq "$status" 0
[[ -e $t_tmp/marks/ran ]] || fail "the command did not run"
expect_match "$(field '.waived[]')" cpu-time
