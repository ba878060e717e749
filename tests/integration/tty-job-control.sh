#!/bin/bash
# Job control works inside: Ctrl-Z stops a job, bg continues it; cove itself is not stopped.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
from terminal import Terminal, argv, expect_eq

terminal = Terminal([*argv, "-it", "-e", "PS1=prompt>", "--", "sh"])
terminal.expect("prompt>")
terminal.type("(echo st''arted; exec sleep 100)\n")
terminal.expect("started")
terminal.type("\x1a")
terminal.expect("Stopped.*prompt>")
terminal.type("bg\n")
terminal.expect("prompt>")
terminal.type("jobs\n")
terminal.expect("Running.*prompt>")
terminal.type("kill %1; wait; echo d''one; exit 7\n")
terminal.expect("done")
expect_eq(terminal.wait(), 7)
END
