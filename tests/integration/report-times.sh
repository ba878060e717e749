#!/bin/bash
# Times in the report: waiting is wall time, work is processor time.
# measures: times
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported -- sleep 0.5
expect_between "$(field .wall_us)" 500000 1500000 "microseconds of a sleep"
expect_between "$(field '.user_us + .system_us')" 0 30000 "processor time of a sleep"
run_reported -- /probes/hog 1
expect_between "$(($(field '.user_us + .system_us') - $(value cpu_ms) * 1000))" -20000 20000 \
  "processor time of work: difference to what the command itself counts, in microseconds"
