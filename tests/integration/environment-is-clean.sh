#!/bin/bash
# Of the caller's environment nothing is inside; HOME, HOSTNAME and PATH are.
# roots: default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

export COVE_TEST_SECRET=42
sandbox -- sh -c 'cat /proc/1/environ | tr "\0" "\n"; true'
expect_eq "$(sort <<<"$out" | paste -sd ' ')" \
  "HOME=/root HOSTNAME=cove PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
sandbox --init -e COVE_TEST_SECRET -e A=1 -e A=2 -- \
  sh -c 'echo $A $COVE_TEST_SECRET; cat /proc/1/environ | tr "\0" "\n"'
expect_match "$out" $'^2 42\n'
expect_no_match "$out" 'COVE_PROBES|T_SUPPORT|USER='
