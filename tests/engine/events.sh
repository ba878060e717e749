#!/bin/bash
# `cove events` prints what has happened and what happens, in Docker's form.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

export TZ=UTC
past() { expect_status 0 cove events --since 1h --until 0s "$@"; }

past
expect_eq "$out" ""
expect_status 3 cove run --name one -l k=v "${root_args[@]}" -- sh -c 'exit 3'
id=$(record_of one .id)
past
expect_match "$out" "^20[0-9-]{8}T[0-9:]{8}\.[0-9]{9}Z container create $id \(k=v, name=one\)"
expect_match "$out" "container die $id \(exitCode=3, k=v, name=one\)"
past --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}} {{.ID}}'
expect_match "$out" "^container create one $id"
past --format json --filter event=die
expect_eq "$(jq -r '.Type, .Action, .Actor.ID, .Actor.Attributes.exitCode, .scope' <<<"$out" | paste -sd' ')" "container die $id 3 local"

expect_status 0 cove create --name two "${root_args[@]}" -- true
actions() { past --format '{{.Action}}:{{.Actor.Attributes.name}}' "$@"; actions=$(paste -sd, <<<"$out"); }
actions --filter event=create
expect_eq "$actions" create:one,create:two
actions --filter event=create --filter container=two
expect_eq "$actions" create:two
actions --filter event=create --filter container="${id:0:9}"
expect_eq "$actions" create:one
actions --filter event=create --filter label=k=v
expect_eq "$actions" create:one
actions --filter type=plugin
expect_eq "$actions" ""
expect_status 0 cove events --since 2100-01-01 --until 0s
expect_eq "$out" ""

# Live, without the past, across a file that was put aside.
"$COVE" events --format '{{.Action}} {{.Actor.Attributes.name}}' --filter container=two --filter container=three >"$t_tmp/live" &
watcher=$!
at_exit kill "$watcher"
within 5 bash -c "ls -l /proc/$watcher/fd | grep -q inotify"
expect_status 0 cove rm two
within 5 grep -qx 'destroy two' "$t_tmp/live"
mv "$COVE_DATA_ROOT/events/events.jsonl" "$COVE_DATA_ROOT/events/events.1.jsonl"
expect_status 0 cove create --name three "${root_args[@]}" -- true
within 5 grep -qx 'create three' "$t_tmp/live"
expect_eq "$(<"$t_tmp/live")" $'destroy two\ncreate three'
kill "$watcher"
actions --filter event=create
expect_eq "$actions" create:one,create:two,create:three

# It ends by itself at a time that is yet to come.
expect_status 0 timeout 10 "$COVE" events --filter type=plugin --until "$(date -d '+1 second' +%s)"
expect_eq "$out" ""
expect_status 1 cove events --until 0s --filter nope=1
expect_match "$err" "invalid filter 'nope'"
expect_status 1 cove events --until 0s --format '{{.'
expect_status 125 cove events --since sometime
expect_status 0 cove rm one three
leave_nothing
