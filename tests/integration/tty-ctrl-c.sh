#!/bin/bash
# Ctrl-C ends a command that does not handle it, also as process 1; Ctrl-\ too.
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
from terminal import Terminal, argv, expect_eq

for key, status in ("\x03", 130), ("\x1c", 131):
    terminal = Terminal([*argv, "-it", "--", "sh", "-c", "echo ready; exec sleep 100"])
    terminal.expect("ready")
    terminal.until(terminal.raw, "the terminal is raw")
    terminal.type(key)
    expect_eq(terminal.wait(), status, "exit status")
    terminal.expect_restored()
END
