#!/bin/bash
# A megabyte of output passes through the terminal without loss, the last byte before the end included.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
from terminal import Terminal, argv, expect_eq

script = "stty -opost; head -c 1000000 /dev/zero | tr '\\0' x; printf end"
terminal = Terminal([*argv, "-it", "--", "sh", "-c", script])
expect_eq(terminal.wait(20), 0)
expect_eq(terminal.text.count("x"), 1000000, "bytes that arrived")
expect_eq(terminal.text[-3:], "end")
END
