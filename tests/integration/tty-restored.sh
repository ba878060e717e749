#!/bin/bash
# The caller's terminal is as it was after the command's end, after a signal to cove and after its death.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
import os
import signal
from terminal import Terminal, argv, expect_eq

terminal = Terminal([*argv, "-it", "--", "sh", "-c", "stty -echo -icanon; exit 2"])
expect_eq(terminal.wait(), 2)
terminal.expect_restored()
for number in signal.SIGTERM, signal.SIGHUP, signal.SIGKILL:
    terminal = Terminal([*argv, "-it", "--", "sh", "-c", "echo ready; exec sleep 100"])
    terminal.expect("ready")
    terminal.until(terminal.raw, "the terminal is raw")
    os.kill(terminal.pid, number)
    expect_eq(terminal.wait(), 128 + number, f"exit status after {number!r}")
    terminal.expect_restored()
END
