#!/bin/bash
# A Debian root runs Python, takes writes, and stays as it was.
export T_ROOT=debian
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sum() {
  find "$(t_root)" -xdev ! -path '*/root/*' -printf '%p %s %U:%G %m %T@ %C@ %l\n' 2>/dev/null |
    sort | sha256sum || true
}
before=$(sum)
sandbox -- python3 -c '
import os, tempfile
open("/new", "w").write("x"); os.mkdir("/opt-new"); open("/tmp/t", "w").write("y")
print(os.getpid(), os.listdir("/new") if os.path.isdir("/new") else open("/new").read())'
expect_eq "$out" '1 x'
if [[ $EUID == 0 ]]; then
  sandbox -- \
    sh -c 'rm -r /usr/share/doc /var/lib/dpkg; echo x >>/etc/passwd; chown 7 /etc/group; chmod 0 /bin/ls'
fi
expect_eq "$(sum)" "$before" "listing of the root"
