#!/bin/bash
# With --ipc host what was made outside is found inside, and the other way round.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

key=$((0xc0d0000 + RANDOM))
"$COVE_PROBES/ipc" create $key >/dev/null
at_exit "$COVE_PROBES/ipc" remove $key
sandbox --ipc host -- /probes/ipc check $key
expect_eq "$(grep -c =OK <<<"$out")" 5 "objects found inside ($out)"
at_exit "$COVE_PROBES/ipc" remove $((key + 1))
sandbox --ipc host -- /probes/ipc create $((key + 1))
expect_eq "$("$COVE_PROBES/ipc" check $((key + 1)) | grep -c =OK)" 5 "objects found outside"
