#!/bin/bash
# What signals do to a client that is attached: a hang-up ends it and not the container, unless signals are passed on; Ctrl-Z
# stops the client, with the terminal as it was, and it goes on where it was.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

phase_is() { [[ $(state_of "$1" .phase) == "$2" ]]; }
process_state() { sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null; }
is_stopped() { [[ $(process_state "$1") == T ]]; }
goes_on() { [[ $(process_state "$1") == [SR] ]]; }

# Passed on, it is the container's to act on.
"$COVE" run --name passed "${root_args[@]}" -- sh -c 'trap "echo hung up; exit 4" HUP; echo ready; while :; do sleep 0.05; done' >"$t_tmp/passed" &
client=$!
within 5 grep -q ready "$t_tmp/passed"
kill -HUP "$client"
status=0
wait "$client" || status=$?
expect_eq "$status" 4 "exit status of the container that was hung up"
expect_match "$(<"$t_tmp/passed")" 'hung up'

# Not passed on, it ends the client alone.
"$COVE" run --name kept --sig-proxy=false "${root_args[@]}" -- sh -c 'echo ready; while :; do sleep 0.05; done' >"$t_tmp/kept" &
client=$!
within 5 grep -q ready "$t_tmp/kept"
kill -HUP "$client"
status=0
wait "$client" || status=$?
expect_eq "$status" 129 "exit status of a client that was hung up"
expect_status 0 cove exec kept true
expect_status 0 cove rm -f kept

# A client that is stopped keeps nobody waiting but itself. In a process group of its own (-m), as a shell has it: nothing
# stops a group that no shell of the session looks after, and such is that of a test which nobody runs from a terminal.
set -m
"$COVE" run --name stopped "${root_args[@]}" -- sh -c 'i=0; while [ $i -lt 40 ]; do i=$((i + 1)); echo line $i; sleep 0.02; done; exit 3' >"$t_tmp/stopped" &
client=$!
set +m
within 5 grep -q 'line 3' "$t_tmp/stopped"
kill -TSTP "$client"
within 5 is_stopped "$client"
within 10 phase_is stopped exited
kill -CONT "$client"
status=0
wait "$client" || status=$?
expect_eq "$status" 3 "exit status of a client that was stopped"
expect_eq "$(wc -l <"$t_tmp/stopped")" 40 "lines that a stopped client got"

# On a terminal: cooked while the client is stopped, raw when it goes on, of the size that it has by then; a hang-up of the
# terminal leaves the container alone.
PYTHONPATH=$t_support python3 - "$COVE" run -it --name tty "${root_args[@]}" -- sh <<'END'
import os, signal
from terminal import Terminal, argv, expect_eq

def state(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            return next(line.split()[1] for line in status if line.startswith("State:"))
    except (FileNotFoundError, ProcessLookupError):
        return "gone"

# As a shell has it: in a process group of its own, in the foreground.
JOB = """
import os, signal, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
os.setpgid(child, child)
if child == 0:
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
while os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1]):
    pass
"""
terminal = Terminal(["python3", "-c", JOB] + argv)
terminal.expect(r"[#$] ")
with open(f"/proc/{terminal.pid}/task/{terminal.pid}/children") as children:
    client = int(children.read().split()[0])
terminal.until(terminal.raw, "raw")
os.kill(client, signal.SIGTSTP)
terminal.until(lambda: state(client) == "T", "stopped")
expect_eq(terminal.raw(), False, "the terminal of a stopped client is raw")
terminal.resize(31, 97)
os.kill(client, signal.SIGCONT)
terminal.until(terminal.raw, "raw again")
terminal.type("sleep 0.2; stty size\n")
terminal.expect(r"31 97\r\n")
os.close(terminal.slave)
os.close(terminal.master)
os.waitpid(terminal.pid, 0)
for _ in range(500):
    if state(client) in ("gone", "Z"):
        break
    signal.sigtimedwait([], 0.01)
else:
    raise SystemExit("FAIL: the client has outlived its terminal")
END
expect_status 0 cove exec tty true
expect_eq "$(state_of tty .phase)" running
leave_nothing
