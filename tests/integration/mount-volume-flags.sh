#!/bin/bash
# nosuid, nodev and noexec of a volume are in force, and are not there when not asked for.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/dir"
cp "$(command -v busybox)" "$t_tmp/dir/true"
flags='grep " /data " /proc/mounts | cut -d" " -f4'
sandbox -v "$t_tmp/dir:/data" -- sh -c "$flags"
[[ $EUID != 0 ]] || expect_no_match "$out" 'nosuid|nodev|noexec'
sandbox -v "$t_tmp/dir:/data:nosuid,nodev,noexec,ro" -- sh -c "$flags"
for flag in nosuid nodev noexec ro; do expect_match ",$out," ",$flag,"; done
sandbox -v "$t_tmp/dir:/data" -- /data/true
expect_status 126 cove run "${root_args[@]}" -v "$t_tmp/dir:/data:noexec" -- /data/true
expect_match "$err" E-EXEC-NOEXEC
