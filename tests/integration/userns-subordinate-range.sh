#!/bin/bash
# With newuidmap and subordinate ids an ordinary user has a whole range of ids inside.
# modes: user
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- sh -c 'cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups'
one="0 $(id -u) 1|1 600000 65536"
expect_eq "$(tr -s ' ' ' ' <<<"$out" | sed 's/^ //;s/ $//' | paste -sd '|')" "$one|$one|allow"
mkdir -m 777 "$t_tmp/dir"
sandbox --user 1000:1000 --group-add 29 -v "$t_tmp/dir:/data" -- sh -c '/probes/ids; touch /data/file'
expect_eq "$(value uid):$(value gid):$(value groups)" 1000:1000:29,1000
expect_eq "$(stat -c %u:%g "$t_tmp/dir/file")" 600999:600999 "owner outside"
sandbox -- sh -c 'touch /x && chown 7:8 /x && stat -c %u:%g /x'
expect_eq "$out" 7:8
