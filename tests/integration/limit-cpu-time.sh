#!/bin/bash
# --cpu-time kills when all processes together have used so much, however long that takes.
# measures: times
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --cpu-time 600ms -- /probes/hog 20 2
expect_eq "$status" 137
expect_field .reason cpu-time
expect_between "$(field '.user_us + .system_us')" 600000 900000 "microseconds of processor time"
# Waiting costs nothing.
run_reported --cpu-time 200ms -- sleep 0.4
expect_eq "$status" 0
expect_field .reason exited
