#!/bin/bash
# SIGTSTP to cove stops the sandbox and gives the terminal back to the shell; fg goes on with both.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
import os
import shlex
import signal
from terminal import Terminal, argv, expect_eq

script = "i=0; while :; do i=$((i+1)); echo n=$i; sleep 0.05; done"
terminal = Terminal(["bash", "--norc", "-i"])
terminal.type("PS1='prom''pt>'\n")
terminal.expect("prompt>")
terminal.type(shlex.join([*argv, "-it", "--", "sh", "-c", script]) + "\n")
terminal.expect("n=3")
cove = int(open(f"/proc/{terminal.pid}/task/{terminal.pid}/children").read().split()[0])
os.kill(cove, signal.SIGTSTP)
terminal.expect("Stopped.*prompt>")
terminal.type("echo a''live; sleep 0.3; echo at''rest\n")
expect_eq("n=" in terminal.expect("alive(.*)atrest").group(1), False, "output while stopped")
terminal.expect("prompt>")
terminal.type("fg\n")
terminal.expect("n=")
os.kill(cove, signal.SIGTERM)
terminal.expect("prompt>")
terminal.type("echo status=$?\n")
terminal.expect("status=143")
terminal.type("exit 0\n")
expect_eq(terminal.wait(), 0)
END
