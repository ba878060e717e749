#!/bin/bash
# A CPU hog at --cpus 0.5 gets half a processor.
# measures: rates
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

# On a busy machine it may get less than its limit: so it asks for a large share, also of a delegated cgroup.
own=/sys/fs/cgroup/cpu$(awk -F: '$2 == "cpu" { print $3 }' /proc/self/cgroup)
if [[ $COVE_AS == user && -w $own/cpu.shares ]]; then echo 262144 >"$own/cpu.shares"; fi
for _ in 1 2 3; do
  run_reported --cpus 0.5 --cpu-shares 262144 -- /probes/hog 2
  expect_eq "$status" 0
  share=$(value share)
  awk -v share="$share" 'BEGIN { exit !(share < 0.45) }' || break
done
expect_between "$share" 0.45 0.55 "processors used"
expect_field .limits.cpus.value 0.5
# The report tells the same.
expect_between "$(field '(.user_us + .system_us) / .wall_us')" 0.40 0.56 "processors used, in the report"
