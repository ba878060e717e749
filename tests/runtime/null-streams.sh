#!/bin/bash
# Null streams of the caller become the container's own null device: no file of a mount that it does not have stays open.
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

# shellcheck disable=SC2016
bundle a . sh -c 'stat -L -c %d:%t:%T /proc/self/fd/0 /proc/self/fd/2 /dev/null >/result.new; mv /result.new /result; sleep 1000'
rt run --detach --bundle "$bundle" "${id}a" >/dev/null 2>&1 || fail "status $?"
until_true test -e "$bundle/rootfs/result"
expect_eq "$(sort -u "$bundle/rootfs/result" | wc -l)" 1 "the streams' devices and the container's own: $(paste -sd ' ' "$bundle/rootfs/result")"
remove a
