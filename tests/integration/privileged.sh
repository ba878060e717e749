#!/bin/bash
# --privileged warns, and gives all capabilities, no filter and nothing masked; as root the devices too.
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"

sandbox --privileged -- \
  sh -c '/probes/caps; mount -t tmpfs none /mnt && echo mounted; head -c 1 /proc/interrupts | wc -c'
expect_match "$err" 'warning: .*--privileged'
expect_match "$out" mounted
expect_eq "$(value seccomp)" 0
all=$(sed -n 's/^CapPrm:\s*//p' /proc/self/status)
[[ $EUID == 0 ]] || all=$(unshare --user --map-root-user sed -n 's/^CapPrm:\s*//p' /proc/self/status)
for set in permitted effective bounding; do expect_eq "$(value $set)" "$all" $set; done
[[ $EUID != 0 ]] || sandbox --privileged -- test -e /dev/tty1
expect_status 125 cove run "${root_args[@]}" --privileged --cap-drop NET_RAW -- true
