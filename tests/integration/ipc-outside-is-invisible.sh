#!/bin/bash
# SysV and POSIX objects made outside cannot be found inside.
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

key=$((0xc0e0000 + RANDOM))
"$COVE_PROBES/ipc" create $key >/dev/null
at_exit "$COVE_PROBES/ipc" remove $key
expect_eq "$("$COVE_PROBES/ipc" check $key | grep -c =OK)" 5 "objects outside"
sandbox -- /probes/ipc check $key
expect_eq "$(grep -c =ENOENT <<<"$out")" 5 "objects missing inside ($out)"
