#!/bin/bash
# A program on a mount with noexec: 126 and its own message.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

volume=$(command -v busybox):/b/busybox:noexec
for options in '' --init; do
  expect_status 126 cove run "${root_args[@]}" $options -v "$volume" -- /b/busybox
  expect_match "$err" 'E-EXEC-NOEXEC: .*/b/busybox'
done
