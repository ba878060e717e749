#!/bin/bash
# A container lives, is stopped, is started again with what it had written, and is gone when it is removed.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

expect_status 0 cove run -d --name web "${root_args[@]}" -- sh -c 'echo first >>/kept; trap "exit 3" TERM; while :; do sleep 0.1; done'
expect_match "$out" '^[0-9a-f]{64}$'
id=$out
expect_eq "$(record_of web .id)" "$id"
expect_eq "$(state_of web .phase)" running
within 5 cove exec web test -e /kept

# By name, by id, by the beginning of the id.
for reference in web "$id" "${id:0:12}" "${id:0:5}"; do
  expect_status 0 cove exec "$reference" cat /kept
  expect_eq "$out" first
done

expect_status 0 cove stop web
expect_eq "$out" web
expect_eq "$(state_of web .phase)" exited
expect_eq "$(state_of web .exitCode)" 3
expect_status 0 cove stop web
expect_status 1 cove exec web true
expect_match "$err" 'container web is exited'

expect_status 0 cove start web
within 5 cove exec web sh -c '[ "$(wc -l </kept)" = 2 ]'
expect_status 0 cove start web
expect_status 1 cove rm web
expect_match "$err" 'container web is running'
expect_status 0 cove kill -s TERM web
expect_status 0 cove wait web
expect_eq "$out" 3
expect_status 0 cove rm web
expect_status 1 cove rm web
expect_match "$err" 'no such container: web'
leave_nothing
