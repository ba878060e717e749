#!/bin/bash
# timeOffsets shift the monotonic and the boot clock in a time namespace. (runc 1.1 has none; crun 1.8 fails on this kernel.)
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

[[ -e /proc/self/timens_offsets ]] || skip "the kernel has no time namespaces"
bundle a '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {monotonic: {secs: 7200}, boottime: {secs: 86400, nanosecs: 500000000}}' \
  sh -c 'cat /proc/self/timens_offsets; cut -d. -f1 /proc/uptime'
before=$(cut -d. -f1 /proc/uptime)
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_match "$(tr -s ' ' <<<"$out")" $'monotonic 7200 0\nboottime 86400 500000000'
expect_between "$(tail -n 1 <<<"$out")" $((before + 86400)) $((before + 86430)) "uptime"
