#!/bin/bash
# exec --tty on a terminal: the process has a terminal of the same size, and the caller's is restored.
# (crun 1.8 does not pass a new size on.)
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
PYTHONPATH=$t_support python3 - "$t_runtime" --root "$state_root" exec --tty "${id}a" sh <<'END'
from terminal import Terminal, argv, expect_eq
terminal = Terminal(argv, rows=33, columns=101)
terminal.expect(r"[#$] ")
terminal.type("stty size; tty\n")
terminal.expect(r"33 101\r\n.*/dev/pts/\d+")
terminal.resize(20, 90)
terminal.type("sleep 0.3; stty size\n")
terminal.expect(r"20 90\r\n")
terminal.type("exit 9\n")
expect_eq(terminal.wait(), 9, "exit status")
terminal.expect_restored()
END
remove a
