#!/bin/bash
# The classic way out of a chroot, with a directory kept open, leads to the root of the sandbox.
export T_ROOT=default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

touch "$t_tmp/outside"
sandbox -- /usr/bin/python3 -c '
import os, sys
inside = sorted(os.listdir("/"))
fd = os.open("/", os.O_RDONLY)
os.mkdir("/tmp/jail"); os.chroot("/tmp/jail"); os.fchdir(fd)
for i in range(64): os.chdir("..")
os.chroot(".")
print(sorted(os.listdir("/")) == inside, os.path.exists(sys.argv[1]))' "$t_tmp/outside"
expect_eq "$out" 'True False'
