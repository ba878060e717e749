#!/bin/bash
# When the kernel's quota of keys is used up, the error says that no disk is full.
# alone: keys
# modes: user
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

[[ $(cat /proc/sys/kernel/keys/maxkeys) -le 5000 ]] || skip "the quota is too large to use it up"
run /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" -- echo ran <<'END'
import ctypes, subprocess, sys
ADD_KEY, PROCESS_KEYRING = 248, -2
libc = ctypes.CDLL(None)
number = 0
while libc.syscall(ADD_KEY, b"user", b"cove-test-%d" % number, b"x", ctypes.c_size_t(1), PROCESS_KEYRING) > 0:
    number += 1
sys.exit(subprocess.call(sys.argv[1:]))
END
expect_eq "$status" 125
expect_match "$err" 'E-KEYRING-QUOTA: .*keyring'
expect_match "$err" 'kernel.keys.maxkeys'
expect_eq "$out" ""
