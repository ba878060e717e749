#!/bin/bash
# Ctrl-C goes to the foreground of the terminal inside: the shell there stays, the command in it ends.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
from terminal import Terminal, argv, expect_eq

terminal = Terminal([*argv, "-it", "-e", "PS1=prompt>", "--", "sh"])
terminal.expect("prompt>")
terminal.type("(echo st''arted; exec sleep 100)\n")
terminal.expect("started")
terminal.type("\x03")
terminal.expect("prompt>")
terminal.type("echo status=$?\n")
terminal.expect("status=130")
terminal.type("exit 4\n")
expect_eq(terminal.wait(), 4, "exit status")
terminal.expect_restored()
END
