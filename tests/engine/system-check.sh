#!/bin/bash
# `system check` finds each lie and each leftover, and nothing where all is well; `system gc` mends them.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

all_well() {  # WHAT
  run cove system check --json
  own_findings
  expect_eq "$findings" '[]' "$1"
}
# Without the empty cgroups of others, which may be on the machine.
own_findings() { findings=$(jq -c '[.findings[] | select(.text | test("of nothing that is there") | not)]' <<<"$out"); }
finds() {  # KIND SUBJECT
  expect_status 1 cove system check --json
  own_findings
  expect_eq "$(jq -r length <<<"$findings")" 1 "number of findings: $out"
  expect_eq "$(jq -r '.[0].kind' <<<"$findings")" "$1"
  expect_match "$(jq -r '.[0].subject' <<<"$findings")" "$2"
}
mends() {
  expect_status 0 cove system gc
  expect_match "$out" '; mended$'
  all_well "after gc"
}

run cove system check
expect_match "$out" '^all is as it is on record$|of nothing that is there$'
all_well "before anything is there"
detached web
expect_status 0 cove create --name other "${root_args[@]}" -- true
all_well "with a container that runs and one that does not"
id=$(record_of web .id)
containers=$COVE_DATA_ROOT/containers

# A name that leads nowhere, and a container without its name.
ln -s "$(printf '%064d' 0)" "$COVE_DATA_ROOT/names/nobody"
finds name nobody
mends
rm "$COVE_DATA_ROOT/names/other"
finds name other
mends
expect_status 0 cove start other
within 5 sh -c '[ "$(jq -r .phase "'"$(record_file other state.json)"'")" = exited ]'

# Directories that a killed command has left.
mkdir "$containers/$(printf '%064d' 1)"
finds directory '0001$'
mends
mkdir -p "$COVE_RUN_ROOT/containers/$(printf '%064d' 2)"
finds directory '0002$'
mends
echo x >"$containers/$id/state.json.new"
finds file 'state.json.new$'
mends
mkdir -p "$COVE_DATA_ROOT/volumes/half/_data"
finds volume 'volumes/half$'
mends

# A monitor of its own death; then a container that ended while nobody looked.
kill -9 "$(monitor_pid web)"
within 5 sh -c '! "$COVE" system check'
finds monitor "$id"
mends
expect_status 0 cove exec web true
pid=$(init_pid web)
kill -9 "$pid"
within 5 sh -c "! grep -qs '^State:.[^ZX]' /proc/$pid/status"
expect_status 1 cove system check
expect_match "$out" "state $id: its state says that it runs, but its process is gone"
expect_eq "$(state_of web .phase)" running
expect_status 0 cove system gc
all_well "after the end of a container"
expect_eq "$(state_of web .phase)" exited
expect_eq "$(cgroups_left "$id")" ""

# Files that were spoilt.
expect_status 0 cove start web
echo '{"phase":"dancing"}' >"$(record_file web state.json)"
expect_status 1 cove exec web true
expect_match "$err" 'phase: .dancing. is no phase'
expect_match "$err" 'cove system gc'
expect_status 1 cove system check
expect_match "$out" "state $id: "
expect_status 0 cove system gc
expect_eq "$(state_of web .phase)" exited
all_well "after a broken state"
echo '{' >"$(record_file web container.json)"
expect_status 1 cove start web
finds record "$id"
expect_status 0 cove system gc
expect_status 0 cove system gc
[[ -d $COVE_DATA_ROOT/broken/$id ]] || fail "the container with a broken record was not put aside"
all_well "after a broken record"
expect_status 1 cove start web
expect_match "$err" 'no such container: web'
leave_nothing
