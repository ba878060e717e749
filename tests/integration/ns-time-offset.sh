#!/bin/bash
# --time-offset shifts the monotonic and the boot clock, forward and back, and the real-time clock never.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

clocks() { sed -n 's/^\(monotonic\|boottime\|realtime\)=\([0-9]*\).*/\2/p' <<<"$out" | paste -sd ' '; }
expect_status 0 "$COVE_PROBES/clock"
read -r mono boot real <<<"$(clocks)"
check() {  # MONOTONIC BOOTTIME, the differences wanted
  local m b r
  read -r m b r <<<"$(clocks)"
  expect_between $((m - mono)) $(($1 - 1)) $(($1 + 20)) "monotonic ($out)"
  expect_between $((b - boot)) $(($2 - 1)) $(($2 + 20)) "boottime ($out)"
  expect_between $((r - real)) 0 20 "realtime"
}
sandbox --time-offset monotonic=1h --time-offset boottime=7d -- /probes/clock
check 3600 604800
sandbox --time-offset boottime=-30s -- /probes/clock
check 0 -30
sandbox --time-offset monotonic=-1500ms -- sh -c '/probes/clock'
check -2 0
expect_status 125 cove run "${root_args[@]}" --time-offset boottime=-10000d -- true
expect_match "$err" 'clock may not become negative|--time-offset'
expect_status 125 cove run "${root_args[@]}" --time-offset realtime=1h -- true
expect_match "$err" '--time-offset'
expect_status 125 cove run "${root_args[@]}" --timens host --time-offset monotonic=1h -- true
