#!/bin/bash
# A limit that cannot be enforced is an error with the way out; --best-effort-limits waives it and the report tells.
# modes: user
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

limits=(--memory 64m --cpus 0.5 --pids-limit 50)
run_reported "${limits[@]}" -- echo ran
expect_eq "$status" 125
expect_eq "$out" ""
expect_match "$err" 'E-CGROUP-NOT-DELEGATED: .*(memory|cpus)'
expect_match "$err" 'best-effort-limits'
expect_field .failure.error_id E-CGROUP-NOT-DELEGATED
run_reported "${limits[@]}" --best-effort-limits -- /probes/forkbomb 200
expect_eq "$status" 0
for limit in memory cpus; do expect_match "$(field '.waived[]')" "$limit:"; done
expect_match "$err" 'not enforced: memory'
expect_field .limits.memory_bytes null
# This one needs no cgroup where one user id is mapped.
expect_eq "$(value children)" 49 "children beside the command"
expect_field .limits.ulimit_nproc.value.hard 50
