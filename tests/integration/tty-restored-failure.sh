#!/bin/bash
# A launch that fails leaves the terminal as it was.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
from terminal import Terminal, argv, expect_eq

terminal = Terminal([*argv, "-it", "--", "cove-no-such-command"])
terminal.expect("E-EXEC-NOT-FOUND")
expect_eq(terminal.wait(), 127)
terminal.expect_restored()
END
