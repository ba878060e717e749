#!/bin/bash
# Health checks: the monitor runs them, failures count as Docker counts them, their output and time are bounded.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

health_of() { state_of "$1" ".health$2"; }
becomes() { within 20 sh -c '[ "$(jq -r .health.status "'"$(record_file "$1" state.json)"'")" = '"$2"' ]'; }
counted() { expect_eq "$(health_of "$1" '.failingStreak // 0')" "$2" "failing streak"; }

# By itself, from healthy to unhealthy and back.
detached web --health-cmd 'test ! -e /ill' --health-interval 100ms --health-retries 2
becomes web healthy
expect_status 0 cove exec web touch /ill
becomes web unhealthy
expect_status 0 cove exec web rm /ill
becomes web healthy
counted web 0
grep -q '"Action":"health_status: unhealthy"' "$COVE_DATA_ROOT/events/events.jsonl" || fail "no event of the change"
expect_status 0 cove stop web

# By hand, with an interval that never comes.
detached hand --health-cmd 'yes ill | head -c 100000; exit 3' --health-interval 1h --health-retries 3
expect_eq "$(health_of hand .status)" starting
for n in 1 2; do
  expect_status 1 cove healthcheck run hand
  expect_eq "$out" unhealthy
  counted hand $n
  expect_eq "$(health_of hand .status)" starting
done
expect_status 1 cove healthcheck run hand
expect_eq "$(health_of hand .status)" unhealthy
expect_eq "$(health_of hand '.log[-1].exitCode')" 3
expect_eq "$(health_of hand '.log[-1].output | length')" 4096
for _ in 1 2 3; do expect_status 1 cove healthcheck run hand; done
expect_eq "$(health_of hand '.log | length')" 5 "results that are kept"

# In the start period a failure is none.
detached early --health-cmd 'exit 1' --health-interval 1h --health-start-period 1h --health-start-interval 1h --health-retries 1
expect_status 1 cove healthcheck run early
counted early 0
expect_eq "$(health_of early .status)" starting

# What it writes reaches the log; a container without a check has no health.
detached none
expect_status 125 cove healthcheck run none
expect_match "$err" 'has no health check'
expect_status 125 cove healthcheck run nobody
expect_match "$err" 'no such container: nobody'
expect_status 125 cove create --no-healthcheck --health-cmd true "${root_args[@]}" -- true
expect_match "$err" 'exclude each other'

# A check that takes too long has failed, and nothing of it is left. Without cgroups there is nobody who could find all.
if [[ $COVE_AS == root ]]; then
  detached slow --health-cmd 'sleep 1234 & sleep 1234' --health-interval 1h --health-timeout 200ms --health-retries 1
  expect_status 1 cove healthcheck run slow
  expect_eq "$(health_of slow .status)" unhealthy
  expect_match "$(health_of slow '.log[-1].output')" 'exceeded timeout'
  expect_eq "$(pgrep -fx 'sleep 1234' || true)" "" "processes of the check"
fi
leave_nothing
