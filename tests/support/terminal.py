"""A terminal for tests: runs a command on a pseudo-terminal, types into it and reads what it shows.

A test is a bash script that hands its Python part the command line of cove:
    PYTHONPATH=tests/support python3 - cove run ... <<'END'
    from terminal import Terminal, argv
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

argv = sys.argv[1:]


class Terminal:
    def __init__(self, command, rows=24, columns=80):
        """Starts the command as the leader of a session of its own, on a terminal of that size."""
        self.text = ""
        self.master, self.slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for number in range(3):
                os.dup2(self.slave, number)
            os.close(self.master)
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.execvp(command[0], command)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.master, text.encode())

    def _read(self, seconds):
        ready, _, _ = select.select([self.master], [], [], max(0.0, seconds))
        if ready:
            self.text += os.read(self.master, 65536).decode(errors="replace")

    def expect(self, pattern, seconds=10):
        """Waits for a match, forgets the text up to its end and gives the match."""
        end = time.monotonic() + seconds
        while True:
            match = re.search(pattern, self.text, re.DOTALL)
            if match:
                self.text = self.text[match.end():]
                return match
            if time.monotonic() > end:
                raise SystemExit(f"FAIL: no {pattern!r} within {seconds} s in {self.text!r}")
            self._read(end - time.monotonic())

    def wait(self, seconds=10):
        """Waits for the command's end and gives the exit status as a shell would; the rest is in `text`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while select.select([self.master], [], [], 0)[0]:
                    self._read(0)
                return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        os.kill(self.pid, signal.SIGKILL)
        raise SystemExit(f"FAIL: not ended after {seconds} s; shown: {self.text!r}")

    def raw(self):
        return not termios.tcgetattr(self.slave)[3] & termios.ICANON

    def until(self, condition, what, seconds=5):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise SystemExit(f"FAIL: {what}: not within {seconds} s; shown: {self.text!r}")
            self._read(0.02)

    def expect_restored(self):
        self.until(lambda: termios.tcgetattr(self.slave) == self.before, "the terminal's modes are restored")


def expect_eq(got, want, what="value"):
    if got != want:
        raise SystemExit(f"FAIL: {what}: got {got!r}, want {want!r}")
