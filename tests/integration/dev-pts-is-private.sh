#!/bin/bash
# The terminals of the sandbox are its own: none of the host is there, and the first one has the number 0.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- sh -c 'ls /dev/pts; readlink /dev/ptmx; grep -c "/dev/pts devpts .*ptmxmode=666" /proc/mounts'
expect_eq "$(paste -sd ' ' <<<"$out")" 'ptmx pts/ptmx 1'
sandbox -t -- /probes/tty
expect_match "$out" 'fd0_name=/dev/pts/0'
