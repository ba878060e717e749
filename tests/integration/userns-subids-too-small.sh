#!/bin/bash
# A map beyond the granted ids names how many are missing, and from which file.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

echo cove-test:600000:5 >"$t_tmp/subids"
mount --bind "$t_tmp/subids" /etc/subuid
mount --bind "$t_tmp/subids" /etc/subgid
expect_status 0 as_user "$(t_cove)" run "${root_args[@]}" -- cat /proc/self/uid_map
expect_eq "$(tail -n 1 <<<"$out" | tr -s ' ')" ' 1 600000 5'
expect_status 125 as_user "$(t_cove)" run "${root_args[@]}" --userns 0:12345:1,1:600000:10 -- true
expect_match "$err" 'E-SUBID-TOO-SMALL.* 5 of the 10 uids from 600000 .*/etc/subuid'
expect_match "$err" 'hint: .*usermod --add-subuids'
expect_status 125 as_user "$(t_cove)" run "${root_args[@]}" --user 1000 -- true
expect_match "$err" 'E-SUBID-TOO-SMALL.*1000 is not mapped|E-SUBID-TOO-SMALL.*group'
umount /etc/subuid /etc/subgid
