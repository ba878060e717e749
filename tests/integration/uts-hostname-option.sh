#!/bin/bash
# --hostname names the machine inside, the name of a sandbox does if that is not given, else it is cove.
# roots: default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

show='hostname; echo $HOSTNAME'
sandbox -- sh -c "$show"
expect_eq "$out" $'cove\ncove' "default"
sandbox --name box --report "$t_tmp/report" -- sh -c "$show"
expect_eq "$out" $'box\nbox' "--name"
sandbox --hostname node7.example --name box --report "$t_tmp/report" -- sh -c "$show"
expect_eq "$out" $'node7.example\nnode7.example' "--hostname"
expect_status 125 cove run "${root_args[@]}" --hostname 'a b' -- true
expect_match "$err" '--hostname'
expect_status 125 cove run "${root_args[@]}" --uts host --hostname a -- true
expect_match "$err" '--hostname and --domainname need a UTS namespace'
