#!/bin/bash
# Where no cgroup is mounted, or a controller is on none, a limit is an error that says which.
# modes: root
# In a mount namespace of the test's own: see lib.sh.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

if mountpoint -q /sys/fs/cgroup/memory; then
  umount -l /sys/fs/cgroup/memory
  expect_status 125 cove run "${root_args[@]}" --memory 64m -- echo ran
  expect_match "$err" 'E-CGROUP-CONTROLLER: .*memory'
  run_reported --memory 64m --best-effort-limits -- true
  expect_eq "$status" 0
  expect_match "$(field '.waived[]')" memory
fi
umount -R -l /sys/fs/cgroup
expect_status 125 cove run "${root_args[@]}" --cpus 1 -- echo ran
expect_match "$err" 'E-CGROUP-NOT-FOUND: .*cpus'
expect_eq "$out" ""
# Without a limit that was asked for there is no reason to fail.
expect_status 0 cove run "${root_args[@]}" --best-effort-limits -- echo ran
expect_eq "$out" ran
