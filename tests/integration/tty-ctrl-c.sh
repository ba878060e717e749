#!/bin/bash
# Ctrl-C ends a command that does not handle it, also as process 1; Ctrl-\ too.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
from terminal import Terminal, argv, expect_eq

for key, status in ("\x03", 130), ("\x1c", 131):
    # The shell resets its handlers with the exec; a key before that is the shell's.
    terminal = Terminal([*argv, "-it", "--", "sh", "-c",
                         "(until [ \"$(cat /proc/1/comm)\" = sleep ]; do :; done; echo ready) & exec sleep 100"])
    terminal.expect("ready")
    terminal.until(terminal.raw, "the terminal is raw")
    terminal.type(key)
    expect_eq(terminal.wait(), status, "exit status")
    terminal.expect_restored()
END
