#!/bin/bash
# The device rules decide what may be opened, in the order of the list: a later rule changes what an earlier one said.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

[[ -d /sys/fs/cgroup/devices || -e /sys/fs/cgroup/cgroup.controllers ]] || skip "has no devices controller"
# Devices that no runtime allows by itself: kmsg 1:11, kvm 10:232, loop-control 10:237.
bundle a '.process.capabilities[] += ["CAP_SYS_ADMIN", "CAP_SYSLOG"] | .linux.resources.devices = [
    {allow: false, access: "rwm"},
    {allow: true, type: "c", major: 1, minor: 11, access: "r"},
    {allow: true, type: "c", major: 10, minor: 237, access: "rw"},
    {allow: false, type: "c", major: 10, minor: 237, access: "w"}]' \
  sh -c 'try() { if sh -c "$2" 2>/dev/null; then echo "$1"; else echo "no $1"; fi; }
    try kmsg-read ": </d/kmsg"; try kmsg-write ": >>/d/kmsg"; try other-read ": </d/other"
    try loop-read ": </d/loop"; try loop-write ": >>/d/loop"; try null-write ": >/dev/null"'
mkdir "$bundle/rootfs/d"
mknod "$bundle/rootfs/d/kmsg" c 1 11
mknod "$bundle/rootfs/d/loop" c 10 237
mknod "$bundle/rootfs/d/other" c 10 256
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" $'kmsg-read\nno kmsg-write\nno other-read\nloop-read\nno loop-write\nnull-write'
