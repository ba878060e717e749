#!/bin/bash
# With no root file system at all: this machine's own Python runs, as process 1, and writes are taken.
export T_ROOT=default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove run -- \
  /usr/bin/python3 -c 'import os, ssl, json, socket; print(os.getpid(), os.getuid(), sum(range(10)))'
expect_eq "$out" '1 0 45'
expect_status 0 cove run -- \
  sh -c 'echo x >/file; echo y >/usr/file; echo z >/etc/file; mkdir /home/me; cat /file /usr/file /etc/file'
expect_eq "$(paste -sd ' ' <<<"$out")" 'x y z'
expect_status 0 cove run -- \
  bash -c 'ls --version | head -n 1; awk "BEGIN { print 1 + 1 }"; perl -e "print 42"'
expect_match "$out" $'coreutils.*\n2\n42'
