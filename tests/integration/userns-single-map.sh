#!/bin/bash
# Without subordinate ids an ordinary user is user 0 inside, and nobody else exists.
# modes: user
# roots: default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- sh -c 'cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; /probes/ids'
expect_eq "$(head -n 3 <<<"$out" | tr -s ' ' ' ' | paste -sd '|')" " 0 $(id -u) 1| 0 $(id -g) 1|deny"
expect_eq "$(value uid)$(value gid)" 00
mkdir "$t_tmp/dir"
sandbox -v "$t_tmp/dir:/data" -- sh -c 'touch /data/file && stat -c %u:%g /data/file'
expect_eq "$out" 0:0
expect_eq "$(stat -c %u:%g "$t_tmp/dir/file")" "$(id -u):$(id -g)" "owner outside"
expect_status 125 cove run "${root_args[@]}" --user 1000 -- true
expect_match "$err" 'E-SUBID-MISSING.*'$'\n''.*usermod --add-subuids'
expect_status 125 cove run "${root_args[@]}" --group-add 29 -- true
expect_match "$err" E-SUBID
