#!/bin/bash
# SysV and POSIX objects made inside cannot be found outside, and are gone at the next start.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

key=$((0xc0f0000 + RANDOM))
background run "${root_args[@]}" -- sh -c "/probes/ipc create $key && /probes/ipc check $key && sleep 5"
sleep 0.1
expect_eq "$(grep -c =OK "$background_out")" 10 "objects made and found inside ($(<"$background_out"))"
run "$COVE_PROBES/ipc" check $key
expect_eq "$(grep -c =ENOENT <<<"$out")" 5 "objects missing outside ($out)"
sandbox -- /probes/ipc check $key
expect_eq "$(grep -c =ENOENT <<<"$out")" 5 "objects missing in another sandbox ($out)"
