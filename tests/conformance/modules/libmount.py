"""What crun's test_mounts.py asks of util-linux' Python binding, which Debian 12 does not package: the options of a
mount in a file in the form of /proc/self/mountinfo."""


class Table:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.lines = [line.split() for line in file if " - " in line]

    def find_target(self, target):
        """The topmost mount at target, as proc(5) describes its fields; None if there is none."""
        return next((Filesystem(fields) for fields in reversed(self.lines) if fields[4] == target), None)


class Filesystem:
    def __init__(self, fields):
        self.vfs_options = fields[5]
        self.fs_options = fields[fields.index("-") + 3]
