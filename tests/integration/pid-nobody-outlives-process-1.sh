#!/bin/bash
# When process 1 ends, so does everything that it started, sessions and all.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
expect_status 3 cove run "${root_args[@]}" -- sh -c 'setsid sleep 1000 & (sleep 1001 &); exit 3'
leftovers_check
