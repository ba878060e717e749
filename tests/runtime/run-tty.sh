#!/bin/bash
# run with process.terminal on a terminal: input, output, size and exit status go through. (crun 1.8
# begins without a size.)
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.process.terminal = true' sh
PYTHONPATH=$t_support python3 - "$t_runtime" --root "$state_root" run --bundle "$bundle" "${id}a" <<'END'
from terminal import Terminal, argv, expect_eq
terminal = Terminal(argv, rows=33, columns=101)
terminal.expect(r"[#$] ")
terminal.type("stty size; test -t 0 && test -t 1 && test -t 2 && echo all-'terminals'\n")
terminal.expect(r"33 101\r\n.*all-terminals\r\n")
terminal.resize(20, 90)
terminal.type("sleep 0.3; stty size\n")
terminal.expect(r"20 90\r\n")
# What says so is what the key is for: the shell itself may be in the middle of a fork.
terminal.type("sh -c 'echo wai''ting; exec sleep 1000'\n")
terminal.expect(r"waiting\r\n")
terminal.type("\x03")
terminal.expect(r"[#$] ")
terminal.type("exit 9\n")
expect_eq(terminal.wait(), 9, "exit status")
terminal.expect_restored()
END
gone a || fail "still there"
