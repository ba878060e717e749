#!/bin/bash
# --oom-score-adj reaches the command and not cove; lowering it needs CAP_SYS_RESOURCE.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove run "${root_args[@]}" --oom-score-adj 500 -- cat /proc/self/oom_score_adj
expect_eq "$out" 500
expect_status 0 cove run "${root_args[@]}" -- cat /proc/self/oom_score_adj
expect_eq "$out" "$(cat /proc/self/oom_score_adj)" "score without the option"
run cove run "${root_args[@]}" --oom-score-adj -500 -- cat /proc/self/oom_score_adj
if (echo -500 >/proc/self/oom_score_adj) 2>/dev/null; then
  expect_eq "$out" -500
else
  expect_eq "$status" 125
  expect_match "$err" 'E-LIMIT: .*oom.score'
fi
