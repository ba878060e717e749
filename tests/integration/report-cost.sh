#!/bin/bash
# cove's own cost is not in the report: what does nothing used nothing.
# measures: times
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

for _ in 1 2 3; do
  run_reported -- true
  expect_eq "$status" 0
  cpu=$(field '.user_us + .system_us')
  [[ $cpu -ge 20000 ]] || break
done
expect_between "$cpu" 0 20000 "microseconds of processor time"
expect_between "$(field .wall_us)" 0 500000 "microseconds"
expect_between "$(field .memory_peak_bytes)" 1 8000000 "bytes of memory"
