#!/bin/bash
# The default root has host names of its own; this machine's DNS settings come with its network only.
export T_ROOT=default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove run --hostname box -- sh -c 'cat /etc/hostname; getent hosts localhost box; id -un'
expect_match "$out" $'^box\n.*localhost.*\n127.0.1.1 +box\nroot$'
[[ -e /etc/resolv.conf ]] || skip "this machine has no resolv.conf"
expect_status 0 cove run --network host -- cat /etc/resolv.conf
expect_eq "$out" "$(</etc/resolv.conf)"
expect_status 1 cove run -- test -e /etc/resolv.conf
