#!/bin/bash
# --memory alone leaves no swap; --memory-swap is the sum of both.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

show='cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.swap.max'
run cove run "${root_args[@]}" --memory 64m -- sh -c "$show"
[[ $status == 0 ]] || skip "this kernel does not account for swap"
expect_match "$out" '^(0|67108864)$' "swap limit with --memory 64m"
expect_status 0 cove run "${root_args[@]}" --memory 64m --memory-swap 96m -- sh -c "$show"
expect_match "$out" '^(33554432|100663296)$' "swap limit with --memory-swap 96m"
