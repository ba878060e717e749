#!/bin/bash
# -t gives the command a terminal of its own: all three streams, the controlling terminal, in the foreground.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
from terminal import Terminal, argv, expect_eq

terminal = Terminal([*argv, "-it", "--", "/probes/tty"], rows=33, columns=77)
terminal.expect("foreground=1")
expect_eq(terminal.wait(), 0)
terminal = Terminal([*argv, "-it", "--", "/probes/tty"], rows=33, columns=77)
shown = terminal.expect("(.*)foreground").group(1).replace("\r\n", "\n")
for fd in range(3):
    for line in f"fd{fd}=1\n", f"fd{fd}_name=/dev/pts/0\n", f"fd{fd}_size=77x33\n":
        expect_eq(line in shown, True, f"{line!r} in {shown!r}")
expect_eq("controlling=OK\n" in shown, True, "controlling terminal")
expect_eq(terminal.wait(), 0)
END
