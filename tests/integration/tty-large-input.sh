#!/bin/bash
# Input arrives whole and in order, more than fits into the terminal's buffer included.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

PYTHONPATH=$t_support /usr/bin/python3 - "$(t_cove)" run "${root_args[@]}" <<'END'
from terminal import Terminal, argv, expect_eq

terminal = Terminal([*argv, "-it", "--", "sh", "-c", "stty raw -echo; echo ready; head -c 100000 | md5sum"])
terminal.expect("ready")
import hashlib
import os
text = "".join(f"{number:09}\n" for number in range(10000))
sent = 0
while sent < len(text):
    sent += os.write(terminal.master, text[sent:sent + 1000].encode())
terminal.expect(hashlib.md5(text.encode()).hexdigest())
expect_eq(terminal.wait(), 0)
END
