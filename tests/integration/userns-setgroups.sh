#!/bin/bash
# The caller's supplementary groups are dropped as root and with subordinate ids.
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

words=()
[[ $EUID != 0 ]] || words=(setpriv --groups "0,4,4242" --)
run_cove() { "${words[@]}" "$(t_cove)" run "${root_args[@]}" "$@"; }
expect_status 0 run_cove -- /probes/ids
expect_eq "$(value groups)" 0
expect_status 0 run_cove --group-add 29 --group-add audio --group-add 4711 -- /probes/ids
expect_eq "$(value groups)" 0,29,4711
