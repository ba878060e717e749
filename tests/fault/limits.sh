#!/bin/bash
# Each step failed and killed, with limits in many cgroups, for a user to whom they belong.
# modes: user
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/fault.sh
. "$t_support/fault.sh"

export fault_userns=1
every_fault --memory 64m --cpus 1 --cpuset-cpus 0 --oom-score-adj 500
