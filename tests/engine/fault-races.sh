#!/bin/bash
# Two commands at once on one container: one of them does it, the other finds it done, and the container has one life.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

together() {  # COMMAND OTHER: their statuses, "0 1"
  local first second
  eval "cove $1" >"$t_tmp/first" 2>&1 &
  first=$!
  eval "cove $2" >"$t_tmp/second" 2>&1 &
  second=$!
  statuses=0
  wait "$first" || statuses=$?
  wait "$second" && statuses+=" 0" || statuses+=" $?"
}
rounds=${COVE_RACE_ROUNDS:-5}

for ((i = 0; i < rounds; ++i)); do
  expect_status 0 cove create --name web "${root_args[@]}" -- sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
  id=$out
  together "start web" "start web"
  expect_eq "$statuses" "0 0" "start and start: $(cat "$t_tmp/first" "$t_tmp/second")"
  expect_eq "$(pgrep -cx cove-monitor)" 1 "monitors after start and start"
  expect_status 0 cove exec web true
  [[ -S $COVE_RUN_ROOT/containers/$id/attach.sock ]] || fail "there is no attach socket after start and start"

  together "stop web" "stop web"
  expect_eq "$statuses" "0 0" "stop and stop"
  expect_eq "$(state_of web .phase)" exited

  together "start web" "rm -f web"
  expect_match "$statuses" '^[0-9]+ 0$' "start and rm -f: $(cat "$t_tmp/first" "$t_tmp/second")"
  expect_eq "$(cgroups_left "$id")" "" "cgroups after start and rm -f"

  expect_status 0 cove create --name web "${root_args[@]}" -- sleep 1000
  together "rm web" "rm web"
  expect_match "$statuses" '^(0 1|1 0|0 0)$' "rm and rm: $(cat "$t_tmp/first" "$t_tmp/second")"

  together "create --name web ${root_args[*]@Q} -- true" "create --name web ${root_args[*]@Q} -- true"
  expect_match "$statuses" '^(0 1|1 0)$' "create and create"
  expect_match "$(cat "$t_tmp/first" "$t_tmp/second")" 'the name .web. is already in use'
  expect_status 0 cove start web
  together "stop web" "rm -f web"
  expect_match "$statuses" '^[01] 0$' "stop and rm -f: $(cat "$t_tmp/first" "$t_tmp/second")"
done
leave_nothing
