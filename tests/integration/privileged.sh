#!/bin/bash
# --privileged warns, and gives all capabilities and calls, with nothing masked; as root the devices too.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --privileged -- sh -c '/probes/caps; mount -t tmpfs none /mnt && echo mounted
  head -c 1 /proc/interrupts | wc -c; /probes/syscall 250 0 -3 0; /probes/syscall 272 0x10000000'
expect_match "$err" 'warning: .*--privileged'
expect_match "$out" mounted
expect_eq "$(grep -c '^error=OK' <<<"$out")" 2 "calls that the default filter forbids"
all=$(sed -n 's/^CapPrm:\s*//p' /proc/self/status)
[[ $EUID == 0 ]] || all=$(unshare --user --map-root-user sed -n 's/^CapPrm:\s*//p' /proc/self/status)
for set in permitted effective bounding; do expect_eq "$(value $set)" "$all" $set; done
[[ $EUID != 0 ]] || sandbox --privileged -- test -e /dev/tty1
expect_status 125 cove run "${root_args[@]}" --privileged --cap-drop NET_RAW -- true
