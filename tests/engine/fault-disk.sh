#!/bin/bash
# The disk that the records are on is full: each command says so or works, no record is spoilt, and a container can be
# stopped and removed to make room.
# modes: root
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

mkdir -p "$t_tmp/small"
mount -t tmpfs -o size=1m,nr_inodes=400 tmpfs "$t_tmp/small"
export COVE_DATA_ROOT=$t_tmp/small/data

detached one
detached two --restart always
id=$(cove create --name three "${root_args[@]}" -- true)
fill() { dd if=/dev/zero of="$t_tmp/small/filler" bs=4k 2>/dev/null || true; }
fill
! echo x >"$t_tmp/small/probe" 2>/dev/null || fail "the disk is not full"
rm -f "$t_tmp/small/probe"
before=$(cat "$COVE_DATA_ROOT/containers/$id"/*.json)

run cove create --name four "${root_args[@]}" -- true
[[ $status != 0 ]] || fail "created without room for the record"
expect_match "$err" 'No space left on device'
expect_status 1 cove stop four
expect_match "$err" 'no such container: four'

run cove start three
[[ $status != 0 ]] || fail "started without room for the state"
expect_match "$err" 'No space left on device'
expect_eq "$(cat "$COVE_DATA_ROOT/containers/$id"/*.json)" "$before" "the record of a container that was not started"

# What would come back must not be stopped without a word.
run cove stop two
[[ $status != 0 ]] || fail "stopped without room for the stop's record"
expect_match "$err" 'No space left on device'
expect_status 0 cove exec two true
expect_status 0 cove kill -s TERM one
expect_status 0 cove rm -f three

rm "$t_tmp/small/filler"
# The monitor had nowhere to put the end: it still knows it.
within 20 sh -c '[ "$(jq -r .phase "'"$(record_file one state.json)"'")" = exited ]'
expect_eq "$(state_of one .exitCode)" 0
expect_status 0 cove stop two
leave_nothing
