#!/bin/bash
# A volume lasts longer than the containers that use it, begins with what the root file system has on its place, and
# belongs to the container's root, whoever that is outside.
T_SUBIDS=1
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

expect_status 0 cove volume ls -q
expect_eq "$out" ""

# Without -d and --name only the volume is left.
expect_status 0 cove run -v data:/data "${root_args[@]}" -- sh -c 'echo kept >/data/file; mkdir /data/dir; stat -c %u:%g /data /data/file'
expect_eq "$out" $'0:0\n0:0'
expect_eq "$(ls "$COVE_DATA_ROOT/containers")" ""
expect_status 0 cove volume ls -q
expect_eq "$out" data
expect_status 0 cove run --mount type=volume,src=data,dst=/d,readonly "${root_args[@]}" -- sh -c 'cat /d/file; ! touch /d/x 2>&1'
expect_match "$out" $'^kept\n.*[Rr]ead-only'

# A new one begins with what is there, also where it is read-only; nocopy keeps it empty.
expect_status 0 cove run -v programs:/bin:ro -v none:/sbin:nocopy "${root_args[@]}" -- sh -c 'ls /sbin | wc -l; ! touch /bin/x 2>/dev/null'
expect_eq "$out" 0
[[ -x $COVE_DATA_ROOT/volumes/programs/_data/sh ]] || fail "the volume does not begin with /bin"
expect_status 0 cove run --name first -v made:/made -v /anonymous "${root_args[@]}" -- sh -c 'echo 1 >/made/c; echo 2 >/anonymous/d'
expect_status 0 cove run --rm --volumes-from first:ro "${root_args[@]}" -- sh -c 'cat /made/c /anonymous/d; ! touch /anonymous/e 2>/dev/null'
expect_eq "$out" $'1\n2'

# What is in use stays.
expect_status 1 cove volume rm made
expect_match "$err" 'volume made is in use by container first'
anonymous=$(record_of first '.volumes[] | select(.anonymous) | .name')
expect_match "$anonymous" '^[0-9a-f]{64}$'
expect_status 0 cove volume inspect made "$anonymous"
expect_eq "$(jq -r '.[0].Name, .[0].Driver' <<<"$out")" $'made\nlocal'
expect_status 0 cove volume prune -f
expect_eq "$out" "Total reclaimed space: 0B"
expect_status 0 cove rm -v first
expect_status 1 cove volume inspect "$anonymous"
expect_match "$err" "no such volume: $anonymous"
expect_eq "$out" "[]"
expect_status 0 cove volume inspect made

expect_status 0 cove volume create --label a=b --label c named
expect_eq "$out" named
expect_status 0 cove volume inspect named
expect_eq "$(jq -c '.[0].Labels' <<<"$out")" '{"a":"b","c":""}'
expect_status 0 cove volume create
expect_match "$out" '^[0-9a-f]{64}$'
expect_status 0 cove volume prune -f
expect_match "$out" '[0-9a-f]{64}'
expect_status 125 cove volume mount
expect_match "$err" "unknown command 'volume mount'"
expect_status 125 cove run -v data:/a -v other:/a "${root_args[@]}" -- true
expect_match "$err" "two mounts or devices have the target '/a'"

# Containers with other ids outside share it: on the disk it has the ids inside.
if [[ $EUID == 0 ]]; then
  for ((i = 1; i <= 2; i++)); do
    expect_status 0 cove run --userns auto -v shared:/bin "${root_args[@]}" -- sh -c 'echo x >>/bin/lines; stat -c %u:%g /bin/sh /bin/lines; cat /bin/lines'
  done
  expect_eq "$out" $'0:0\n0:0\nx\nx'
fi

# Files of other users of the container are removed as well.
expect_status 0 cove run -v data:/data "${root_args[@]}" -- sh -c 'mkdir -m 700 /data/closed; touch /data/closed/x; chown -R 7:7 /data/closed 2>/dev/null; :'
expect_status 0 cove volume ls -q
for volume in $out; do expect_status 0 cove volume rm "$volume"; done
expect_eq "$(ls "$COVE_DATA_ROOT/volumes")" ""
leave_nothing
