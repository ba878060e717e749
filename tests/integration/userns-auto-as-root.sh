#!/bin/bash
# As root --userns auto gives a private range of 65,536 ids, which never holds the host's root.
# modes: root
# roots: debian default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --userns auto -- sh -c 'cat /proc/self/uid_map /proc/self/gid_map; stat -c %u:%g /; id -u'
read -r inside outside count <<<"$(head -n 1 <<<"$out")"
expect_eq "$inside $count" '0 65536'
expect_between "$outside" 524288 4294901760 "first id outside"
expect_eq "$(sed -n 2p <<<"$out")" "$(sed -n 1p <<<"$out")" "map of groups"
expect_eq "$(tail -n 2 <<<"$out")" $'0:0\n0' "owner of / and user inside"
mkdir -m 777 "$t_tmp/dir"
sandbox --userns auto -v "$t_tmp/dir:/data" -- \
  sh -c 'touch /data/file; chown 7:8 /data/file; cat /proc/self/uid_map'
read -r inside outside count <<<"$out"
expect_eq "$(stat -c %u:%g "$t_tmp/dir/file")" $((outside + 7)):$((outside + 8)) "owner outside"
