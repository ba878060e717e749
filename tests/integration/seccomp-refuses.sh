#!/bin/bash
# The default filter refuses what Docker's does: EPERM, ENOSYS for clone3.
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

new_user=0x10000000
calls=("mount 165" "umount2 166" "keyctl 250 0 -3 0" "add_key 248" "request_key 249" "unshare 272 $new_user"
  "clone 56 $new_user"
  "bpf 321" "perf_event_open 298" "init_module 175" "finit_module 313" "delete_module 176" "kexec_load 246"
  "open_by_handle_at 304" "userfaultfd 323" "setns 308" "pivot_root 155" "swapon 167" "swapoff 168"
  "reboot 169"
  "clock_settime 227" "settimeofday 164" "iopl 172" "ioperm 173" "quotactl 179" "acct 163" "fsopen 430"
  "open_tree 428"
  "move_mount 429" "fsmount 432" "mount_setattr 442" "syslog 103" "lookup_dcookie 212" "vhangup 153"
  "fanotify_init 300"
  "socket-vsock 41 40 1 0" "personality 135 0x0040000" "io_uring_setup 425" "nfsservctl 180" "_sysctl 156")
script='' number=0
for call in "${calls[@]}"; do script+="/probes/syscall ${call#* }; "; done
sandbox -- sh -c "$script"
mapfile -t errors < <(sed -n 's/^error=//p' <<<"$out")
for call in "${calls[@]}"; do
  expect_eq "${errors[number]}" EPERM "${call%% *}"
  number=$((number + 1))
done
sandbox -- /probes/syscall 435 0 0
expect_eq "$(value error)" ENOSYS clone3
