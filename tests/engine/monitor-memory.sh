#!/bin/bash
# What stays beside an idle detached container: one monitor with at most 80 kB of its own. Counted are anonymous pages,
# which repeat; pages of the program's file would count as private and dirty as long as it has not reached the disk.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

detached idle
detached terminal -t
for name in idle terminal; do
  pid=$(monitor_pid $name)
  expect_match "$(tr '\0' ' ' <"/proc/$pid/cmdline")" '^cove-monitor '
  private=$(awk '/^Anonymous:/ { print $2 }' "/proc/$pid/smaps_rollup")
  ((private > 0 && private <= 80)) || fail "the monitor of $name has $private kB of its own, more than 80"
  # Nobody else stays.
  expect_eq "$(pgrep -P "$pid" | sort)" "$(init_pid $name)"
done
leave_nothing
