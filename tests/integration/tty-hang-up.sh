#!/bin/bash
# When the caller's terminal goes away, so does the sandbox, and nothing is left.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
import os
import time
from terminal import Terminal, argv, expect_eq

terminal = Terminal([*argv, "-it", "--", "sh", "-c", "echo ready; exec sleep 100"])
terminal.expect("ready")
os.close(terminal.slave)
os.close(terminal.master)
end = time.monotonic() + 5
while time.monotonic() < end:
    pid, status = os.waitpid(terminal.pid, os.WNOHANG)
    if pid:
        break
    time.sleep(0.02)
expect_eq(pid, terminal.pid, "cove ended")
expect_eq(status != 0, True, "it tells of a failure")
END
leftovers_check
