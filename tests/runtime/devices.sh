#!/bin/bash
# linux.devices are made with type, numbers, mode and owner: character devices, block devices and fifos; the default
# ones are always there.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.linux.devices = [
  {path: "/dev/test-char", type: "c", major: 1, minor: 3, fileMode: 432, uid: 5, gid: 6},
  {path: "/dev/sub/test-block", type: "b", major: 7, minor: 99, fileMode: 384},
  {path: "/dev/test-fifo", type: "p", fileMode: 420}]' \
  sh -c 'stat -c "%n %F %t:%T %a %u:%g" /dev/test-char /dev/sub/test-block /dev/test-fifo
    for d in null zero full random urandom tty; do test -c /dev/$d || echo no $d; done
    for l in fd stdin stdout stderr ptmx; do readlink /dev/$l; done'
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" '/dev/test-char character special file 1:3 660 5:6
/dev/sub/test-block block special file 7:63 600 0:0
/dev/test-fifo fifo 0:0 644 0:0
/proc/self/fd
/proc/self/fd/0
/proc/self/fd/1
/proc/self/fd/2
pts/ptmx'
