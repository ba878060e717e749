# For tests that look into the report. Sourced after lib.sh.
# shellcheck shell=bash disable=SC2154  # t_tmp, t_support, root_args: lib.sh

# `cove run` on the test's root file system, with a report; leaves $status, $out and $err as `run` does.
run_reported() { run cove run "${root_args[@]}" --report "$t_tmp/report.json" "$@"; }

# What a jq filter finds in the report of the last run.
field() { jq -r "$1" "$t_tmp/report.json"; }

expect_field() { expect_eq "$(field "$1")" "$2" "$1 of the report"; }

# Holds the report against its schema.
expect_schema() {
  /usr/bin/python3 "$t_support/check_schema.py" "$t_support/../../docs/schema/report-1.schema.json" "$t_tmp/report.json"
}
