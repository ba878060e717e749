#!/bin/bash
# A cgroup that has processes already is not taken for a new container. (crun 1.8 takes it.)
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
bundle b ".linux.cgroupsPath = \"/${id}a\"" touch /ran
run rt run --bundle "$bundle" "${id}b"
# runc 1.1 warns, later ones refuse.
is runc || expect_ne "$status" 0
expect_match "$err" 'not empty|non-empty|has processes'
expect_eq "$(state_of a)" running
rt delete --force "${id}b"
remove a
