#!/bin/bash
# --read-only refuses writes to the root, but not to /tmp and volumes; remounting it is refused too.
# roots: debian default
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --read-only -- sh -c 'for d in / /etc /usr /home; do { true >$d/x; } 2>&1; done | grep -c "Read-only"
  echo x >/tmp/x && cat /tmp/x; mount -o remount,rw / 2>/dev/null || echo refused'
expect_eq "$out" $'4\nx\nrefused'
