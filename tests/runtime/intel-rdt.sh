#!/bin/bash
# linux.intelRdt on a machine without resctrl is an error that says what is missing; nothing is left.
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

! grep -q ' - resctrl ' /proc/self/mountinfo || skip "this machine has resctrl"
rejects_config a '.linux.intelRdt = {l3CacheSchema: "L3:0=f"}' 'linux.intelRdt: .*resctrl'
rejects_config b '.linux.intelRdt = {closID: "mon_groups"}' 'closID'
