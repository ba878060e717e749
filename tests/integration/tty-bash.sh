#!/bin/bash
# An interactive bash has its job control, without a warning.
export T_ROOT=default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
from terminal import Terminal, argv, expect_eq

terminal = Terminal([*argv, "-it", "-e", "PS1=prompt>", "--", "bash", "--norc"])
shown = terminal.expect("(.*)prompt>").group(1)
expect_eq("job control" in shown or "ioctl" in shown, False, f"a warning in {shown!r}")
terminal.type("sleep 100 &\n")
terminal.expect(r"\[1\] .*prompt>")
terminal.type("fg\n")
terminal.expect("sleep 100\r\n")
# bash tells what it brings to the front a moment before it does: until then it is asked itself.
for last in (False,) * 9 + (True,):
    terminal.type("\x03")
    try:
        terminal.expect("prompt>", 1)
        break
    except SystemExit:
        if last:
            raise
terminal.type("exit 9\n")
expect_eq(terminal.wait(), 9)
END
