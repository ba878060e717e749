#!/bin/bash
# Many containers, started 16 at a time: all are there, all is as it is on record, and all are gone when they are removed.
# COVE_MANY: how many (24).
# timeout: 600
# modes: root
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

many=${COVE_MANY:-24}
now_ms() { echo $(($(date +%s%N) / 1000000)); }
began=$(now_ms)
seq "$many" | xargs -P 16 -I{} "$COVE" run -d --name 'box{}' "${root_args[@]}" -- sleep 1000 >"$t_tmp/ids"
echo "started $many in $(($(now_ms) - began)) ms"
expect_eq "$(sort -u "$t_tmp/ids" | grep -cE '^[0-9a-f]{64}$')" "$many" "ids"
expect_eq "$(pgrep -cx cove-monitor)" "$many" "monitors"
expect_eq "$(pgrep -fcx 'sleep 1000')" "$many" "processes"
began=$(now_ms)
run cove system check --json
echo "checked in $(($(now_ms) - began)) ms"
expect_eq "$(jq '[.findings[] | select(.text | test("of nothing that is there") | not)] | length' <<<"$out")" 0 "findings: $out"
began=$(now_ms)
seq "$many" | sed 's/^/box/' | xargs -P 16 -n 8 "$COVE" rm -f >/dev/null
echo "removed in $(($(now_ms) - began)) ms"
expect_eq "$(pgrep -fcx 'sleep 1000' || true)" 0 "processes that are left"
leave_nothing
