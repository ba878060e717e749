#!/bin/bash
# A limit that cannot be enforced is an error with the way out; --best-effort-limits waives it and the report tells.
# modes: user
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

limits=(--memory 64m --cpus 0.5 --pids-limit 50)
run_reported "${limits[@]}" -- echo ran
expect_eq "$status" 125
expect_eq "$out" ""
expect_match "$err" 'E-CGROUP-NOT-DELEGATED: .*(memory|cpus|pids)'
expect_match "$err" 'best-effort-limits'
expect_field .failure.error_id E-CGROUP-NOT-DELEGATED
run_reported "${limits[@]}" --best-effort-limits -- echo ran
expect_eq "$status" 0
expect_eq "$out" ran
for limit in memory cpus pids-limit; do expect_match "$(field '.waived[]')" "$limit:"; done
expect_match "$err" 'not enforced: memory'
expect_field .limits.memory_bytes null
