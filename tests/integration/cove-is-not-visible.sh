#!/bin/bash
# Without --init the command alone is process 1, and no memory, name or environment of cove is left in it.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

export COVE_TEST_SECRET=do-not-tell
sandbox -- \
  sh -c 'for f in cmdline maps environ comm; do tr "\0" " " </proc/1/$f; done; readlink /proc/1/exe; true'
expect_no_match "$out" 'src/main/cove|do-not-tell|itest'
expect_match "$out" '/bin/busybox$'
