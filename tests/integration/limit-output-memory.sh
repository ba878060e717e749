#!/bin/bash
# However much passes through --output-limit, cove itself stays small.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

[[ -z ${COVE_RUNTIME-} ]] || skip "about cove's own memory"
"$COVE" run "${root_args[@]}" --output-limit 100g --timeout 1s -- yes >/dev/null 2>&1 &
sleep 0.7
peak=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$!/status")
bytes=$(awk '$1 == "wchar:" { print $2 }' "/proc/$!/io")
wait $! || true
expect_between "$bytes" 10000000 1e12 "bytes passed on"
expect_between "$peak" 100 4096 "peak memory of cove in KiB"
