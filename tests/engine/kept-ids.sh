#!/bin/bash
# The ids that --userns auto has chosen are a container's for as long as it is on record, whether it runs or not: nobody
# else gets those that its files belong to.
# modes: root
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

kept=/var/lib/cove/id-ranges
# What is there of others is nobody's business here.
mount -t tmpfs -o mode=755 cove-test "$(mkdir -p /var/lib/cove && echo /var/lib/cove)"
first_id() { record_of "$1" '.idMap | split(":")[1]'; }

expect_status 0 cove run --name one --userns auto "${root_args[@]}" -- sh -c 'echo text >/file'
base=$(first_id one)
expect_match "$base" '^[0-9]+$'
expect_eq "$(readlink "$kept/$base")" "$COVE_DATA_ROOT/containers/$(record_of one .id)"
expect_eq "$(stat -c %u "$COVE_DATA_ROOT/containers/$(record_of one .id)/layer/root/file")" "$base"
expect_status 0 cove start -a one
expect_eq "$(first_id one)" "$base" "ids of the second start"
expect_status 0 cove system check

# With all other ranges taken nobody gets it, while it is kept.
python3 - "$kept" "$base" <<'END'
import os, sys
for first in range(524288, 1879048192, 65536):
    if first != int(sys.argv[2]):
        os.symlink("/", f"{sys.argv[1]}/{first}")
END
expect_status 125 cove run --name two --userns auto "${root_args[@]}" -- true
expect_match "$err" 'all [0-9]+ private id ranges are in use'
expect_status 0 cove rm -f two
expect_status 125 cove run --userns auto --rm "${root_args[@]}" -- true
expect_status 0 cove rm one
[[ ! -L $kept/$base ]] || fail "the range is still kept"
expect_status 0 cove run --name three --userns auto "${root_args[@]}" -- true
expect_eq "$(first_id three)" "$base" "ids of the next container"

# A container that vanished without a word: it is told, and does no harm.
id=$(record_of three .id)
rm -rf "$COVE_DATA_ROOT/containers/$id" "$COVE_DATA_ROOT/names/three"
run cove system check --json
expect_eq "$(jq -r '.findings[] | select(.kind == "ids") | .subject' <<<"$out")" "$kept/$base"
expect_status 0 cove run --name four --userns auto "${root_args[@]}" -- true
expect_eq "$(first_id four)" "$base" "ids of a container that is gone"
expect_status 0 cove rm four
ln -s "$COVE_DATA_ROOT/containers/$id" "$kept/$base"
run cove system gc
[[ ! -L $kept/$base ]] || fail "gc has left the range"
leave_nothing
