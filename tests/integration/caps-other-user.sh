#!/bin/bash
# Another user than 0 holds no capability, only the bounding set is there; not even --cap-add gives it one.
# runtimes: crun runc
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --user 1000:1000 --cap-add NET_ADMIN -- /probes/caps
for set in permitted effective inheritable ambient; do
  # The OCI runtimes were told to keep the permitted set: the exec clears it.
  expect_eq "$(value $set)" 0000000000000000 $set
done
expect_eq "$(value bounding)" 00000000a80435fb bounding
