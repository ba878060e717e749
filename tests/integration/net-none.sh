#!/bin/bash
# By default there is a loopback interface that works, and no other.
# roots: debian
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- sh -c 'cut -s -d: -f1 /proc/net/dev | grep -v "|"; cat /proc/net/route | wc -l
  /probes/listen 7002 & sleep 0.2
  /probes/listen connect 127.0.0.1 7002; /probes/listen connect 10.0.0.1 80 || true'
expect_eq "$(head -n 2 <<<"$out" | tr -d ' ' | paste -sd ' ')" 'lo 1' "interfaces and routes"
expect_match "$out" 'received=hello'
expect_match "$out" 'connect=ENETUNREACH'
