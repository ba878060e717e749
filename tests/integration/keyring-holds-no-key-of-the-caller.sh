#!/bin/bash
# A key that the caller has in its session keyring cannot be found from inside.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

# The key is made by one process of a new session keyring, which then runs cove.
cat >"$t_tmp/keys.py" <<'END'
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
assert libc.syscall(250, 1, 0) > 0                                              # a new session keyring
assert libc.syscall(248, b"user", b"cove-caller", b"secret", 6, -3) > 0         # add_key
os.execv(sys.argv[1], sys.argv[1:])
END
probe=(/usr/bin/python3 "$t_tmp/keys.py")
expect_status 0 "${probe[@]}" "$COVE_PROBES/keyring" cove-caller
expect_eq "$(value search)" OK "outside"
expect_status 0 "${probe[@]}" "$(t_cove)" run "${root_args[@]}" --security-opt seccomp=unconfined -- \
  /probes/keyring cove-caller
expect_eq "$(value search)" ENOKEY "inside"
