#!/bin/bash
# /sys and the cgroup hierarchies in it cannot be written, and show only the own cgroup.
# roots: debian default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- sh -c 'while read -r a dir type options b; do
  case $dir in
    /sys/fs/cgroup*|/sys) case ,$options, in *,ro,*) echo "ro $type" ;; *) echo "WRITABLE $dir";; esac;;
  esac; done </proc/mounts
  cut -d: -f3 /proc/self/cgroup | sort -u'
expect_no_match "$out" WRITABLE
expect_match "$out" '^ro sysfs'
expect_eq "$(tail -n 1 <<<"$out")" / "own cgroup"
expect_eq "$(grep -c ^/ <<<"$out")" 1 "names of cgroups ($out)"
sandbox --cap-add SYS_ADMIN -- sh -c 'for f in $(find /sys/fs/cgroup -name cgroup.procs); do
  echo 1 >$f && echo "$f was written"
  mkdir ${f%/*}/new && echo "${f%/*}/new was made"; done 2>/dev/null; echo end'
expect_eq "$out" end
