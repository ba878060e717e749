#!/bin/bash
# /etc/hostname, hosts and resolv.conf are the container's own, also where the root file system has none of them and
# belongs to somebody else; what a container writes to them lasts, and none of it counts as a change of its own.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

if [[ $EUID == 0 ]]; then
  copy_root "$t_tmp/bare"
  rm -f "$t_tmp"/bare/etc/{hostname,hosts,resolv.conf}
  bare=$t_tmp/bare
else
  bare=$(t_root)
fi
[[ ! -e $bare/etc/hostname ]] || skip "the root file system has an /etc/hostname"

expect_status 0 cove run -d --name bare --hostname inside --add-host other:10.1.2.3 --dns 10.9.8.7 --rootfs "$bare" -- \
  sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
expect_status 0 cove exec bare cat /etc/hostname
expect_eq "$out" inside
expect_status 0 cove exec bare cat /etc/hosts
expect_match "$out" $'\n10.1.2.3\tother\n'
expect_match "$out" $'\tinside'
expect_status 0 cove exec bare cat /etc/resolv.conf
expect_match "$out" 'nameserver 10.9.8.7'
expect_status 0 cove exec bare sh -c 'ls /etc/passwd && echo 10.4.4.4 more >>/etc/hosts'
expect_status 0 cove diff bare
expect_no_match "$out" '/etc'
expect_status 0 cove stop -t 1 bare
expect_status 0 cove start bare
expect_status 0 cove exec bare grep more /etc/hosts
expect_status 0 cove exec bare sh -c 'touch /etc/made'
expect_status 0 cove diff bare
expect_match "$out" 'A /etc/made'
leave_nothing
