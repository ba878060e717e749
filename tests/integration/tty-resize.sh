#!/bin/bash
# The terminal inside follows the size of the one outside, and the command is told by SIGWINCH.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
from terminal import Terminal, argv, expect_eq

script = "trap 'stty size; exit 3' WINCH; stty size; while :; do sleep 0.05; done"
terminal = Terminal([*argv, "-it", "--", "sh", "-c", script], rows=33, columns=77)
terminal.expect("33 77")
terminal.resize(40, 120)
terminal.expect("40 120")
expect_eq(terminal.wait(), 3)
END
