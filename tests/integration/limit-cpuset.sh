#!/bin/bash
# --cpuset-cpus pins the command to a processor, and it stays there.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

[[ $(nproc) -ge 2 ]] || skip "one processor only"
expect_status 0 cove run "${root_args[@]}" --cpuset-cpus 1 -- /probes/affinity 300
expect_eq "$(value allowed)" 1 "allowed processors"
expect_eq "$(value seen)" 1 "processors seen"
