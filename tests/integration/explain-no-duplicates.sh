#!/bin/bash
# No plan mounts two things on one place: the later would hide the earlier.
export T_ROOT=default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove explain --json -- true
expect_eq "$(jq -r '[.mounts[] | select(.kind != "read_only" and .kind != "seal" and .kind != "mask") | .target] |
  group_by(.)[] | select(length > 1) | .[0]' "$t_tmp/out")" "" "targets of two mounts"
