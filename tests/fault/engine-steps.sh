#!/bin/bash
# Each step of a container's start is failed, and the process that runs it is killed: the error says so, the record tells
# what is true, nothing is left, and the next start works. With a monitor and without one.
# Each tenth step; COVE_ALL_STEPS=1: all of them, which takes minutes.
# alone: cgroups that others would take for left behind
# timeout: 600
# modes: root
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

COVE_FAULT=list run cove run -- true
[[ $out == *parent:* ]] || skip "this build of cove has no fault injection"
awk -v each="${COVE_ALL_STEPS:+1}" 'NR % (each ? 1 : 10) == 1 || each' "$t_tmp/out" >"$t_tmp/steps"

# A command may run already where its launcher is killed once it was released: then it is up, or was ended.
one_step() {  # CONTAINER STEP KIND
  local what="$1:$2:$3" id=$4
  COVE_FAULT="$2:$3" run cove start "$1"
  run cove exec "$1" true
  if [[ $status == 0 ]]; then
    [[ $3 == kill ]] || fail "$what: it runs though its start failed"
    expect_status 0 cove kill "$1"
  fi
  # Looking at it is enough for the rest.
  expect_status 0 cove stop "$1"
  expect_match "$(state_of "$1" .phase)" '^(created|exited)$' "$what: phase"
  expect_eq "$(state_of "$1" '.pid // 0')" 0 "$what: pid"
  expect_eq "$(cgroups_left "$id")" "" "$what: cgroups"
  expect_eq "$(find "$COVE_RUN_ROOT" -name "$id")" "" "$what: run directory"
  expect_eq "$(find "$COVE_DATA_ROOT/containers/$id" -name ".cove-work-*")" "" "$what: work directories"
}

for driver in local none; do
  id=$(cove create --name "$driver" --log-driver "$driver" "${root_args[@]}" -- sleep 1000)
  while read -r line; do
    for kind in fail kill; do one_step "$driver" "${line#*:}" "$kind" "$id"; done
  done <"$t_tmp/steps"
  expect_status 0 cove start "$driver"
  expect_status 0 cove exec "$driver" true
done
leave_nothing
